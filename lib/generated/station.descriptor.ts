// Original file: proto/rxduplex/station/v1/station.proto

export const descriptor: object = {
  nested: {
    rxduplex: {
      nested: {
        station: {
          nested: {
            v1: {
              nested: {
                Observatory: {
                  methods: {
                    Watch: {
                      requestType: 'Reading',
                      requestStream: true,
                      responseType: 'Command',
                      responseStream: true,
                    },
                  },
                },
                Reading: {
                  fields: {
                    sensor: { type: 'string', id: 1 },
                    value: { type: 'double', id: 2 },
                    at: { type: 'uint64', id: 3 },
                  },
                },
                Command: {
                  oneofs: { command: { oneof: ['calibrate', 'survey', 'note'] } },
                  fields: {
                    calibrate: { type: 'Calibrate', id: 1 },
                    survey: { type: 'Survey', id: 2 },
                    note: { type: 'Note', id: 3 },
                  },
                },
                Calibrate: { fields: { sensor: { type: 'string', id: 1 }, offset: { type: 'double', id: 2 } } },
                Survey: { fields: { number: { type: 'uint64', id: 1 } } },
                Note: { fields: { text: { type: 'string', id: 1 } } },
              },
            },
          },
        },
      },
    },
  },
};
