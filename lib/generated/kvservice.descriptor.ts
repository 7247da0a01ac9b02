// Original file: proto/io/grpc/kvservice.proto

export const descriptor: object = {
  nested: {
    io: {
      nested: {
        grpc: {
          nested: {
            KeyValueService: {
              methods: {
                Create: { requestType: 'CreateRequest', responseType: 'CreateResponse' },
                Retrieve: { requestType: 'RetrieveRequest', responseType: 'RetrieveResponse' },
                Update: { requestType: 'UpdateRequest', responseType: 'UpdateResponse' },
                Delete: { requestType: 'DeleteRequest', responseType: 'DeleteResponse' },
              },
            },
            CreateRequest: { fields: { key: { type: 'bytes', id: 1 }, value: { type: 'bytes', id: 2 } } },
            CreateResponse: { fields: {} },
            RetrieveRequest: { fields: { key: { type: 'bytes', id: 1 } } },
            RetrieveResponse: { fields: { value: { type: 'bytes', id: 1 } } },
            UpdateRequest: { fields: { key: { type: 'bytes', id: 1 }, value: { type: 'bytes', id: 2 } } },
            UpdateResponse: { fields: {} },
            DeleteRequest: { fields: { key: { type: 'bytes', id: 1 } } },
            DeleteResponse: { fields: {} },
          },
        },
      },
    },
  },
};
