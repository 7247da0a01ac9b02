// Original file: proto/kinds.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type { Answer as _kinds_Answer, Answer__Output as _kinds_Answer__Output } from '../kinds/Answer.js';
import type { Ask as _kinds_Ask, Ask__Output as _kinds_Ask__Output } from '../kinds/Ask.js';

/**
 * A method of each kind, for the specs.
 */
export interface KindsClient extends grpc.Client {
  /**
   * Many in, many out.
   */
  Bidi(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_kinds_Ask, _kinds_Answer__Output>;
  Bidi(options?: grpc.CallOptions): grpc.ClientDuplexStream<_kinds_Ask, _kinds_Answer__Output>;
  /**
   * Many in, many out.
   */
  bidi(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_kinds_Ask, _kinds_Answer__Output>;
  bidi(options?: grpc.CallOptions): grpc.ClientDuplexStream<_kinds_Ask, _kinds_Answer__Output>;

  /**
   * Many in, one out.
   */
  ClientStream(
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientWritableStream<_kinds_Ask>;
  ClientStream(
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientWritableStream<_kinds_Ask>;
  ClientStream(
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientWritableStream<_kinds_Ask>;
  ClientStream(callback: grpc.requestCallback<_kinds_Answer__Output>): grpc.ClientWritableStream<_kinds_Ask>;
  /**
   * Many in, one out.
   */
  clientStream(
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientWritableStream<_kinds_Ask>;
  clientStream(
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientWritableStream<_kinds_Ask>;
  clientStream(
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientWritableStream<_kinds_Ask>;
  clientStream(callback: grpc.requestCallback<_kinds_Answer__Output>): grpc.ClientWritableStream<_kinds_Ask>;

  /**
   * Named so that proto-loader and TypeScript differ on its first letters.
   */
  GETUrl(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  GETUrl(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  GETUrl(
    argument: _kinds_Ask,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  GETUrl(argument: _kinds_Ask, callback: grpc.requestCallback<_kinds_Answer__Output>): grpc.ClientUnaryCall;
  /**
   * Named so that proto-loader and TypeScript differ on its first letters.
   */
  getUrl(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  getUrl(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  getUrl(
    argument: _kinds_Ask,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  getUrl(argument: _kinds_Ask, callback: grpc.requestCallback<_kinds_Answer__Output>): grpc.ClientUnaryCall;

  /**
   * One in, many out.
   */
  ServerStream(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_kinds_Answer__Output>;
  ServerStream(argument: _kinds_Ask, options?: grpc.CallOptions): grpc.ClientReadableStream<_kinds_Answer__Output>;
  /**
   * One in, many out.
   */
  serverStream(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_kinds_Answer__Output>;
  serverStream(argument: _kinds_Ask, options?: grpc.CallOptions): grpc.ClientReadableStream<_kinds_Answer__Output>;

  /**
   * One in, one out.
   */
  Unary(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  Unary(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  Unary(
    argument: _kinds_Ask,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  Unary(argument: _kinds_Ask, callback: grpc.requestCallback<_kinds_Answer__Output>): grpc.ClientUnaryCall;
  /**
   * One in, one out.
   */
  unary(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  unary(
    argument: _kinds_Ask,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  unary(
    argument: _kinds_Ask,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_kinds_Answer__Output>,
  ): grpc.ClientUnaryCall;
  unary(argument: _kinds_Ask, callback: grpc.requestCallback<_kinds_Answer__Output>): grpc.ClientUnaryCall;
}

/**
 * A method of each kind, for the specs.
 */
export interface KindsHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Many in, many out.
   */
  Bidi: grpc.handleBidiStreamingCall<_kinds_Ask__Output, _kinds_Answer>;

  /**
   * Many in, one out.
   */
  ClientStream: grpc.handleClientStreamingCall<_kinds_Ask__Output, _kinds_Answer>;

  /**
   * Named so that proto-loader and TypeScript differ on its first letters.
   */
  GETUrl: grpc.handleUnaryCall<_kinds_Ask__Output, _kinds_Answer>;

  /**
   * One in, many out.
   */
  ServerStream: grpc.handleServerStreamingCall<_kinds_Ask__Output, _kinds_Answer>;

  /**
   * One in, one out.
   */
  Unary: grpc.handleUnaryCall<_kinds_Ask__Output, _kinds_Answer>;
}

export interface KindsDefinition extends grpc.ServiceDefinition {
  Bidi: MethodDefinition<_kinds_Ask, _kinds_Answer, _kinds_Ask__Output, _kinds_Answer__Output>;
  ClientStream: MethodDefinition<_kinds_Ask, _kinds_Answer, _kinds_Ask__Output, _kinds_Answer__Output>;
  GETUrl: MethodDefinition<_kinds_Ask, _kinds_Answer, _kinds_Ask__Output, _kinds_Answer__Output>;
  ServerStream: MethodDefinition<_kinds_Ask, _kinds_Answer, _kinds_Ask__Output, _kinds_Answer__Output>;
  Unary: MethodDefinition<_kinds_Ask, _kinds_Answer, _kinds_Ask__Output, _kinds_Answer__Output>;
}
