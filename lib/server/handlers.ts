import type { Metadata, ServiceDefinition, handleBidiStreamingCall } from '@grpc/grpc-js';
import type { ObservableInput } from 'rxjs';
import type { Gated } from '../gate.js';

declare const handlersOf: unique symbol;

/** A service definition that carries the types of its handlers, as `npm run generate` makes them. */
export type Service<H> = ServiceDefinition & { readonly [handlersOf]?: (handlers: H) => H };

/** What a handler may know of its call. */
export interface CallContext {
  readonly metadata: Metadata;
  /** Aborted when the call is over before the handler is: cancelled by the peer, past its deadline, or shut down. */
  readonly signal: AbortSignal;
  readonly peer: string;
}

/**
 * Requests in, responses out. `requests$` is hot and shared: the peer is held until the first subscription, and what
 * comes after the last one is counted unrouted. The call ends with the responses: completion is OK, an error its
 * status. An iterable or async iterable is pulled as fast as the peer reads; an Observable is pushed, and while its
 * responses fill the buffer no further requests are read.
 */
export type DuplexHandler<In, Out> = (requests$: Gated<In>, context: CallContext) => ObservableInput<Out>;

type HandlerOf<H> = H extends handleBidiStreamingCall<infer In, infer Out> ? DuplexHandler<In, Out> : never;

type Named<H> = {
  [
    K in keyof H as string extends K ? never : number extends K ? never : HandlerOf<H[K]> extends never ? never : K
  ]: HandlerOf<H[K]>;
};

/** Handlers for the duplex methods of a service, by the method's name, capitalised as in the proto or not. */
export type Handlers<H> = { readonly [K in keyof Named<H> as K | Uncapitalize<K & string>]?: Named<H>[K] };
