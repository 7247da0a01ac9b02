import type { Entry } from './entry.js';

/** What a call tells the buffer that feeds it. */
export interface Taker {
  /** There is something to take, or nothing will ever come again. */
  wake(): void;
  /** `error` was called: the call is to be cancelled. */
  fail(error: unknown): void;
}

/** The right of one live call to take from the buffer. Nobody else has it until it is released. */
export interface Lease<T> {
  /** The oldest queued message, if it has at most so many bytes; it is in flight from now on. */
  take(maxBytes?: number): Entry<T> | undefined;
  /** A write has left this process, and with it the oldest `count` messages in flight. */
  flushed(count?: number): void;
  /** The message just taken cannot be written. */
  discard(entry: Entry<T>, error: unknown): void;
  /** The call is over: what is in flight is lost, or, if it `neverLeft` this process, queued again before all others. */
  release(cause?: unknown, neverLeft?: boolean): void;
}
