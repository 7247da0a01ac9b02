import { Metadata, Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import type { Repeated } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerHandlers, PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import { map } from 'rxjs';

import { listen } from './listen.js';

type Answer = (request: PeerRequest__Output) => PeerReply;

/** A server of ours, as a user of the library would write it. */
export function serveOurs(answer: Answer, options: { readonly batch?: Repeated<'batch'> } = {}): Promise<number> {
  const server = new Server();
  serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(answer)) }, options);
  return listen(server);
}

/** A server of grpc-js as its documentation writes it, respecting `drain`; it says at once that a call is open, as ours does. */
export function serveBare(answer: Answer): Promise<number> {
  const exchange: PeerHandlers['Exchange'] = (call) => {
    call.sendMetadata(new Metadata());
    call.on('data', (request: PeerRequest__Output) => {
      if (call.write(answer(request))) return;
      call.pause();
      call.once('drain', () => call.resume());
    });
    call.on('end', () => {
      call.end();
    });
  };
  const server = new Server();
  server.addService(PeerService, { exchange });
  return listen(server);
}
