import type { CallBooks } from '../stats.js';
import type { Context } from './context.js';
import type { CallContext } from './handlers.js';
import type { Requests, Responses } from './halves.js';

/** How a call ended, on the server's side. */
export type CallEnd =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'cancelled' };

/** A call that is being answered. */
export interface LiveCall {
  /** Completes its requests, so that a handler can come to its end. */
  drain(): void;
  /** Ends it with the status of `error`, after the responses before it. */
  fail(error: unknown): void;
  stats(): CallBooks;
}

/** One call, whatever its kind. */
export interface Exchange<Input, Result> {
  readonly call: { on(event: 'cancelled', listener: () => void): unknown };
  readonly context: Context;
  readonly requests: Requests<Input>;
  readonly responses: Responses<Result>;
}

/** Answers one call with what `handler` makes of its requests, and tells how it ended. */
export function respond<Input, Result>(
  { call, context, requests, responses }: Exchange<Input, Result>,
  handler: (input: Input, context: CallContext) => Result,
  ended: (end: CallEnd) => void,
): LiveCall {
  // grpc-js says `cancelled` at the end of every call, also of those that ended well.
  call.on('cancelled', () => {
    const complete = responses.close();
    if (complete) requests.end();
    else {
      context.abort();
      requests.cancel();
    }
    if (!complete) ended({ outcome: 'cancelled' });
    else if (responses.failure) ended({ outcome: 'failed', error: responses.failure.error });
    else ended({ outcome: 'completed' });
  });
  try {
    responses.take(handler(requests.input, context), requests.gate);
  } catch (error) {
    responses.fail(error);
  }
  responses.start();
  return {
    drain: () => {
      requests.end();
    },
    fail: (error) => {
      responses.fail(error);
    },
    stats: () => ({ inbound: requests.books, outbound: responses.stats() }),
  };
}
