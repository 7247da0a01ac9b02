import { Metadata, status } from '@grpc/grpc-js';
import type { MetadataValue } from '@grpc/grpc-js';
import { isErrorCode, isStatus } from './errors.js';
import { badOption } from './options.js';

const brand: symbol = Symbol.for('rxduplex.status-error');

export interface StatusErrorOptions {
  /** Sent as trailers, with the status. */
  readonly metadata?: Metadata;
  /** The error behind it. It is not sent. */
  readonly cause?: unknown;
}

/** The status in an error, in types that can be relied on. */
export interface StatusParts {
  readonly code: status;
  readonly details: string;
  /** A copy. */
  readonly metadata: Metadata;
}

/**
 * A status that a call is to end with. Whoever handles a call throws it, and says by this that the code and the details
 * are meant for the peer. It has the parts of grpc-js's `ServiceError`. Its message is the name of the code and the
 * details.
 *
 * Recognise it with `StatusError.is(error)`, which also knows an error of another copy of the package.
 */
export class StatusError extends Error {
  override readonly name: string = 'StatusError';
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  /** Throws `BAD_OPTION` if `code` is none of those from 1 (CANCELLED) to 16 (UNAUTHENTICATED). */
  constructor(code: status, details: string, { metadata = new Metadata(), ...options }: StatusErrorOptions = {}) {
    if (!isErrorCode(code)) throw badOption('code', 'a status code from 1 to 16', code);
    if (typeof details !== 'string') throw badOption('details', 'a string', details);
    if (!(metadata instanceof Metadata)) throw badOption('metadata', "an instance of grpc-js's Metadata", metadata);
    super(`${status[code]}: ${details}`, options);
    this.code = code;
    this.details = details;
    this.metadata = metadata;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is StatusError {
    return typeof error === 'object' && error !== null && brand in error;
  }

  /**
   * Passes a status on: takes over the code, the details and the metadata of a `ServiceError` or `StatusObject` of
   * grpc-js, or of another `StatusError`. Anything else becomes UNKNOWN with details that say nothing of it. `error` is
   * the `cause`.
   */
  static from(error: unknown): StatusError {
    const { code, details, ...more } = statusIn(error) ?? unknown;
    return new StatusError(code, details, { ...more, cause: error });
  }
}

const unknown = { code: status.UNKNOWN, details: 'unknown error' };

/**
 * The status in whatever was thrown, if its `code` is one from 1 to 16 and its `details` are a string. To read the
 * properties of a stranger may throw; then there is no status in it.
 */
export function statusIn(error: unknown): StatusParts | undefined {
  try {
    if (!isStatus(error)) return undefined;
    const { code, details } = error;
    return { code, details, metadata: metadataIn(error) };
  } catch {
    return undefined;
  }
}

/**
 * Copies the metadata of an error, also if they are of another copy of grpc-js. Others (the `Headers` of fetch, a plain
 * object, a string) are left out: a status without them is better than none.
 */
function metadataIn(error: object): Metadata {
  const copy = new Metadata();
  try {
    const { metadata } = error as { readonly metadata?: Partial<Metadata> };
    if (typeof metadata?.getMap !== 'function' || typeof metadata.get !== 'function') return copy;
    for (const key of Object.keys(metadata.getMap())) addAll(copy, key, metadata.get(key));
  } catch {
    // What has been copied so far is kept.
  }
  return copy;
}

/** Adds those values that `metadata` takes. */
export function addAll(metadata: Metadata, key: string, values: unknown): void {
  if (!Array.isArray(values)) return;
  for (const value of values) {
    try {
      metadata.add(key, valueOf(value));
    } catch {
      // A value that grpc-js refuses could not be sent.
    }
  }
}

/** grpc-js takes what is neither, and fails when it sends it, or sends something else. */
function valueOf(value: unknown): MetadataValue {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  throw new TypeError('a value of metadata must be a string or a Buffer');
}
