import type { Server, ServerWritableStream, UntypedHandleCall, sendUnaryData } from '@grpc/grpc-js';
import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { methodOf } from '../definition.js';
import { callable, milliseconds, oneOf } from '../options.js';
import type { Bounds, Overflow } from '../outgoing/options.js';
import type { Batch, Repeated } from '../wire/batch.js';
import { serializerOf } from '../wire/chunk.js';
import { joiningOf } from '../wire/coalesce.js';
import type { Coalesce } from '../wire/coalesce.js';
import type { Wire } from '../wire/joining.js';
import { exchangesOf } from './exchange.js';
import type { Served } from './exchange.js';
import type { CallContext, Handlers, Service } from './handlers.js';
import { LiveCall } from './live-call.js';
import { LiveCalls } from './live-calls.js';
import type { ServingStats } from './live-calls.js';

export interface ServeOptions {
  /**
   * The bounds of the buffer of each stream of responses. What an Observable pushes beyond them ends the call with
   * RESOURCE_EXHAUSTED, unless an overflow strategy that drops is chosen. Default as `Outgoing`.
   */
  readonly outgoing?: Bounds & Overflow<never> & { readonly maxBytes?: number };
  /**
   * As of `duplex`. A server whose `grpc.max_send_message_length` is less than `maxBytes` needs a smaller one: grpc-js
   * takes a joined write for one message, and would end the call with RESOURCE_EXHAUSTED.
   */
  readonly coalesce?: Coalesce | false;
  /**
   * `bytes` (default): responses are serialised when they are offered, and written as such. `objects`: grpc-js
   * serialises them, one a write, so that the server's interceptors see messages; they cannot be seen from here.
   */
  readonly wire?: Wire;
  /**
   * Packs what waits into one message for clients that ask for it by the same name, and reads what they pack: as of
   * `bidi`, for every method in `handlers` that streams both ways.
   */
  readonly batch?: Batch<unknown, unknown> | Repeated<string>;
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
 * Answers the methods of `service` on `server` with `handlers`. A method without a handler is left free for the owner to
 * add. Where responses are a stream, initial metadata is sent at once, so that a client knows its call accepted. A handler
 * that throws, rejects or errors ends its own call, after the responses before it, and nothing else.
 */
export function serve<H>(
  server: Server,
  service: Service<H>,
  handlers: Handlers<H> extends infer X ? X : never,
  options: ServeOptions = {},
): Serving {
  const failures$ = new Subject<HandlerFailure>();
  const { wire = 'bytes', batch } = options;
  const joining = joiningOf(options.coalesce ?? {}, oneOf('wire', wire, ['bytes', 'objects']));
  const { outgoing = {} } = options;
  const calls = new LiveCalls();
  for (const [name, handler] of Object.entries(handlers as Readonly<Record<string, Handler>>)) {
    const [key, method] = methodOf<unknown, unknown>(service, name);
    callable(name, handler);
    const exchange = exchangesOf(method, { outgoing, joining, wire, batch });
    const answer = (call: Served, callback: sendUnaryData<unknown>): void => {
      const { refusal } = calls;
      if (refusal) {
        if (method.responseStream) (call as ServerWritableStream<unknown, unknown>).emit('error', refusal);
        else callback(refusal);
        return;
      }
      const exchanged = exchange(call, callback);
      const live = new LiveCall(exchanged);
      calls.add(live);
      live.answer(handler, (end) => {
        calls.end(live, end);
        if (end.outcome !== 'failed') return;
        failures$.next({ method: method.path, peer: exchanged.context.peer, error: end.error });
      });
    };
    server.addService(
      { [key]: { ...method, responseSerialize: serializerOf(wire, method.responseSerialize) } },
      { [key]: answer as UntypedHandleCall },
    );
  }
  return {
    failures$: failures$.asObservable(),
    stats: () => calls.stats(),
    drain: ({ graceMs = 5_000 } = {}) => calls.drain(milliseconds('graceMs', graceMs)),
  };
}

type Handler = (input: unknown, context: CallContext) => unknown;
