// Original file: proto/kinds.proto

import { makeClientConstructor } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

import type { Service } from 'rxduplex';
import { descriptor } from './kinds.descriptor.js';
import type { KindsClient as KindsMethods, KindsHandlers } from './kinds/Kinds.js';

export type { Answer, Answer__Output } from './kinds/Answer.js';
export type { Ask, Ask__Output } from './kinds/Ask.js';
export type { KindsHandlers };

const definitions = fromJSON(descriptor, { longs: String, enums: String, defaults: true, oneofs: true });

/** The service kinds.Kinds, which carries the types of its handlers. */
export const KindsService: Service<KindsHandlers> = definitions['kinds.Kinds'] as Service<KindsHandlers>;

/** Makes clients of kinds.Kinds. */
export interface KindsClientConstructor {
  new (address: string, credentials: ChannelCredentials, options?: ClientOptions): KindsClient;
  readonly service: Service<KindsHandlers>;
}

/** A client of kinds.Kinds. */
export type KindsClient = KindsMethods;
export const KindsClient: KindsClientConstructor = makeClientConstructor(
  KindsService,
  'kinds.Kinds',
) as unknown as KindsClientConstructor;
