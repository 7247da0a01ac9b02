import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerRequest__Output } from 'rxduplex/peer';
import { map, tap } from 'rxjs';

import { greet, inheritedFile } from '../child.js';
import { listen } from '../listen.js';
import { replyTo } from '../messages.js';
import { writeDown } from './tally.js';

const [port = '0'] = process.argv.slice(2);

const count = ({ event, id }: PeerRequest__Output): void => {
  if (event) writeDown(inheritedFile, { kind: event, id: Number(id) });
};

const server = new Server();
serve(server, PeerService, { exchange: (requests$) => requests$.pipe(tap(count), map(replyTo)) });
greet({ port: await listen(server, Number(port)) });
