import { Server } from '@grpc/grpc-js';
import { iterate, serve } from 'rxduplex';
import { ObservatoryService } from 'rxduplex/station';
import type { Command } from 'rxduplex/station';

import { greet } from '../child.js';
import { listen } from '../listen.js';

const surveysPerReport = 25;

/** Orders surveys as fast as the station takes them; every reading is looked at in between. */
const server = new Server();
serve(
  server,
  ObservatoryService,
  {
    async *watch(readings$): AsyncGenerator<Command> {
      let survey = 0;
      let seen = 0;
      for await (const { sensor, value } of iterate(readings$)) {
        seen += 1;
        if (Math.abs(value) > 3) yield { calibrate: { sensor, offset: -value } };
        for (let more = 0; more < surveysPerReport; more += 1) yield { survey: { number: (survey += 1) } };
        if (seen % 50 === 0) yield { note: { text: `${seen} readings seen, ${survey} surveys ordered` } };
      }
    },
  },
  { outgoing: { maxMessages: 64 } },
);
// Ctrl-C reaches the whole group of processes; this one ends when the station has said goodbye.
process.on('SIGINT', () => undefined);
greet({ port: await listen(server) });
