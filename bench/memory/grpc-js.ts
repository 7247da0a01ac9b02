import { once } from 'node:events';

import { credentials } from '@grpc/grpc-js';
import type { ChannelOptions } from '@grpc/grpc-js';
import { PeerClient } from 'rxduplex/peer';

import type { MemoryContender } from './contender.js';

/** grpc-js, respecting `drain` or ignoring what `write` answers. */
export function grpcJs(respecting: boolean, options: ChannelOptions = {}): MemoryContender {
  return {
    async open(port) {
      const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure(), options);
      const call = client.exchange();
      await once(call, 'metadata');
      let held = 0;
      return {
        offer(message) {
          if (respecting && call.writableNeedDrain) return;
          call.write(message);
          held += 1;
        },
        held: () => held,
      };
    },
  };
}
