import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof, repeated } from 'rxduplex';
import type { Repeated } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import type { PeerRequest } from 'rxduplex/peer';

import { echo } from '../messages.js';
import { serveBare, serveOurs } from '../servers.js';
import type { StreamContender } from './contender.js';

interface Options {
  readonly batch?: Repeated<'batch'>;
}

/** Both ends. */
const written = (options: Options = {}): StreamContender => ({
  serve: () => serveOurs(echo, options),
  open(port, { next, replied }) {
    const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
    // A launch with a break in it measures something else.
    const remote = new Remote(bidi(client, 'exchange', options), {
      events: oneof('event'),
      reconnect: { maxAttempts: 1 },
    });
    remote.on('vote').subscribe(({ candidateId }) => replied(candidateId));
    let message: PeerRequest | undefined;
    const send = (): void => {
      for (message ??= next(); message && !remote.full && remote.next(message); message = next());
    };
    remote.ready$.subscribe(send);
    return send;
  },
});

export const rxduplex: StreamContender = written();

/** Packed into envelopes, as both ends have agreed. */
export const rxduplexBatch: StreamContender = written({ batch: repeated('batch') });

/** Our client alone. */
export const rxduplexToGrpcJs: StreamContender = { ...rxduplex, serve: () => serveBare(echo) };
