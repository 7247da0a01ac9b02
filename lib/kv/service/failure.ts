import { status } from '@grpc/grpc-js';

import { StoreError } from '../store/store.js';
import type { StoreFailure } from '../store/store.js';

/** Why an operation could not be done, in gRPC's words: the status of a call, or what a session answers. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: status;

  constructor(code: status, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The refusals of the article's API, made once: where and when each came about is nobody's concern. */
export const absent: StatusError = new StatusError(status.NOT_FOUND, 'the key has no value');
export const present: StatusError = new StatusError(status.ALREADY_EXISTS, 'the key has a value');

export const invalid = (message: string): StatusError => new StatusError(status.INVALID_ARGUMENT, message);

/** A store's own words may name what is none of its clients'. */
const ofStore: Readonly<Record<StoreFailure, readonly [status, string]>> = {
  FULL: [status.RESOURCE_EXHAUSTED, 'the store is full; what is there can be read'],
  CLOSED: [status.UNAVAILABLE, 'the store is closed'],
  IN_USE: [status.UNAVAILABLE, 'the store is in use'],
  UNUSABLE: [status.INTERNAL, 'the store cannot be used'],
};

/** What the client is told of any error. */
export function statusOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  const [code, message] =
    error instanceof StoreError ? ofStore[error.code] : ([status.UNKNOWN, 'the operation failed'] as const);
  return new StatusError(code, message, { cause: error });
}
