import { Metadata, Server, credentials } from '@grpc/grpc-js';
import type { ChannelOptions } from '@grpc/grpc-js';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerHandlers, PeerReply__Output, PeerRequest__Output } from 'rxduplex/peer';

import { listen } from '../listen.js';
import { echo } from '../messages.js';
import type { StreamContender } from './contender.js';

/** grpc-js as its documentation uses it, respecting `drain`, with at most so many messages unanswered. */
export function grpcJs(options: ChannelOptions = {}, maxUnanswered: number = Infinity): StreamContender {
  return {
    serve: serveBare,
    open(port, { next, replied }) {
      const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure(), options);
      const call = client.exchange();
      let unanswered = 0;
      const send = (): void => {
        while (!call.writableNeedDrain && unanswered < maxUnanswered) {
          const message = next();
          if (!message) return;
          unanswered += 1;
          call.write(message);
        }
      };
      call.on('drain', send);
      call.on('data', ({ vote }: PeerReply__Output) => {
        unanswered -= 1;
        replied(vote?.candidateId);
        send();
      });
      return send;
    },
  };
}

/** The same on the server's side. */
export function serveBare(): Promise<number> {
  const exchange: PeerHandlers['Exchange'] = (call) => {
    call.sendMetadata(new Metadata());
    call.on('data', (request: PeerRequest__Output) => {
      if (call.write(echo(request))) return;
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
