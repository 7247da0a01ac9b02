import { Client, Server, credentials } from '@grpc/grpc-js';
import type { handleUnaryCall } from '@grpc/grpc-js';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';

import { codec } from '../codec.js';
import { listen } from '../listen.js';
import { echo } from '../messages.js';
import type { RequestContender } from './contender.js';

const method = { ...codec, path: '/rxduplex.bench.Echo/Ask', requestStream: false, responseStream: false } as const;

/** Unary calls as the documentation of grpc-js makes them. */
export const grpcJs: RequestContender = {
  serve() {
    const ask: handleUnaryCall<PeerRequest__Output, PeerReply> = ({ request }, answer) => {
      answer(null, echo(request));
    };
    const server = new Server();
    server.addService({ ask: method }, { ask });
    return listen(server);
  },
  connect(port) {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = method;
    return (request, answered) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, reply) => {
        if (error) throw error;
        answered(reply?.vote?.candidateId);
      });
    };
  },
};
