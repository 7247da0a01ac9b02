import { Server, credentials } from '@grpc/grpc-js';
import type { ChannelOptions, handleUnaryCall } from '@grpc/grpc-js';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';

import { EchoClient, EchoService } from '../echo-service.js';
import { listen } from '../listen.js';
import { echo } from '../messages.js';
import type { RequestContender } from './contender.js';

/** Unary calls as the documentation of grpc-js makes them. */
export const grpcJs = (options: ChannelOptions = {}): RequestContender => ({
  serve() {
    const ask: handleUnaryCall<PeerRequest__Output, PeerReply> = ({ request }, answer) => {
      answer(null, echo(request));
    };
    const server = new Server();
    server.addService(EchoService, { ask });
    return listen(server);
  },
  connect(port) {
    const client = new EchoClient(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    return (request, answered) => {
      client.ask(request, (error, reply) => {
        if (error) throw error;
        answered(reply?.vote?.candidateId);
      });
    };
  },
});
