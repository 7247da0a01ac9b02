import { Metadata, Server } from '@grpc/grpc-js';
import { PeerService } from 'rxduplex/peer';
import type { PeerHandlers } from 'rxduplex/peer';

import { greet } from '../child.js';
import { listen } from '../listen.js';

/** Accepts a call, and reads nothing of it. */
const exchange: PeerHandlers['Exchange'] = (call) => {
  call.sendMetadata(new Metadata());
};

const server = new Server();
server.addService(PeerService, { exchange });
greet({ port: await listen(server) });
