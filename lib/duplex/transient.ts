import { status } from '@grpc/grpc-js';
import { RxDuplexError, isStatus } from '../errors.js';

/** What is known of a failed attempt beside its error. */
export interface Failure {
  /**
   * How many attempts in a row have failed in this way, this one included: with the same cause, or with any of those that
   * may pass by themselves. A call that was open for `minUptimeMs` ends the row.
   */
  readonly inARow: number;
  /** How long ago the first of them has failed, in milliseconds. */
  readonly sinceMs: number;
  /** How long causes that may pass by themselves are borne: `patienceMs` of the policy. */
  readonly patienceMs: number;
}

/** Whether another attempt is worth making. */
export type Retryable = (error: unknown, failure: Failure) => boolean;

/** Why an attempt has failed: the code of its error, or a word where one code means several things. */
export type Cause = unknown;

/** What grpc-js itself says in the details of its errors, and what servers say of messages that are too large. */
const words = {
  credentials: /^Getting metadata from plugin failed/,
  parsing: /^Response message parsing error/,
  tls: /certificate|altnames|SSL routines|EPROTO/i,
  oversize: /larger than|exceeds (?:the )?max|too large|size limit/i,
} as const;

/**
 * The cause of a failure: the code of its status, or of the library's own error. Some codes of grpc-js mean more than one
 * thing, and only their details tell which: a TLS failure is reported as an unreachable server, with Node's or OpenSSL's
 * words; an oversize message as an overloaded server, in the words of whichever peer has refused it; call credentials
 * that fail with any number at all, and a reply that cannot be parsed as an internal error. This is the one place where
 * details are read. A number that gRPC does not define counts as UNKNOWN, as gRPC has it. An error that is neither has no
 * cause that is known.
 */
export function causeOf(error: unknown): Cause {
  if (RxDuplexError.is(error)) return error.code;
  const { code, details } = (error ?? {}) as { readonly code?: status; readonly details?: unknown };
  if (typeof code !== 'number' || typeof details !== 'string') return undefined;
  if (words.credentials.test(details)) return 'CREDENTIALS';
  if (!isStatus(error)) return (code as number) > 0 ? status.UNKNOWN : undefined;
  if (code === status.INTERNAL && words.parsing.test(details)) return 'UNPARSABLE';
  if (code === status.UNAVAILABLE && words.tls.test(details)) return 'TLS';
  const mayBeSize = code === status.RESOURCE_EXHAUSTED || code === status.OUT_OF_RANGE;
  return mayBeSize && words.oversize.test(details) ? 'OVERSIZE' : code;
}

/** What says "not now", and is tried again for ever. */
const passing: ReadonlySet<Cause> = new Set<Cause>([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  'OPEN_TIMEOUT',
  'METADATA_FAILED',
]);

/** What may pass by itself, as a rolling restart, a new certificate or a proxy in trouble does, or may be a mistake. */
const mayPass: ReadonlySet<Cause> = new Set<Cause>([status.UNKNOWN, 'TLS', 'OPEN_FAILED', 'CREDENTIALS']);

/** How often in a row the rest is tried again. Credentials may be fresh the next time; a reply may be another one. */
const repeats: ReadonlyMap<Cause, number> = new Map<Cause, number>([
  [status.UNAUTHENTICATED, 1],
  ['UNPARSABLE', 5],
]);

/** At least so many attempts are made of what may pass by itself, however long they take. */
const leastAttempts = 5;

/** Causes that are counted together. */
export const familyOf = (cause: Cause): unknown => (mayPass.has(cause) ? 'MAY_PASS' : cause);

/**
 * The default answer, by cause. What says "not now" is tried again for ever; UNKNOWN, a TLS failure, an `Open` that throws
 * and call credentials that fail for `patienceMs` from the first of them on, and at least five times; UNAUTHENTICATED once,
 * since credentials may be fresh the next time; a reply that cannot be parsed five times in a row. Everything else, an
 * oversize message included, is final.
 */
export const transient: Retryable = (error, { inARow, sinceMs, patienceMs }) => {
  const cause = causeOf(error);
  if (passing.has(cause)) return true;
  if (mayPass.has(cause)) return inARow < leastAttempts || sinceMs < patienceMs;
  return inARow <= (repeats.get(cause) ?? 0);
};
