import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import { map } from 'rxjs';

import { greet } from '../child.js';
import { listen } from '../listen.js';
import { replyTo } from '../messages.js';
import { maxBytes } from './connection.js';

const server = new Server();
serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) }, { outgoing: { maxBytes } });
greet({ port: await listen(server) });
