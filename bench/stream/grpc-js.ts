import { credentials } from '@grpc/grpc-js';
import type { ChannelOptions } from '@grpc/grpc-js';
import { PeerClient } from 'rxduplex/peer';
import type { PeerReply__Output } from 'rxduplex/peer';

import { echo } from '../messages.js';
import { serveBare } from '../servers.js';
import type { StreamContender } from './contender.js';

/** grpc-js as its documentation uses it, respecting `drain`, with at most so many messages unanswered. */
export function grpcJs(options: ChannelOptions = {}, maxUnanswered: number = Infinity): StreamContender {
  return {
    serve: () => serveBare(echo),
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
