// Original file: proto/rxduplex/peer/v1/peer.proto

import { makeClientConstructor } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

import type { Service } from '../index.js';
import { descriptor } from './peer.descriptor.js';
import type { PeerClient as PeerMethods, PeerHandlers } from './rxduplex/peer/v1/Peer.js';

export type { Append, Append__Output } from './rxduplex/peer/v1/Append.js';
export type { Beat, Beat__Output } from './rxduplex/peer/v1/Beat.js';
export type { PeerReply, PeerReply__Output } from './rxduplex/peer/v1/PeerReply.js';
export type { PeerRequest, PeerRequest__Output } from './rxduplex/peer/v1/PeerRequest.js';
export type { Vote, Vote__Output } from './rxduplex/peer/v1/Vote.js';
export type { PeerHandlers };

const definitions = fromJSON(descriptor, { longs: String, enums: String, defaults: true, oneofs: true });

/** The service rxduplex.peer.v1.Peer, which carries the types of its handlers. */
export const PeerService: Service<PeerHandlers> = definitions['rxduplex.peer.v1.Peer'] as Service<PeerHandlers>;

/** Makes clients of rxduplex.peer.v1.Peer. */
export interface PeerClientConstructor {
  new (address: string, credentials: ChannelCredentials, options?: ClientOptions): PeerClient;
  readonly service: Service<PeerHandlers>;
}

/** A client of rxduplex.peer.v1.Peer. */
export type PeerClient = PeerMethods;
export const PeerClient: PeerClientConstructor = makeClientConstructor(
  PeerService,
  'rxduplex.peer.v1.Peer',
) as unknown as PeerClientConstructor;
