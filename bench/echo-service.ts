import { makeClientConstructor } from '@grpc/grpc-js';
import type {
  ChannelCredentials,
  Client,
  ClientOptions,
  ClientUnaryCall,
  MethodDefinition,
  handleUnaryCall,
  requestCallback,
} from '@grpc/grpc-js';
import type { Service } from 'rxduplex';
import type { PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';

import { codec } from './codec.js';

const ask: MethodDefinition<PeerRequest, PeerReply__Output> = {
  ...codec,
  path: '/rxduplex.bench.Echo/Ask',
  requestStream: false,
  responseStream: false,
};

/** A unary method for the messages of the peers, who have none. */
export const EchoService: Service<{ readonly ask: handleUnaryCall<PeerRequest__Output, PeerReply> }> = { ask };

export interface EchoClient extends Client {
  ask(request: PeerRequest, callback: requestCallback<PeerReply__Output>): ClientUnaryCall;
}

export const EchoClient: new (address: string, credentials: ChannelCredentials, options?: ClientOptions) => EchoClient =
  makeClientConstructor(EchoService, 'rxduplex.bench.Echo') as never;
