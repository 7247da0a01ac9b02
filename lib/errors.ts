import type { status } from '@grpc/grpc-js';

/**
 * What went wrong, as a word to switch on. gRPC's own errors are never translated into these: a call that ends with
 * a status ends with grpc-js's `ServiceError`.
 */
export type Code =
  /** An option is not what was expected; the message names it, what was expected and what came. */
  | 'BAD_OPTION'
  /** The buffer, or a bounded number of waiting senders, pending requests or queued calls, is full. */
  | 'OVERFLOW'
  /** One message is larger than `maxBytes` allows any message to be. */
  | 'TOO_LARGE'
  /** One message could not be serialised; the serialiser's error is the `cause`. */
  | 'UNSERIALISABLE'
  /** Nothing more is taken: `complete`, `error` or `close` came first. */
  | 'CLOSED'
  /** The `Outgoing` already feeds a live call. */
  | 'BUSY'
  /** The `Open` function itself failed; its error is the `cause`. */
  | 'OPEN_FAILED'
  /** The metadata of an attempt could not be had; the `cause` says why. */
  | 'METADATA_FAILED'
  /** The call gave no sign of life within `openTimeoutMs`. */
  | 'OPEN_TIMEOUT'
  /** The call died after a request had been handed to it and before the reply came. */
  | 'CONNECTION_LOST'
  /** No reply within `timeoutMs`, or no place under a limit in time. */
  | 'TIMEOUT'
  /** No reply within `timeoutMs`, while a reader held the stream on which it would have come. */
  | 'GATE_HELD'
  /** A reader was given a source that nothing can slow. */
  | 'NO_GATE'
  /** The peer gave up the call, or its deadline passed. */
  | 'CANCELLED';

const brand: symbol = Symbol.for('rxduplex.error');

/**
 * The one class of the library's own errors. The message begins with the code. Recognise it with
 * `RxDuplexError.is(error)`, which also knows an error of another copy of the package.
 */
export class RxDuplexError extends Error {
  override readonly name: string = 'RxDuplexError';
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(`${code}: ${message}`, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is RxDuplexError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/**
 * A message that was handed to a call when the call died. `flushed` tells whether its write had left this process: if
 * so the peer may have acted on it, if not it almost certainly has not. Neither is certain.
 */
export class ConnectionLostError extends RxDuplexError {
  readonly flushed: boolean;

  constructor(flushed: boolean, cause?: unknown) {
    super('CONNECTION_LOST', `the call died ${flushed ? 'after' : 'before'} the request's write was flushed`, {
      cause,
    });
    this.flushed = flushed;
  }
}

/**
 * A request that had no reply within `timeoutMs`. `handed` tells whether it had been handed to a call: if not, the peer
 * has never heard of it.
 */
export class NoReplyError extends RxDuplexError {
  readonly handed: boolean;

  constructor(code: 'TIMEOUT' | 'GATE_HELD', handed: boolean) {
    const held = code === 'GATE_HELD' ? ', while a reader held the stream it comes on' : '';
    super(code, `no reply within timeoutMs${held}`);
    this.handed = handed;
  }
}

/** What an error says of itself, for the message of another: in one line, and not more than a line can bear. */
export function textOf(error: unknown): string {
  const text = wordsOf(error);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  if (typeof error === 'object') return Object.prototype.toString.call(error);
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- it is no object
  return String(error);
}

/** A gRPC status as grpc-js has it: a number from 1 to 16 is one only if a text stands beside it. */
export function isStatus(error: unknown): error is { readonly code: status; readonly details: string } {
  if (typeof error !== 'object' || error === null) return false;
  const { code, details } = error as { readonly code?: unknown; readonly details?: unknown };
  return isErrorCode(code) && typeof details === 'string';
}

/** Whether it is the code of a status that is an error: from 1 (CANCELLED) to 16 (UNAUTHENTICATED). */
export const isErrorCode = (code: unknown): code is status =>
  typeof code === 'number' && Number.isInteger(code) && code >= 1 && code <= 16;

/** The code of any error that has one: a gRPC status, a word of ours, Node's. */
export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code;
