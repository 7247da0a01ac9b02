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
  /**
   * Aborted when the call ends otherwise than by its handler: the client has cancelled it, its deadline has passed, its
   * connection was lost, the server is shut down, a drain has given up on it, or `serve` has ended it (its responses came
   * too fast, say). It takes any number of listeners. A call that ends OK, or with an error of its handler, does not abort
   * it: what the handler has left behind goes on.
   */
  readonly signal: AbortSignal;
  /** When the client gives the call up; `Infinity` if it has not said. For calls made on its behalf. */
  readonly deadline: Deadline;
  readonly peer: string;
  /**
   * Sent before the responses: what is put in until the handler has returned, and what it gave was subscribed to or first
   * asked. So a generator may put something in before it first waits. If it is too large for a client to receive, the call
   * ends with INTERNAL.
   */
  readonly initialMetadata: Metadata;
  /**
   * Sent with the status, whatever that is: what is put in until the last response, or the failure. Entries that are too
   * large for a client to receive are left out.
   */
  readonly trailers: Metadata;
}

/**
 * What a handler gives, or a promise of it: a message, or an Observable, an iterable, an async iterable or a
 * `ReadableStream` of messages.
 */
export type HandlerResult<Out> = ObservableInput<Out> | Out;

// A method of a class that returns nothing has the type `void`, and one that is `async` a promise of it.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type Nothing = undefined | void;

/**
 * One request in, one response out: what the handler returns, or a promise of it. Of an Observable or an iterable it is
 * the first value, and the rest is left. A result that gives none ends the call with INTERNAL.
 */
export type UnaryHandler<In, Out> = (
  request: In,
  context: CallContext,
) => HandlerResult<Out> | PromiseLike<HandlerResult<Out>>;

/** Requests in as of a `DuplexHandler`, one response out as of a `UnaryHandler`: also before the last request. */
export type ClientStreamHandler<In, Out> = (
  requests$: Gated<In>,
  context: CallContext,
) => HandlerResult<Out> | PromiseLike<HandlerResult<Out>>;

/**
 * One request in, responses out: those of what the handler returns, or of a promise of it. The call ends with them:
 * completion is OK, an error its status. An iterable or async iterable is asked for its next value as fast as the client
 * reads. An Observable is subscribed to; while its responses fill the buffer its gate is held, if it has one, and if too
 * many have to wait then the call ends with RESOURCE_EXHAUSTED. A promise of `undefined` is a stream without responses.
 */
export type ServerStreamHandler<In, Out> = (
  request: In,
  context: CallContext,
) => HandlerResult<Out> | PromiseLike<HandlerResult<Out> | Nothing>;

/**
 * Requests in, responses out as of a `ServerStreamHandler`. While the responses fill the buffer no further requests are
 * read; what the handler still owes for requests that it has been given waits.
 *
 * `requests$` is hot and shared. The client is held until the first subscription, and between two of them, so that the
 * second goes on where the first has left. When the handler's result has ended, the rest is read and counted `unrouted`.
 * It completes when the client has sent all, when the server drains, and when the handler itself has ended the call. It
 * errors with `CANCELLED` when the call ends otherwise, so that requests that were cut off never look complete. A
 * `subscribe` without an error function ignores that error, on `requests$` and on what operators make of it.
 *
 * A handler that returns nothing, but has subscribed to `requests$`, gives no responses: its call ends with OK when all
 * requests have been read.
 */
export type DuplexHandler<In, Out> = (
  requests$: Gated<In>,
  context: CallContext,
) => HandlerResult<Out> | PromiseLike<HandlerResult<Out> | Nothing> | Nothing;

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

/**
 * Handlers for the methods of a service, by the method's name, capitalised as in the proto or not: an object, or an
 * instance of a class, whose other members are its own business. They are called as its methods, with `this`.
 */
export type Handlers<H> = { readonly [K in keyof Named<H> as K | Uncapitalize<K & string>]?: Named<H>[K] };
