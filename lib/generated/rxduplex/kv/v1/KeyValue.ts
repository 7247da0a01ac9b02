// Original file: proto/rxduplex/kv/v1/kv.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  DeleteRequest as _rxduplex_kv_v1_DeleteRequest,
  DeleteRequest__Output as _rxduplex_kv_v1_DeleteRequest__Output,
} from '../../../rxduplex/kv/v1/DeleteRequest.js';
import type {
  GetRequest as _rxduplex_kv_v1_GetRequest,
  GetRequest__Output as _rxduplex_kv_v1_GetRequest__Output,
} from '../../../rxduplex/kv/v1/GetRequest.js';
import type {
  GetResponse as _rxduplex_kv_v1_GetResponse,
  GetResponse__Output as _rxduplex_kv_v1_GetResponse__Output,
} from '../../../rxduplex/kv/v1/GetResponse.js';
import type {
  PutRequest as _rxduplex_kv_v1_PutRequest,
  PutRequest__Output as _rxduplex_kv_v1_PutRequest__Output,
} from '../../../rxduplex/kv/v1/PutRequest.js';
import type {
  RangeRequest as _rxduplex_kv_v1_RangeRequest,
  RangeRequest__Output as _rxduplex_kv_v1_RangeRequest__Output,
} from '../../../rxduplex/kv/v1/RangeRequest.js';
import type {
  RangeResponse as _rxduplex_kv_v1_RangeResponse,
  RangeResponse__Output as _rxduplex_kv_v1_RangeResponse__Output,
} from '../../../rxduplex/kv/v1/RangeResponse.js';
import type {
  SessionRequest as _rxduplex_kv_v1_SessionRequest,
  SessionRequest__Output as _rxduplex_kv_v1_SessionRequest__Output,
} from '../../../rxduplex/kv/v1/SessionRequest.js';
import type {
  SessionResponse as _rxduplex_kv_v1_SessionResponse,
  SessionResponse__Output as _rxduplex_kv_v1_SessionResponse__Output,
} from '../../../rxduplex/kv/v1/SessionResponse.js';
import type {
  TransactRequest as _rxduplex_kv_v1_TransactRequest,
  TransactRequest__Output as _rxduplex_kv_v1_TransactRequest__Output,
} from '../../../rxduplex/kv/v1/TransactRequest.js';
import type {
  TransactResponse as _rxduplex_kv_v1_TransactResponse,
  TransactResponse__Output as _rxduplex_kv_v1_TransactResponse__Output,
} from '../../../rxduplex/kv/v1/TransactResponse.js';
import type {
  WatchRequest as _rxduplex_kv_v1_WatchRequest,
  WatchRequest__Output as _rxduplex_kv_v1_WatchRequest__Output,
} from '../../../rxduplex/kv/v1/WatchRequest.js';
import type {
  WatchResponse as _rxduplex_kv_v1_WatchResponse,
  WatchResponse__Output as _rxduplex_kv_v1_WatchResponse__Output,
} from '../../../rxduplex/kv/v1/WatchResponse.js';
import type {
  WriteResponse as _rxduplex_kv_v1_WriteResponse,
  WriteResponse__Output as _rxduplex_kv_v1_WriteResponse__Output,
} from '../../../rxduplex/kv/v1/WriteResponse.js';

/**
 * A store of keys and values.
 */
