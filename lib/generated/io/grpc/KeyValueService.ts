// Original file: proto/io/grpc/kvservice.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  CreateRequest as _io_grpc_CreateRequest,
  CreateRequest__Output as _io_grpc_CreateRequest__Output,
} from '../../io/grpc/CreateRequest.js';
import type {
  CreateResponse as _io_grpc_CreateResponse,
  CreateResponse__Output as _io_grpc_CreateResponse__Output,
} from '../../io/grpc/CreateResponse.js';
import type {
  DeleteRequest as _io_grpc_DeleteRequest,
  DeleteRequest__Output as _io_grpc_DeleteRequest__Output,
} from '../../io/grpc/DeleteRequest.js';
import type {
  DeleteResponse as _io_grpc_DeleteResponse,
  DeleteResponse__Output as _io_grpc_DeleteResponse__Output,
} from '../../io/grpc/DeleteResponse.js';
import type {
  RetrieveRequest as _io_grpc_RetrieveRequest,
  RetrieveRequest__Output as _io_grpc_RetrieveRequest__Output,
} from '../../io/grpc/RetrieveRequest.js';
import type {
  RetrieveResponse as _io_grpc_RetrieveResponse,
  RetrieveResponse__Output as _io_grpc_RetrieveResponse__Output,
} from '../../io/grpc/RetrieveResponse.js';
import type {
  UpdateRequest as _io_grpc_UpdateRequest,
  UpdateRequest__Output as _io_grpc_UpdateRequest__Output,
} from '../../io/grpc/UpdateRequest.js';
import type {
  UpdateResponse as _io_grpc_UpdateResponse,
  UpdateResponse__Output as _io_grpc_UpdateResponse__Output,
} from '../../io/grpc/UpdateResponse.js';

/**
 * Keys with values. Nothing here tells one value from a later one, so that of two who update at once one may be lost
 * without a word; rxduplex.kv.v1 is for those who mind.
 */
export interface KeyValueServiceClient extends grpc.Client {
  /**
   * Gives a key its first value; ALREADY_EXISTS if it has one.
   */
  Create(
    argument: _io_grpc_CreateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;
  Create(
    argument: _io_grpc_CreateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;
  Create(
    argument: _io_grpc_CreateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;
  Create(
    argument: _io_grpc_CreateRequest,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Gives a key its first value; ALREADY_EXISTS if it has one.
   */
  create(
    argument: _io_grpc_CreateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;
  create(
    argument: _io_grpc_CreateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;
  create(
    argument: _io_grpc_CreateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;
  create(
    argument: _io_grpc_CreateRequest,
    callback: grpc.requestCallback<_io_grpc_CreateResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Takes the value of a key away, and succeeds as well if it has none.
   */
  Delete(
    argument: _io_grpc_DeleteRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Delete(
    argument: _io_grpc_DeleteRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Delete(
    argument: _io_grpc_DeleteRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;
  Delete(
    argument: _io_grpc_DeleteRequest,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Takes the value of a key away, and succeeds as well if it has none.
   */
  delete(
    argument: _io_grpc_DeleteRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;
  delete(
    argument: _io_grpc_DeleteRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;
  delete(
    argument: _io_grpc_DeleteRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;
  delete(
    argument: _io_grpc_DeleteRequest,
    callback: grpc.requestCallback<_io_grpc_DeleteResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Tells the value of a key; NOT_FOUND if it has none.
   */
  Retrieve(
    argument: _io_grpc_RetrieveRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;
  Retrieve(
    argument: _io_grpc_RetrieveRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;
  Retrieve(
    argument: _io_grpc_RetrieveRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;
  Retrieve(
    argument: _io_grpc_RetrieveRequest,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Tells the value of a key; NOT_FOUND if it has none.
   */
  retrieve(
    argument: _io_grpc_RetrieveRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;
  retrieve(
    argument: _io_grpc_RetrieveRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;
  retrieve(
    argument: _io_grpc_RetrieveRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;
  retrieve(
    argument: _io_grpc_RetrieveRequest,
    callback: grpc.requestCallback<_io_grpc_RetrieveResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Gives a key another value; NOT_FOUND if it has none.
   */
  Update(
    argument: _io_grpc_UpdateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
  Update(
    argument: _io_grpc_UpdateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
  Update(
    argument: _io_grpc_UpdateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
  Update(
    argument: _io_grpc_UpdateRequest,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Gives a key another value; NOT_FOUND if it has none.
   */
  update(
    argument: _io_grpc_UpdateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
  update(
    argument: _io_grpc_UpdateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
  update(
    argument: _io_grpc_UpdateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
  update(
    argument: _io_grpc_UpdateRequest,
    callback: grpc.requestCallback<_io_grpc_UpdateResponse__Output>,
  ): grpc.ClientUnaryCall;
}

/**
 * Keys with values. Nothing here tells one value from a later one, so that of two who update at once one may be lost
 * without a word; rxduplex.kv.v1 is for those who mind.
 */
export interface KeyValueServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Gives a key its first value; ALREADY_EXISTS if it has one.
   */
  Create: grpc.handleUnaryCall<_io_grpc_CreateRequest__Output, _io_grpc_CreateResponse>;

  /**
   * Takes the value of a key away, and succeeds as well if it has none.
   */
  Delete: grpc.handleUnaryCall<_io_grpc_DeleteRequest__Output, _io_grpc_DeleteResponse>;

  /**
   * Tells the value of a key; NOT_FOUND if it has none.
   */
  Retrieve: grpc.handleUnaryCall<_io_grpc_RetrieveRequest__Output, _io_grpc_RetrieveResponse>;

  /**
   * Gives a key another value; NOT_FOUND if it has none.
   */
  Update: grpc.handleUnaryCall<_io_grpc_UpdateRequest__Output, _io_grpc_UpdateResponse>;
}

export interface KeyValueServiceDefinition extends grpc.ServiceDefinition {
  Create: MethodDefinition<
    _io_grpc_CreateRequest,
    _io_grpc_CreateResponse,
    _io_grpc_CreateRequest__Output,
    _io_grpc_CreateResponse__Output
  >;
  Delete: MethodDefinition<
    _io_grpc_DeleteRequest,
    _io_grpc_DeleteResponse,
    _io_grpc_DeleteRequest__Output,
    _io_grpc_DeleteResponse__Output
  >;
  Retrieve: MethodDefinition<
    _io_grpc_RetrieveRequest,
    _io_grpc_RetrieveResponse,
    _io_grpc_RetrieveRequest__Output,
    _io_grpc_RetrieveResponse__Output
  >;
  Update: MethodDefinition<
    _io_grpc_UpdateRequest,
    _io_grpc_UpdateResponse,
    _io_grpc_UpdateRequest__Output,
    _io_grpc_UpdateResponse__Output
  >;
}
