import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';

import type { MemoryContender } from './contender.js';

/** A `Remote` with its default bounds. */
export function rxduplex(overflow: 'block' | 'drop-oldest'): MemoryContender {
  return {
    async open(port) {
      const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
      const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event'), outgoing: { overflow } });
      remote.on('vote').subscribe();
      await remote.connect();
      return {
        offer: (message) => void remote.next(message),
        held() {
          const { accepted, dropped } = remote.stats().outbound;
          return accepted - dropped;
        },
      };
    },
  };
}
