import { Client } from '@grpc/grpc-js';
import type {
  CallOptions,
  ClientDuplexStream,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  MethodDefinition,
  requestCallback,
} from '@grpc/grpc-js';
import type { Observable } from 'rxjs';
import { namesOf, refuseInheritedNames, serviceOf } from '../definition.js';
import type { Gated } from '../gate.js';
import { checkSource } from '../outgoing/source.js';
import type { MessageSource } from '../outgoing/source.js';
import { checkClient } from '../duplex/open.js';
import { bidi } from './bidi.js';
import { clientStream } from './client-stream.js';
import { checkedCall, checkedClient } from './options.js';
import type { RxCallOptions, RxOptions, RxStreamOptions, Settings } from './options.js';
import { serverStream } from './server-stream.js';
import { unary } from './unary.js';

/** A method of a generated client, as a function that gives an Observable. */
export type RxMethod<F> = F extends (...args: never[]) => ClientDuplexStream<infer In, infer Out>
  ? (requests: MessageSource<In>, options?: RxStreamOptions<In>) => Gated<Out>
  : F extends (argument: infer In, options?: CallOptions) => ClientReadableStream<infer Out>
    ? (request: In, options?: RxCallOptions) => Gated<Out>
    : F extends (callback: requestCallback<infer Out>) => ClientWritableStream<infer In>
      ? (requests: MessageSource<In>, options?: RxStreamOptions<In>) => Observable<Out>
      : F extends (argument: infer In, callback: requestCallback<infer Out>) => ClientUnaryCall
        ? (request: In, options?: RxCallOptions) => Observable<Out>
        : never;

/** The methods of a client's service, by every name they go by; what every client has is not among them. */
export type Rx<C> = {
  readonly [K in keyof C as K extends keyof Client ? never : RxMethod<C[K]> extends never ? never : K]: RxMethod<C[K]>;
};

/**
 * The methods of a client made by grpc-js from a service definition, as functions that give Observables. Each subscription
 * is a call, and unsubscribing cancels it. A call that ends with a status other than OK fails with grpc-js's
 * `ServiceError`.
 *
 * A stream of responses is gated: a reader that holds it slows the server. A stream of requests is pulled if it is an
 * iterable or async iterable; an Observable is pushed into a bounded buffer, and its gate, if it has one, held while that is
 * full. The source is left when the call ends, and its error fails the call. Make clients with `channelOptions()`.
 */
export function rx<C extends Client>(client: C, options: RxOptions = {}): Rx<C> {
  const settings = checkedClient(checkClient(client), options);
  const methods: Record<string, unknown> = {};
  for (const [key, method] of Object.entries(serviceOf(client))) {
    refuseInheritedNames(method);
    const call = kindOf(client, method, settings);
    const made = (input: unknown, own?: RxStreamOptions<unknown>): Observable<unknown> => {
      if (method.requestStream) checkSource('requests', input);
      return call(input as never, own ? checkedCall(settings, own, method.requestStream) : settings, own ?? {});
    };
    for (const name of namesOf(key, method)) if (!(name in Client.prototype)) methods[name] = made;
  }
  return methods as Rx<C>;
}

type Kind = (input: never, settings: Settings, options: RxStreamOptions<unknown>) => Observable<unknown>;

function kindOf(client: Client, method: MethodDefinition<unknown, unknown>, { wire }: Settings): Kind {
  if (method.requestStream)
    return method.responseStream ? bidi(client, method, wire) : clientStream(client, method, wire);
  return method.responseStream ? serverStream(client, method) : unary(client, method);
}
