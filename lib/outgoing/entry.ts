import { ConnectionLostError, RxDuplexError, textOf } from '../errors.js';
import type { Linked } from '../queue.js';

/** Why a message went no further. */
export type Reason =
  /** There was no room, or no room was made for it. */
  | 'overflow'
  /** Larger than `maxBytes`. */
  | 'too-large'
  /** The serialiser threw. */
  | 'unserialisable'
  /** Its producer gave it up. */
  | 'aborted'
  /** The buffer takes no more, or was closed while this one was in it. */
  | 'closed'
  /** A newer one of the same key took its place. */
  | 'replaced'
  /** Its call died before its write was flushed. */
  | 'connection-lost';

/** The account of the books in which a message ends that goes no further. */
export type Outcome = 'rejected' | 'dropped' | 'lost' | 'cancelled' | 'undelivered';

/** The end of one message that was not sent. `error` is the serialiser's, or what closed the buffer. */
export interface Dropped<T> {
  readonly message: T;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly error?: unknown;
}

/**
 * Who follows one message on its way. Each is called at most once, but that a message which was taken by a call that never
 * came about is `returned` to the queue, and taken again; `ended` only if the message was not flushed.
 */
export interface Follower {
  accepted?(entry: Entry<unknown>): void;
  taken?(): void;
  returned?(entry: Entry<unknown>): void;
  flushed?(): void;
  ended(dropped: Dropped<unknown>): void;
}

/** One message in the buffer. */
export interface Entry<T> extends Linked<Entry<T>> {
  readonly message: T;
  readonly payload: Uint8Array | undefined;
  readonly size: number;
  readonly key: unknown;
  /** Forgotten once there is nothing more to tell: a sender is not held in memory for as long as its message is. */
  follower: Follower | undefined;
  /** `gone` is the place of a message that will not be sent. */
  place: 'offered' | 'waiting' | 'queued' | 'inFlight' | 'sent' | 'gone';
}

export function entryOf<T>(
  message: T,
  follower: Follower | undefined,
  payload: Uint8Array | undefined,
  size: number,
  key: unknown,
): Entry<T> {
  return { message, payload, size, key, follower, place: 'offered', before: undefined, after: undefined };
}

export function errorOf({ reason, error: cause }: Dropped<unknown>): RxDuplexError {
  switch (reason) {
    case 'overflow':
      return new RxDuplexError('OVERFLOW', 'the buffer is full');
    case 'replaced':
      return new RxDuplexError('OVERFLOW', 'a newer message of the same key took its place');
    case 'too-large':
      return new RxDuplexError('TOO_LARGE', 'the message is larger than maxBytes');
    case 'unserialisable':
      return new RxDuplexError('UNSERIALISABLE', `the message could not be serialised: ${textOf(cause)}`, { cause });
    case 'aborted':
      return new RxDuplexError('CLOSED', 'the message was withdrawn', { cause });
    case 'closed':
      return closedError(cause);
    case 'connection-lost':
      return new ConnectionLostError(false, cause);
  }
}

/** `cause` is what the buffer was closed with, if it was an error or the end of its owner. */
export function closedError(cause: unknown): RxDuplexError {
  const why = cause === undefined ? '' : `: ${textOf(cause)}`;
  return new RxDuplexError('CLOSED', `no more messages are taken${why}`, { cause });
}
