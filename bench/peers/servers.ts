import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import { map } from 'rxjs';

import { greet } from '../child.js';
import { listen } from '../listen.js';
import { replyTo } from '../messages.js';

const [count = '1'] = process.argv.slice(2);

const ports: number[] = [];
for (let left = Number(count); left > 0; left -= 1) {
  const server = new Server();
  serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) });
  ports.push(await listen(server));
}
greet({ ports });
