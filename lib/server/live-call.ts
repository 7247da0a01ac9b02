import type { Linked } from '../queue.js';
import { addTo } from '../stats.js';
import type { Books } from './books.js';
import type { Context } from './context.js';
import type { CallContext } from './handlers.js';
import type { Requests, Responses } from './halves.js';

/** How a call ended, on the server's side. */
export type CallEnd =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'cancelled' };

/** One call, whatever its kind. */
export interface Exchange<Input, Result> {
  readonly call: { on(event: 'cancelled', listener: () => void): unknown };
  readonly context: Context;
  readonly requests: Requests<Input>;
  readonly responses: Responses<Result>;
}

/** A call that is being answered. */
export class LiveCall implements Linked<LiveCall> {
  before: LiveCall | undefined;
  after: LiveCall | undefined;
  readonly #exchange: Exchange<unknown, unknown>;

  constructor(exchange: Exchange<unknown, unknown>) {
    this.#exchange = exchange;
  }

  /** Completes its requests, so that a handler can come to its end. */
  drain(): void {
    this.#exchange.requests.end();
  }

  /** Ends it with the status of `error`, after the responses before it. */
  fail(error: unknown): void {
    this.#exchange.responses.fail(error);
  }

  /** What has become of its messages, as part of more. */
  enterInto(books: Books): void {
    const { requests, responses } = this.#exchange;
    addTo(books.requests, requests.books);
    responses.enterInto(books.responses);
  }

  /** Answers it with what `handler` makes of its requests, and tells how it ended. */
  answer(handler: (input: unknown, context: CallContext) => unknown, ended: (end: CallEnd) => void): void {
    const { call, context, requests, responses } = this.#exchange;
    // grpc-js says `cancelled` at the end of every call, also of those that ended well.
    call.on('cancelled', () => {
      ended(this.#close());
    });
    try {
      responses.take(handler(requests.input, context), requests.gate);
    } catch (error) {
      responses.fail(error);
    }
    responses.start();
  }

  #close(): CallEnd {
    const { context, requests, responses } = this.#exchange;
    if (!responses.close()) {
      context.abort();
      requests.cancel();
      return { outcome: 'cancelled' };
    }
    requests.end();
    return responses.failure ? { outcome: 'failed', error: responses.failure.error } : { outcome: 'completed' };
  }
}
