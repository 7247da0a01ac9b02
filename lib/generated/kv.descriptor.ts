// Original file: proto/rxduplex/kv/v1/kv.proto

export const descriptor: object = {
  nested: {
    rxduplex: {
      nested: {
        kv: {
          nested: {
            v1: {
              nested: {
                KeyValue: {
                  methods: {
                    Get: { requestType: 'GetRequest', responseType: 'GetResponse' },
                    Put: { requestType: 'PutRequest', responseType: 'WriteResponse' },
                    Delete: { requestType: 'DeleteRequest', responseType: 'WriteResponse' },
                    Transact: { requestType: 'TransactRequest', responseType: 'TransactResponse' },
                    Range: { requestType: 'RangeRequest', responseType: 'RangeResponse' },
                    Watch: { requestType: 'WatchRequest', responseType: 'WatchResponse', responseStream: true },
                    Session: {
                      requestType: 'SessionRequest',
                      requestStream: true,
                      responseType: 'SessionResponse',
                      responseStream: true,
                    },
                  },
                },
                Entry: {
                  fields: {
                    key: { type: 'bytes', id: 1 },
                    value: { type: 'bytes', id: 2 },
                    version: { type: 'uint64', id: 3 },
                  },
                },
                Expectation: {
                  oneofs: { expected: { oneof: ['version', 'exists'] } },
                  fields: { version: { type: 'uint64', id: 1 }, exists: { type: 'bool', id: 2 } },
                },
                GetRequest: { fields: { key: { type: 'bytes', id: 1 } } },
                GetResponse: { fields: { entry: { type: 'Entry', id: 1 }, revision: { type: 'uint64', id: 2 } } },
                PutRequest: {
                  fields: {
                    key: { type: 'bytes', id: 1 },
                    value: { type: 'bytes', id: 2 },
                    expected: { type: 'Expectation', id: 3 },
                  },
                },
                DeleteRequest: { fields: { key: { type: 'bytes', id: 1 }, expected: { type: 'Expectation', id: 2 } } },
                WriteResponse: {
                  oneofs: { outcome: { oneof: ['done', 'refused'] } },
                  fields: { done: { type: 'Done', id: 1 }, refused: { type: 'Refused', id: 2 } },
                },
                Done: { fields: { revision: { type: 'uint64', id: 1 } } },
                Refused: {
                  fields: {
                    current: { rule: 'repeated', type: 'Current', id: 1 },
                    revision: { type: 'uint64', id: 2 },
                  },
                },
                Current: { fields: { key: { type: 'bytes', id: 1 }, entry: { type: 'Entry', id: 2 } } },
                TransactRequest: {
                  fields: {
                    conditions: { rule: 'repeated', type: 'Condition', id: 1 },
                    operations: { rule: 'repeated', type: 'Operation', id: 2 },
                  },
                },
                Condition: { fields: { key: { type: 'bytes', id: 1 }, expected: { type: 'Expectation', id: 2 } } },
                Operation: {
                  oneofs: { operation: { oneof: ['put', 'remove'] } },
                  fields: { put: { type: 'Put', id: 1 }, remove: { type: 'Remove', id: 2 } },
                },
                Put: { fields: { key: { type: 'bytes', id: 1 }, value: { type: 'bytes', id: 2 } } },
                Remove: { fields: { key: { type: 'bytes', id: 1 } } },
                TransactResponse: {
                  oneofs: { outcome: { oneof: ['done', 'refused'] } },
                  fields: { done: { type: 'Done', id: 1 }, refused: { type: 'Refused', id: 2 } },
                },
                RangeRequest: {
                  fields: {
                    start: { type: 'bytes', id: 1 },
                    end: { type: 'bytes', id: 2 },
                    limit: { type: 'uint32', id: 3 },
                    continuation: { type: 'bytes', id: 4 },
                  },
                },
                RangeResponse: {
                  fields: {
                    entries: { rule: 'repeated', type: 'Entry', id: 1 },
                    continuation: { type: 'bytes', id: 2 },
                    revision: { type: 'uint64', id: 3 },
                  },
                },
                WatchRequest: {
                  fields: {
                    start: { type: 'bytes', id: 1 },
                    end: { type: 'bytes', id: 2 },
                    from: { type: 'uint64', id: 3 },
                  },
                },
                WatchResponse: {
                  oneofs: { event: { oneof: ['begun', 'changes', 'compacted', 'progress'] } },
                  fields: {
                    begun: { type: 'Begun', id: 1 },
                    changes: { type: 'Changes', id: 2 },
                    compacted: { type: 'Compacted', id: 3 },
                    progress: { type: 'Progress', id: 4 },
                  },
                },
                Begun: { fields: { from: { type: 'uint64', id: 1 } } },
                Changes: {
                  fields: { revision: { type: 'uint64', id: 1 }, changes: { rule: 'repeated', type: 'Change', id: 2 } },
                },
                Progress: { fields: { revision: { type: 'uint64', id: 1 } } },
                Change: { fields: { key: { type: 'bytes', id: 1 }, entry: { type: 'Entry', id: 2 } } },
                Compacted: { fields: { oldest: { type: 'uint64', id: 1 } } },
                SessionRequest: {
                  oneofs: { operation: { oneof: ['get', 'put', 'delete', 'transact', 'range'] } },
                  fields: {
                    id: { type: 'uint64', id: 1 },
                    get: { type: 'GetRequest', id: 2 },
                    put: { type: 'PutRequest', id: 3 },
                    delete: { type: 'DeleteRequest', id: 4 },
                    transact: { type: 'TransactRequest', id: 5 },
                    range: { type: 'RangeRequest', id: 6 },
                    batch: { rule: 'repeated', type: 'SessionRequest', id: 15 },
                  },
                },
                SessionResponse: {
                  oneofs: { result: { oneof: ['get', 'put', 'delete', 'transact', 'range', 'failure'] } },
                  fields: {
                    id: { type: 'uint64', id: 1 },
                    get: { type: 'GetResponse', id: 2 },
                    put: { type: 'WriteResponse', id: 3 },
                    delete: { type: 'WriteResponse', id: 4 },
                    transact: { type: 'TransactResponse', id: 5 },
                    range: { type: 'RangeResponse', id: 6 },
                    failure: { type: 'Failure', id: 7 },
                    batch: { rule: 'repeated', type: 'SessionResponse', id: 15 },
                  },
                },
                Failure: {
                  fields: {
                    code: { type: 'int32', id: 1 },
                    message: { type: 'string', id: 2 },
                    notDone: { type: 'bool', id: 3 },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};
