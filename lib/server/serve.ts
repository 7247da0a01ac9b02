import type { MethodDefinition, Server, ServerWritableStream, UntypedHandleCall, sendUnaryData } from '@grpc/grpc-js';
import type { Observable } from 'rxjs';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, longestMs, milliseconds, oneOf } from '../options.js';
import { measuredNames } from '../outgoing/options.js';
import type { Bounds, Overflow } from '../outgoing/options.js';
import type { Batch, Repeated } from '../wire/batch.js';
import { serializerOf } from '../wire/chunk.js';
import { joiningOf } from '../wire/coalesce.js';
import type { Coalesce } from '../wire/coalesce.js';
import type { Wire } from '../wire/joining.js';
import { exchangesOf } from './exchange.js';
import type { Served } from './exchange.js';
import { Drained } from './failure.js';
import type { Handlers, Service } from './handlers.js';
import { LiveCall } from './live-call.js';
import type { Exchange, Handler } from './live-call.js';
import { LiveCalls } from './live-calls.js';
import type { ServingStats } from './live-calls.js';
import { implementedBy } from './lookup.js';
import { Reports } from './reports.js';
import type { HandlerFailure } from './reports.js';

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
  /**
   * How long after the client has sent its last request `requests$` completes, unless the call is cancelled by then. A
   * client in Node that cancels a call half-closes it first, and its cancel follows some milliseconds later: what was cut
   * off would look complete. Default 10 ms; 0 for clients that are never cancelled. A client that is too busy to send its
   * cancel in that time still looks complete: where that matters, mark the last request in the protocol.
   */
  readonly halfCloseGraceMs?: number;
}

const names: Names<ServeOptions> = { outgoing: true, coalesce: true, wire: true, batch: true, halfCloseGraceMs: true };

export interface DrainOptions {
  /** How long handlers may take to come to their end. Default 5,000 ms. */
  readonly graceMs?: number;
}

const drainNames: Names<DrainOptions> = { graceMs: true };

export interface Serving {
  /**
   * Each call that a failure has ended, with its method, its peer and the error: what its handler has thrown, meant as a
   * status or not, or what the library has ended it for. What is no status and nobody listens for is warned of by
   * `process.emitWarning`, once for each method and kind of error.
   */
  readonly failures$: Observable<HandlerFailure>;
  stats(): ServingStats;
  /**
   * Refuses new calls with UNAVAILABLE, completes the requests of those there are, and resolves when their statuses have
   * been written. Calls whose handlers have not come to an end after `graceMs` end with UNAVAILABLE, after the responses
   * before it. A client that reads nothing keeps its status from being written: it is waited for one second more at most.
   * A second drain joins the first. Nobody has to await it. The server stays its owner's: shut it down after this.
   */
  drain(options?: DrainOptions): Promise<void>;
}

/**
 * Answers the methods of `service` on `server` with `handlers`: an object with a function for each method, or an instance
 * of a class. A method without a handler is left free for the owner to add. Where responses are a stream, initial metadata
 * is sent at once, so that a client knows its call accepted.
 *
 * A handler that throws, rejects or errors ends its own call, after the responses before it, and nothing else. The client
 * is told a `StatusError`, or an error with the `code` and the `details` of a gRPC status, unless that is the
 * `ServiceError` of another call; of any other error only that there was one.
 */
export function serve<H>(
  server: Server,
  service: Service<H>,
  handlers: Handlers<H> extends infer X ? X : never,
  options: ServeOptions = {},
): Serving {
  if (typeof (server as Partial<Server> | undefined | null)?.addService !== 'function') {
    throw badOption('server', "an instance of grpc-js's Server", server);
  }
  checkNames('serve', options, names);
  const { wire = 'bytes', batch, outgoing = {} } = options;
  const { halfCloseGraceMs: graceMs = 10 } = options;
  const halfCloseGraceMs = Math.min(milliseconds('halfCloseGraceMs', graceMs), longestMs);
  checkNames('outgoing', outgoing, measuredNames);
  const joining = joiningOf(options.coalesce ?? {}, oneOf('wire', wire, ['bytes', 'objects']));
  const calls = new LiveCalls();
  const reports = new Reports();
  const implemented = implementedBy(handlers, service).map(({ key, method, handler }) => ({
    key,
    method,
    answer: answerer(
      calls,
      method,
      handler,
      exchangesOf(method, { outgoing, joining, wire, batch, halfCloseGraceMs }, reports),
    ),
  }));
  for (const { key, method, answer } of implemented) {
    server.addService(
      { [key]: { ...method, responseSerialize: serializerOf(wire, method.responseSerialize) } },
      { [key]: answer as UntypedHandleCall },
    );
  }
  return {
    failures$: reports.failures$.asObservable(),
    stats: () => calls.stats(),
    drain: (given = {}) => {
      checkNames('drain', given, drainNames);
      const { graceMs = 5_000 } = given;
      return calls.drain(milliseconds('graceMs', graceMs));
    },
  };
}

type Answerer = (call: Served, callback: sendUnaryData<unknown>) => void;

function answerer(
  calls: LiveCalls,
  { responseStream }: MethodDefinition<unknown, unknown>,
  handler: Handler,
  exchange: (...call: Parameters<Answerer>) => Exchange,
): Answerer {
  return (call, callback) => {
    if (calls.draining) {
      const { code, details } = new Drained();
      if (responseStream) (call as ServerWritableStream<unknown, unknown>).emit('error', { code, details });
      else callback({ code, details });
      return;
    }
    const live = new LiveCall(exchange(call, callback));
    calls.add(live);
    live.answer(handler, (outcome) => calls.end(live, outcome));
  };
}
