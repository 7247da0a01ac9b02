// Original file: proto/kinds.proto

export const descriptor: object = {
  nested: {
    kinds: {
      nested: {
        Kinds: {
          methods: {
            Unary: { requestType: 'Ask', responseType: 'Answer' },
            ClientStream: { requestType: 'Ask', requestStream: true, responseType: 'Answer' },
            ServerStream: { requestType: 'Ask', responseType: 'Answer', responseStream: true },
            Bidi: { requestType: 'Ask', requestStream: true, responseType: 'Answer', responseStream: true },
            GETUrl: { requestType: 'Ask', responseType: 'Answer' },
          },
        },
        Ask: { fields: { id: { type: 'int32', id: 1 }, payload: { type: 'bytes', id: 2 } } },
        Answer: { fields: { id: { type: 'int32', id: 1 }, payload: { type: 'bytes', id: 2 } } },
      },
    },
  },
};
