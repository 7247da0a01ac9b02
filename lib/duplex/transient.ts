import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { codeOf } from '../errors.js';

/** What is known of a failed attempt beside its error. */
export interface Failure {
  /**
   * How many attempts in a row have failed of this same cause, this one included, without a proof of life between: with
   * the same code, TLS failures being counted apart from other unreachable servers.
   */
  readonly inARow: number;
  /** Whether another attempt would ask for its metadata anew. */
  readonly freshMetadata: boolean;
}

/** Whether another attempt is worth making. */
export type Retryable = (error: unknown, failure: Failure) => boolean;

/**
 * What an attempt has failed of: the code of its error, but for two of grpc-js's that mean either of two things. It
 * reports every TLS failure as an unreachable server, with Node's or OpenSSL's own words in the details, and an
 * oversize message as it does an overloaded or offended server. This is the one place where details are read.
 */
export function causeOf(error: unknown): unknown {
  const code = codeOf(error);
  if (code === status.UNAVAILABLE && has(error, /certificate|altnames|SSL routines|EPROTO/i)) return 'TLS';
  if (code === status.RESOURCE_EXHAUSTED && has(error, /larger than/)) return 'OVERSIZE';
  return code;
}

const has = (error: unknown, text: RegExp): boolean => text.test((error as Partial<ServiceError>).details ?? '');

/** How often an attempt is repeated in a row; what is not here, never. */
const repeats: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [status.CANCELLED, Infinity],
  [status.UNKNOWN, 5],
  [status.DEADLINE_EXCEEDED, Infinity],
  [status.RESOURCE_EXHAUSTED, Infinity],
  [status.ABORTED, Infinity],
  [status.INTERNAL, Infinity],
  [status.UNAVAILABLE, Infinity],
  ['TLS', 5],
  ['OPEN_TIMEOUT', Infinity],
  ['METADATA_FAILED', Infinity],
  ['OPEN_FAILED', 5],
]);

/**
 * The default answer, by code. What says "not now" is tried again for ever; UNKNOWN, a TLS failure and an `Open` that
 * throws at most 5 times in a row; UNAUTHENTICATED once, and only if the metadata would be fresh; everything else, an
 * oversize message included, is final.
 */
export const transient: Retryable = (error, { inARow, freshMetadata }) => {
  const cause = causeOf(error);
  if (cause === status.UNAUTHENTICATED) return freshMetadata && inARow === 1;
  return inARow <= (repeats.get(cause) ?? 0);
};
