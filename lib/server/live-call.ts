import type { Linked } from '../queue.js';
import { addTo } from '../stats.js';
import type { Books } from './books.js';
import type { Context } from './context.js';
import type { CallContext } from './handlers.js';
import type { Outcome, Requests, Responses } from './halves.js';

/** A handler of any kind of method. */
export type Handler = (input: unknown, context: CallContext) => unknown;

/** One call, whatever its kind. */
export interface Exchange {
  readonly call: { on(event: 'cancelled', listener: () => void): unknown };
  readonly context: Context;
  readonly requests: Requests<unknown>;
  readonly responses: Responses;
}

/** A call that is being answered. */
export class LiveCall implements Linked<LiveCall> {
  before: LiveCall | undefined;
  after: LiveCall | undefined;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Completes its requests, so that a handler can come to its end. */
  drain(): void {
    this.#exchange.requests.end();
  }

  /** Ends it with the status of `error`, after the responses before it, unless its handler has come to an end. */
  fail(error: unknown): void {
    this.#exchange.responses.fail(error);
  }

  /** Adds what has become of its messages to the books of several calls. */
  enterInto(books: Books): void {
    const { requests, responses } = this.#exchange;
    addTo(books.requests, requests.books);
    responses.enterInto(books.responses);
  }

  /** Answers it with what `handler` makes of its requests; calls `ended` when the status was written or the call was lost. */
  answer(handler: Handler, ended: (outcome: Outcome) => void): void {
    const { call, context, requests, responses } = this.#exchange;
    // grpc-js says `cancelled` at the end of every call, also of those that ended well.
    call.on('cancelled', () => ended(this.#close()));
    try {
      responses.take(handler(requests.input, context));
    } catch (error) {
      responses.handlerFailed(error);
    }
    responses.start();
  }

  #close(): Outcome {
    const { context, requests, responses } = this.#exchange;
    const outcome = responses.close();
    if (outcome === 'cancelled') {
      context.abort();
      requests.cancel();
    } else requests.end();
    return outcome;
  }
}
