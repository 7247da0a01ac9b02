import type {
  Deadline,
  Metadata,
  ServiceDefinition,
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
} from '@grpc/grpc-js';
import type { ObservableInput } from 'rxjs';
import type { Gated } from '../gate.js';

declare const handlersOf: unique symbol;

/** A service definition that carries the types of its handlers, as `npm run generate` makes them. */
export type Service<H> = ServiceDefinition & { readonly [handlersOf]?: (handlers: H) => H };

/** What a handler may know of its call, and what it may send with it. */
export interface CallContext {
  readonly metadata: Metadata;
  /** Aborted when the call is over before the handler is: cancelled by the peer, past its deadline, or shut down. */
  readonly signal: AbortSignal;
  /** When the client gives the call up; `Infinity` if it has not said. For calls made on its behalf. */
  readonly deadline: Deadline;
  readonly peer: string;
  /**
   * Sent before the responses: what is put in until the handler has returned, and what it gave was subscribed to or first
   * asked. So a generator may put something in before it first waits.
   */
  readonly initialMetadata: Metadata;
  /** Sent with the status, whatever that is: what is put in until the last response, or the failure. */
  readonly trailers: Metadata;
}

/**
 * One request in, one response out: the handler's result itself, or the first that it gives; what would follow is not
 * waited for. A result that gives none ends the call with INTERNAL.
 */
export type UnaryHandler<In, Out> = (request: In, context: CallContext) => ObservableInput<Out> | Out;

/** Requests in as of a `DuplexHandler`, one response out as of a `UnaryHandler`: also before the last request. */
export type ClientStreamHandler<In, Out> = (requests$: Gated<In>, context: CallContext) => ObservableInput<Out> | Out;

/**
 * One request in, responses out as of a `DuplexHandler`. An Observable is pushed; the gate that it has, if any, is held
 * while its responses fill the buffer, and if they exceed it the call ends with RESOURCE_EXHAUSTED.
 */
export type ServerStreamHandler<In, Out> = (request: In, context: CallContext) => ObservableInput<Out>;

/**
 * Requests in, responses out. `requests$` is hot and shared: the peer is held until the first subscription, and what
 * comes after the last one is counted unrouted. The call ends with the responses: completion is OK, an error its
 * status. An iterable or async iterable is pulled as fast as the peer reads; an Observable is pushed, and while its
 * responses fill the buffer no further requests are read.
 */
export type DuplexHandler<In, Out> = (requests$: Gated<In>, context: CallContext) => ObservableInput<Out>;

/** The handler of a method, by the type that proto-loader generates for it. */
export type HandlerOf<F> =
  F extends handleBidiStreamingCall<infer In, infer Out>
    ? DuplexHandler<In, Out>
    : F extends handleClientStreamingCall<infer In, infer Out>
      ? ClientStreamHandler<In, Out>
      : F extends handleServerStreamingCall<infer In, infer Out>
        ? ServerStreamHandler<In, Out>
        : F extends handleUnaryCall<infer In, infer Out>
          ? UnaryHandler<In, Out>
          : never;

type Named<H> = {
  [
    K in keyof H as string extends K ? never : number extends K ? never : HandlerOf<H[K]> extends never ? never : K
  ]: HandlerOf<H[K]>;
};

/** Handlers for the methods of a service, by the method's name, capitalised as in the proto or not. */
export type Handlers<H> = { readonly [K in keyof Named<H> as K | Uncapitalize<K & string>]?: Named<H>[K] };