export interface KeyValueClient extends grpc.Client {
  /**
   * Takes the value of a key away, if what is expected of it holds. Done as well if it has none.
   */
  Delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Takes the value of a key away, if what is expected of it holds. Done as well if it has none.
   */
  delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  delete(
    argument: _rxduplex_kv_v1_DeleteRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Tells the value of a key.
   */
  Get(
    argument: _rxduplex_kv_v1_GetRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;
  Get(
    argument: _rxduplex_kv_v1_GetRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;
  Get(
    argument: _rxduplex_kv_v1_GetRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;
  Get(
    argument: _rxduplex_kv_v1_GetRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Tells the value of a key.
   */
  get(
    argument: _rxduplex_kv_v1_GetRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;
  get(
    argument: _rxduplex_kv_v1_GetRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;
  get(
    argument: _rxduplex_kv_v1_GetRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;
  get(
    argument: _rxduplex_kv_v1_GetRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_GetResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Gives a key a value, if what is expected of it holds.
   */
  Put(
    argument: _rxduplex_kv_v1_PutRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Put(
    argument: _rxduplex_kv_v1_PutRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Put(
    argument: _rxduplex_kv_v1_PutRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Put(
    argument: _rxduplex_kv_v1_PutRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Gives a key a value, if what is expected of it holds.
   */
  put(
    argument: _rxduplex_kv_v1_PutRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  put(
    argument: _rxduplex_kv_v1_PutRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  put(
    argument: _rxduplex_kv_v1_PutRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;
  put(
    argument: _rxduplex_kv_v1_PutRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_WriteResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Tells keys and values in the order of the keys' bytes, up to a limit.
   */
  Range(
    argument: _rxduplex_kv_v1_RangeRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Range(
    argument: _rxduplex_kv_v1_RangeRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Range(
    argument: _rxduplex_kv_v1_RangeRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Range(
    argument: _rxduplex_kv_v1_RangeRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Tells keys and values in the order of the keys' bytes, up to a limit.
   */
  range(
    argument: _rxduplex_kv_v1_RangeRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;
  range(
    argument: _rxduplex_kv_v1_RangeRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;
  range(
    argument: _rxduplex_kv_v1_RangeRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;
  range(
    argument: _rxduplex_kv_v1_RangeRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_RangeResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * The operations above over one stream, each answered under its id; they are independent, and so is their order.
   */
  Session(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_kv_v1_SessionRequest, _rxduplex_kv_v1_SessionResponse__Output>;
  Session(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_kv_v1_SessionRequest, _rxduplex_kv_v1_SessionResponse__Output>;
  /**
   * The operations above over one stream, each answered under its id; they are independent, and so is their order.
   */
  session(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_kv_v1_SessionRequest, _rxduplex_kv_v1_SessionResponse__Output>;
  session(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_kv_v1_SessionRequest, _rxduplex_kv_v1_SessionResponse__Output>;

  /**
   * Does all of several operations, if everything expected holds; else none of them.
   */
  Transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;
  Transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;
  Transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;
  Transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Does all of several operations, if everything expected holds; else none of them.
   */
  transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;
  transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;
  transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;
  transact(
    argument: _rxduplex_kv_v1_TransactRequest,
    callback: grpc.requestCallback<_rxduplex_kv_v1_TransactResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Tells every change from a revision on, in order, each once.
   */
  Watch(
    argument: _rxduplex_kv_v1_WatchRequest,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_rxduplex_kv_v1_WatchResponse__Output>;
  Watch(
    argument: _rxduplex_kv_v1_WatchRequest,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_rxduplex_kv_v1_WatchResponse__Output>;
  /**
   * Tells every change from a revision on, in order, each once.
   */
  watch(
    argument: _rxduplex_kv_v1_WatchRequest,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_rxduplex_kv_v1_WatchResponse__Output>;
  watch(
    argument: _rxduplex_kv_v1_WatchRequest,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_rxduplex_kv_v1_WatchResponse__Output>;
}

/**
 * A store of keys and values.
 */
export interface KeyValueHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Takes the value of a key away, if what is expected of it holds. Done as well if it has none.
   */
  Delete: grpc.handleUnaryCall<_rxduplex_kv_v1_DeleteRequest__Output, _rxduplex_kv_v1_WriteResponse>;

  /**
   * Tells the value of a key.
   */
  Get: grpc.handleUnaryCall<_rxduplex_kv_v1_GetRequest__Output, _rxduplex_kv_v1_GetResponse>;

  /**
   * Gives a key a value, if what is expected of it holds.
   */
  Put: grpc.handleUnaryCall<_rxduplex_kv_v1_PutRequest__Output, _rxduplex_kv_v1_WriteResponse>;

  /**
   * Tells keys and values in the order of the keys' bytes, up to a limit.
   */
  Range: grpc.handleUnaryCall<_rxduplex_kv_v1_RangeRequest__Output, _rxduplex_kv_v1_RangeResponse>;

  /**
   * The operations above over one stream, each answered under its id; they are independent, and so is their order.
   */
  Session: grpc.handleBidiStreamingCall<_rxduplex_kv_v1_SessionRequest__Output, _rxduplex_kv_v1_SessionResponse>;

  /**
   * Does all of several operations, if everything expected holds; else none of them.
   */
  Transact: grpc.handleUnaryCall<_rxduplex_kv_v1_TransactRequest__Output, _rxduplex_kv_v1_TransactResponse>;

  /**
   * Tells every change from a revision on, in order, each once.
   */
  Watch: grpc.handleServerStreamingCall<_rxduplex_kv_v1_WatchRequest__Output, _rxduplex_kv_v1_WatchResponse>;
}

export interface KeyValueDefinition extends grpc.ServiceDefinition {
  Delete: MethodDefinition<
    _rxduplex_kv_v1_DeleteRequest,
    _rxduplex_kv_v1_WriteResponse,
    _rxduplex_kv_v1_DeleteRequest__Output,
    _rxduplex_kv_v1_WriteResponse__Output
  >;
  Get: MethodDefinition<
    _rxduplex_kv_v1_GetRequest,
    _rxduplex_kv_v1_GetResponse,
    _rxduplex_kv_v1_GetRequest__Output,
    _rxduplex_kv_v1_GetResponse__Output
  >;
  Put: MethodDefinition<
    _rxduplex_kv_v1_PutRequest,
    _rxduplex_kv_v1_WriteResponse,
    _rxduplex_kv_v1_PutRequest__Output,
    _rxduplex_kv_v1_WriteResponse__Output
  >;
  Range: MethodDefinition<
    _rxduplex_kv_v1_RangeRequest,
    _rxduplex_kv_v1_RangeResponse,
    _rxduplex_kv_v1_RangeRequest__Output,
    _rxduplex_kv_v1_RangeResponse__Output
  >;
  Session: MethodDefinition<
    _rxduplex_kv_v1_SessionRequest,
    _rxduplex_kv_v1_SessionResponse,
    _rxduplex_kv_v1_SessionRequest__Output,
    _rxduplex_kv_v1_SessionResponse__Output
  >;
  Transact: MethodDefinition<
    _rxduplex_kv_v1_TransactRequest,
    _rxduplex_kv_v1_TransactResponse,
    _rxduplex_kv_v1_TransactRequest__Output,
    _rxduplex_kv_v1_TransactResponse__Output
  >;
  Watch: MethodDefinition<
    _rxduplex_kv_v1_WatchRequest,
    _rxduplex_kv_v1_WatchResponse,
    _rxduplex_kv_v1_WatchRequest__Output,
    _rxduplex_kv_v1_WatchResponse__Output
  >;
}
