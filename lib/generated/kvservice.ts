// Original file: proto/io/grpc/kvservice.proto

import { makeClientConstructor } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

import type { Service } from '../index.js';
import { descriptor } from './kvservice.descriptor.js';
import type {
  KeyValueServiceClient as KeyValueServiceMethods,
  KeyValueServiceHandlers,
} from './io/grpc/KeyValueService.js';

export type { CreateRequest, CreateRequest__Output } from './io/grpc/CreateRequest.js';
export type { CreateResponse, CreateResponse__Output } from './io/grpc/CreateResponse.js';
export type { DeleteRequest, DeleteRequest__Output } from './io/grpc/DeleteRequest.js';
export type { DeleteResponse, DeleteResponse__Output } from './io/grpc/DeleteResponse.js';
export type { RetrieveRequest, RetrieveRequest__Output } from './io/grpc/RetrieveRequest.js';
export type { RetrieveResponse, RetrieveResponse__Output } from './io/grpc/RetrieveResponse.js';
export type { UpdateRequest, UpdateRequest__Output } from './io/grpc/UpdateRequest.js';
export type { UpdateResponse, UpdateResponse__Output } from './io/grpc/UpdateResponse.js';
export type { KeyValueServiceHandlers };

const definitions = fromJSON(descriptor, { longs: String, enums: String, defaults: true, oneofs: true });

/** The service io.grpc.KeyValueService, which carries the types of its handlers. */
export const KeyValueServiceService: Service<KeyValueServiceHandlers> = definitions[
  'io.grpc.KeyValueService'
] as Service<KeyValueServiceHandlers>;

/** Makes clients of io.grpc.KeyValueService. */
export interface KeyValueServiceClientConstructor {
  new (address: string, credentials: ChannelCredentials, options?: ClientOptions): KeyValueServiceClient;
  readonly service: Service<KeyValueServiceHandlers>;
}

/** A client of io.grpc.KeyValueService. */
export type KeyValueServiceClient = KeyValueServiceMethods;
export const KeyValueServiceClient: KeyValueServiceClientConstructor = makeClientConstructor(
  KeyValueServiceService,
  'io.grpc.KeyValueService',
) as unknown as KeyValueServiceClientConstructor;
