/** A server that writes down what it has seen, to be killed. Its arguments: a port, and options of `serve` as JSON. */
import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import type { ServeOptions } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import { map, tap } from 'rxjs';

import { greet, inheritedFile } from '../../../bench/child.js';
import { writeDown } from '../../../bench/kill/tally.js';
import { listen, replyTo } from '../peer.js';

const [port = '0', options = '{}'] = process.argv.slice(2);

const server = new Server();
serve(
  server,
  PeerService,
  {
    exchange: (requests$) =>
      requests$.pipe(
        tap(({ id }) => writeDown(inheritedFile, { kind: 'append', id: Number(id) })),
        map(replyTo),
      ),
  },
  JSON.parse(options) as ServeOptions,
);
greet({ port: await listen(server, Number(port)) });
