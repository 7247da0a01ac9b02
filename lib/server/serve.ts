import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { duplexMethod } from '../definition.js';
import { joinBytesOf } from '../duplex/coalesce.js';
import type { Coalesce } from '../duplex/coalesce.js';
import type { Wire, Writing } from '../duplex/pump.js';
import { callable, milliseconds, oneOf } from '../options.js';
import type { Bounds, Overflow } from '../outgoing/options.js';
import { Outgoing } from '../outgoing/outgoing.js';
import type { DuplexHandler, Handlers, Service } from './handlers.js';
import { LiveCalls } from './live-calls.js';
import type { ServingStats } from './live-calls.js';
import { respond } from './respond.js';

export interface ServeOptions {
  /**
   * The bounds of each call's buffer of responses. What an Observable pushes beyond them ends the call with
   * RESOURCE_EXHAUSTED, unless an overflow strategy that drops is chosen. Default as `Outgoing`, with `error`.
   */
  readonly outgoing?: Bounds & Overflow<never> & { readonly maxBytes?: number };
  /** As of `duplex`. */
  readonly coalesce?: Coalesce | false;
  /**
   * `bytes` (default): responses are serialised when they are offered, and written as such. `objects`: grpc-js
   * serialises them, one a write, so that the server's interceptors see messages; they cannot be seen from here.
   */
  readonly wire?: Wire;
}

/** A call that ended with a failure of its handler, for the owner's log; the peer is told only its status. */
export interface HandlerFailure {
  readonly method: string;
  readonly peer: string;
  readonly error: unknown;
}

export interface DrainOptions {
  /** How long handlers may take to come to their end. Default 5,000 ms. */
  readonly graceMs?: number;
}

export interface Serving {
  readonly failures$: Observable<HandlerFailure>;
  stats(): ServingStats;
  /**
   * Refuses new calls, completes the requests of those there are, and settles when their handlers have ended them. After
   * `graceMs` the rest end with UNAVAILABLE, after the responses before it. A second drain joins the first. The server
   * stays its owner's: shut it down after this.
   */
  drain(options?: DrainOptions): Promise<void>;
}

/**
 * Answers the duplex methods of `service` on `server` with `handlers`. A method without a handler is left free for the
 * owner to add. Initial metadata is sent at once, so that a client knows its call accepted. A handler that throws,
 * rejects or errors ends its own call, after the responses before it, and nothing else.
 */
export function serve<H>(
  server: Server,
  service: Service<H>,
  handlers: Handlers<H> extends infer X ? X : never,
  options: ServeOptions = {},
): Serving {
  const failures$ = new Subject<HandlerFailure>();
  const { codec, ...writing } = wireOf(options);
  const calls = new LiveCalls();
  for (const [name, handler] of Object.entries(handlers as Record<string, DuplexHandler<unknown, unknown>>)) {
    const [key, method] = duplexMethod<unknown, unknown>(service, name);
    callable(name, handler);
    const outgoing = {
      ...{ overflow: 'error' as const, ...(options.outgoing as Bounds) },
      encode: (response: unknown) => method.responseSerialize(response),
    };
    new Outgoing(outgoing);
    const answer = (call: ServerDuplexStream<unknown, unknown>): void => {
      const peer = call.getPeer();
      const refuse = (error: object): void => void call.emit('error', error);
      calls.answer(refuse, (ended) =>
        respond(call, handler, outgoing, writing, (end) => {
          ended(end);
          if (end.outcome === 'failed') failures$.next({ method: method.path, peer, error: end.error });
        }),
      );
    };
    server.addService({ [key]: { ...method, ...codec } }, { [key]: answer });
  }
  return {
    failures$: failures$.asObservable(),
    stats: () => calls.stats(),
    drain: ({ graceMs = 5_000 } = {}) => calls.drain(milliseconds('graceMs', graceMs)),
  };
}

function wireOf({ wire = 'bytes', coalesce = {} }: ServeOptions): Writing<unknown> & { readonly codec: object } {
  const joinBytes = joinBytesOf(coalesce);
  if (oneOf('wire', wire, ['bytes', 'objects']) === 'objects') {
    return { joinBytes: undefined, chunk: ({ message }) => message, codec: {} };
  }
  return { joinBytes, chunk: ({ payload }) => payload, codec: { responseSerialize: (bytes: Buffer) => bytes } };
}
