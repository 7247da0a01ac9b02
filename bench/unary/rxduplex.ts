import { Server, credentials } from '@grpc/grpc-js';
import { channelOptions, limitInFlight, rx, serve } from 'rxduplex';
import type { RxOptions } from 'rxduplex';

import { EchoClient, EchoService } from '../echo-service.js';
import { listen } from '../listen.js';
import { echo } from '../messages.js';
import type { RequestContender } from '../request/contender.js';
import { grpcJs } from '../request/grpc-js.js';

/** Both ends. */
export const rxduplex: RequestContender = {
  serve() {
    const server = new Server();
    serve(server, EchoService, { ask: echo });
    return listen(server);
  },
  connect: connectWith({}),
};

/** Our client alone. */
export const rxduplexToGrpcJs: RequestContender = { ...rxduplex, serve: grpcJs().serve };

/** The same, where each call waits for its turn. */
export const rxduplexLimited: RequestContender = {
  ...rxduplexToGrpcJs,
  connect: connectWith({ limit: limitInFlight({ max: 100 }) }),
};

function connectWith(options: RxOptions): RequestContender['connect'] {
  return (port) => {
    const client = new EchoClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
    const { ask } = rx(client, options);
    return (request, answered) => {
      ask(request).subscribe(({ vote }) => answered(vote?.candidateId));
    };
  };
}
