import { status } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import { StatusError, statusIn } from '../status-error.js';
import type { StatusParts } from '../status-error.js';

/** The status of a call that has failed. */
export interface Status {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

const refusals = new WeakSet<object>();

/** The library itself has ended the call, because of what its handler did or did not do. */
export class Refusal extends StatusError {
  constructor(code: status, details: string, options?: { readonly cause: unknown }) {
    super(code, details, options);
    refusals.add(this);
  }

  /** As `instanceof`, which may throw when it looks at a stranger. */
  static override is(error: unknown): error is Refusal {
    return refusals.has(error as object);
  }
}

/** The handler has not ended its call in the time that a drain has granted. */
export class Drained extends Refusal {
  constructor() {
    super(status.UNAVAILABLE, 'the server is being drained');
  }
}

/** A response that cannot be sent: because it is none, or because the serialiser has failed with `cause`. */
export function unserialisable(why: string | undefined, cause: unknown): Refusal {
  return why === undefined
    ? new Refusal(status.INTERNAL, 'a response could not be serialised', { cause })
    : new Refusal(status.INTERNAL, `a response must not be ${why}`);
}

export const noResponse = (): Refusal => new Refusal(status.INTERNAL, 'the handler gave no response');

/**
 * What the client is told of whatever a handler has thrown. A status that was meant as one is passed on. Of any other
 * error the client learns only that there was one: its words and its numbers are those of another library, and may name
 * what is none of the client's business.
 */
export function statusOf(error: unknown): Status {
  return meantStatus(error) ?? { code: status.UNKNOWN, details: 'the handler failed' };
}

/** The status that whoever has thrown `error` wants the client to be told, if any. */
export function meantStatus(error: unknown): StatusParts | undefined {
  const found = statusIn(error);
  return found && !isOfAnotherCall(error, found) ? found : undefined;
}

/**
 * Whether it is the `ServiceError` of a call that was made as a client: the words of a backend, meant for this process.
 * `StatusError.from(error)` says that they are meant for the client as well.
 */
function isOfAnotherCall(error: unknown, { code, details }: StatusParts): boolean {
  try {
    const { message, metadata } = error as { readonly message?: unknown; readonly metadata?: Partial<Metadata> };
    if (typeof metadata?.getMap !== 'function' || StatusError.is(error)) return false;
    return message === `${String(code)} ${status[code]}: ${details}`;
  } catch {
    // To read the properties of a stranger may throw.
    return false;
  }
}
