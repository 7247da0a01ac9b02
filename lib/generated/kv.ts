// Original file: proto/rxduplex/kv/v1/kv.proto

import { makeClientConstructor } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

import type { Service } from '../index.js';
import { descriptor } from './kv.descriptor.js';
import type { KeyValueClient as KeyValueMethods, KeyValueHandlers } from './rxduplex/kv/v1/KeyValue.js';

export type { Begun, Begun__Output } from './rxduplex/kv/v1/Begun.js';
export type { Change, Change__Output } from './rxduplex/kv/v1/Change.js';
export type { Changes, Changes__Output } from './rxduplex/kv/v1/Changes.js';
export type { Compacted, Compacted__Output } from './rxduplex/kv/v1/Compacted.js';
export type { Condition, Condition__Output } from './rxduplex/kv/v1/Condition.js';
export type { Current, Current__Output } from './rxduplex/kv/v1/Current.js';
export type { DeleteRequest, DeleteRequest__Output } from './rxduplex/kv/v1/DeleteRequest.js';
export type { Done, Done__Output } from './rxduplex/kv/v1/Done.js';
export type { Entry, Entry__Output } from './rxduplex/kv/v1/Entry.js';
export type { Expectation, Expectation__Output } from './rxduplex/kv/v1/Expectation.js';
export type { Failure, Failure__Output } from './rxduplex/kv/v1/Failure.js';
export type { GetRequest, GetRequest__Output } from './rxduplex/kv/v1/GetRequest.js';
export type { GetResponse, GetResponse__Output } from './rxduplex/kv/v1/GetResponse.js';
export type { Operation, Operation__Output } from './rxduplex/kv/v1/Operation.js';
export type { Progress, Progress__Output } from './rxduplex/kv/v1/Progress.js';
export type { Put, Put__Output } from './rxduplex/kv/v1/Put.js';
export type { PutRequest, PutRequest__Output } from './rxduplex/kv/v1/PutRequest.js';
export type { RangeRequest, RangeRequest__Output } from './rxduplex/kv/v1/RangeRequest.js';
export type { RangeResponse, RangeResponse__Output } from './rxduplex/kv/v1/RangeResponse.js';
export type { Refused, Refused__Output } from './rxduplex/kv/v1/Refused.js';
export type { Remove, Remove__Output } from './rxduplex/kv/v1/Remove.js';
export type { SessionRequest, SessionRequest__Output } from './rxduplex/kv/v1/SessionRequest.js';
export type { SessionResponse, SessionResponse__Output } from './rxduplex/kv/v1/SessionResponse.js';
export type { TransactRequest, TransactRequest__Output } from './rxduplex/kv/v1/TransactRequest.js';
export type { TransactResponse, TransactResponse__Output } from './rxduplex/kv/v1/TransactResponse.js';
export type { WatchRequest, WatchRequest__Output } from './rxduplex/kv/v1/WatchRequest.js';
export type { WatchResponse, WatchResponse__Output } from './rxduplex/kv/v1/WatchResponse.js';
export type { WriteResponse, WriteResponse__Output } from './rxduplex/kv/v1/WriteResponse.js';
export type { KeyValueHandlers };

const definitions = fromJSON(descriptor, { longs: String, enums: String, defaults: true, oneofs: true });

/** The service rxduplex.kv.v1.KeyValue, which carries the types of its handlers. */
export const KeyValueService: Service<KeyValueHandlers> = definitions[
  'rxduplex.kv.v1.KeyValue'
] as Service<KeyValueHandlers>;

/** Makes clients of rxduplex.kv.v1.KeyValue. */
export interface KeyValueClientConstructor {
  new (address: string, credentials: ChannelCredentials, options?: ClientOptions): KeyValueClient;
  readonly service: Service<KeyValueHandlers>;
}

/** A client of rxduplex.kv.v1.KeyValue. */
export type KeyValueClient = KeyValueMethods;
export const KeyValueClient: KeyValueClientConstructor = makeClientConstructor(
  KeyValueService,
  'rxduplex.kv.v1.KeyValue',
) as unknown as KeyValueClientConstructor;
