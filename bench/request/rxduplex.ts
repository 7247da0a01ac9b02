import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';

import { echo } from '../messages.js';
import { serveOurs } from '../servers.js';
import type { RequestContender } from './contender.js';

/** Requests by id over one duplex stream. */
export const rxduplex: RequestContender = {
  serve: () => serveOurs((request) => ({ ...echo(request), id: request.id })),
  connect(port) {
    const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
    const remote = new Remote(bidi(client, 'exchange'), {
      events: oneof('event'),
      // A launch with a break in it measures something else.
      reconnect: { maxAttempts: 1 },
      requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: (reply) => reply.id },
    });
    return (request, answered) => {
      remote.request(request).subscribe(({ vote }) => answered(vote?.candidateId));
    };
  },
};
