import { status } from '@grpc/grpc-js';

import { StatusError } from '../../index.js';
import { notDoneTrailer } from '../not-done.js';
import { StoreError } from '../store/store.js';
import type { StoreFailure } from '../store/store.js';

interface OperationErrorOptions extends ErrorOptions {
  /** Whether nothing was done, and nothing will be. Default false. */
  readonly notDone?: boolean;
}

/** Why an operation could not be done: the status of a call, or the failure in an answer of a session. */
export class OperationError extends StatusError {
  readonly notDone: boolean;

  constructor(code: status, details: string, { notDone = false, ...options }: OperationErrorOptions = {}) {
    super(code, details, options);
    this.notDone = notDone;
    if (notDone) this.metadata.set(notDoneTrailer, 'true');
  }
}

/** Refuses what was asked for before anything of it was done. */
export const refusal = (code: status, details: string): OperationError =>
  new OperationError(code, details, { notDone: true });

export const invalid = (details: string): OperationError => refusal(status.INVALID_ARGUMENT, details);

/** The refusals of the article's API. They are made once, because nobody asks where and when each came about. */
export const absent: OperationError = refusal(status.NOT_FOUND, 'the key has no value');
export const present: OperationError = refusal(status.ALREADY_EXISTS, 'the key has a value');

/** The client is not told the store's own words: they may name what is none of its business. */
const ofStore: Readonly<Record<StoreFailure, readonly [status, string]>> = {
  FULL: [status.RESOURCE_EXHAUSTED, 'the store is full; what is there can be read'],
  CLOSED: [status.UNAVAILABLE, 'the store is closed'],
  IN_USE: [status.UNAVAILABLE, 'the store is in use'],
  UNUSABLE: [status.INTERNAL, 'the store cannot be used'],
};

/** The status that tells the client of an error. */
export function statusOf(error: unknown): OperationError {
  if (error instanceof OperationError) return error;
  if (!(error instanceof StoreError))
    return new OperationError(status.UNKNOWN, 'the operation failed', { cause: error });
  const [code, details] = ofStore[error.code];
  return new OperationError(code, details, { cause: error, notDone: error.notDone });
}
