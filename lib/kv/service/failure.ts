import { Metadata, status } from '@grpc/grpc-js';

import { notDoneTrailer } from '../not-done.js';
import { StoreError } from '../store/store.js';
import type { StoreFailure } from '../store/store.js';

interface StatusOptions extends ErrorOptions {
  /** Whether nothing was done, and nothing will be. Default false. */
  readonly notDone?: boolean;
}

/** Why an operation could not be done, in gRPC's words: the status of a call, or the failure in an answer of a session. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata = new Metadata();
  readonly notDone: boolean;

  constructor(code: status, details: string, { notDone = false, ...options }: StatusOptions = {}) {
    super(details, options);
    this.code = code;
    this.details = details;
    this.notDone = notDone;
    if (notDone) this.metadata.set(notDoneTrailer, 'true');
  }
}

/** Refuses what was asked for before anything of it was done. */
export const refusal = (code: status, details: string): StatusError =>
  new StatusError(code, details, { notDone: true });

export const invalid = (details: string): StatusError => refusal(status.INVALID_ARGUMENT, details);

/** The refusals of the article's API. They are made once, because nobody asks where and when each came about. */
export const absent: StatusError = refusal(status.NOT_FOUND, 'the key has no value');
export const present: StatusError = refusal(status.ALREADY_EXISTS, 'the key has a value');

/** The client is not told the store's own words: they may name what is none of its business. */
const ofStore: Readonly<Record<StoreFailure, readonly [status, string]>> = {
  FULL: [status.RESOURCE_EXHAUSTED, 'the store is full; what is there can be read'],
  CLOSED: [status.UNAVAILABLE, 'the store is closed'],
  IN_USE: [status.UNAVAILABLE, 'the store is in use'],
  UNUSABLE: [status.INTERNAL, 'the store cannot be used'],
};

/** The status that tells the client of an error. */
export function statusOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (!(error instanceof StoreError)) return new StatusError(status.UNKNOWN, 'the operation failed', { cause: error });
  const [code, details] = ofStore[error.code];
  return new StatusError(code, details, { cause: error, notDone: error.notDone });
}
