// Original file: proto/rxduplex/peer/v1/peer.proto

export const descriptor: object = {
  nested: {
    rxduplex: {
      nested: {
        peer: {
          nested: {
            v1: {
              nested: {
                Peer: {
                  methods: {
                    Exchange: {
                      requestType: 'PeerRequest',
                      requestStream: true,
                      responseType: 'PeerReply',
                      responseStream: true,
                    },
                  },
                },
                PeerRequest: {
                  oneofs: { event: { oneof: ['vote', 'append', 'beat'] } },
                  fields: {
                    id: { type: 'uint64', id: 1 },
                    vote: { type: 'Vote', id: 2 },
                    append: { type: 'Append', id: 3 },
                    beat: { type: 'Beat', id: 4 },
                    batch: { rule: 'repeated', type: 'PeerRequest', id: 15 },
                  },
                },
                PeerReply: {
                  oneofs: { event: { oneof: ['vote', 'append', 'beat'] } },
                  fields: {
                    id: { type: 'uint64', id: 1 },
                    vote: { type: 'Vote', id: 2 },
                    append: { type: 'Append', id: 3 },
                    beat: { type: 'Beat', id: 4 },
                    batch: { rule: 'repeated', type: 'PeerReply', id: 15 },
                  },
                },
                Vote: { fields: { term: { type: 'uint64', id: 1 }, candidateId: { type: 'string', id: 2 } } },
                Append: { fields: { term: { type: 'uint64', id: 1 }, payload: { type: 'bytes', id: 2 } } },
                Beat: { fields: { at: { type: 'uint64', id: 1 } } },
              },
            },
          },
        },
      },
    },
  },
};
