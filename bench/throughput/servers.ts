import { Metadata, Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerHandlers, PeerRequest__Output } from 'rxduplex/peer';
import { map } from 'rxjs';

import { greet } from '../child.js';
import { listen } from '../listen.js';
import { replyTo } from '../messages.js';

const ours = new Server();
serve(ours, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) });

const exchange: PeerHandlers['Exchange'] = (call) => {
  // So that its client, too, has an open call before the clock starts.
  call.sendMetadata(new Metadata());
  call.on('data', (request: PeerRequest__Output) => {
    if (call.write(replyTo(request))) return;
    call.pause();
    call.once('drain', () => call.resume());
  });
  call.on('end', () => {
    call.end();
  });
};
const bare = new Server();
bare.addService(PeerService, { exchange });

greet({ rxduplex: await listen(ours), 'grpc-js': await listen(bare) });
