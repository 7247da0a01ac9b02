import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { codeOf } from '../errors.js';

/** What is known of a failed attempt beside its error. */
export interface Failure {
  /** How many attempts in a row have failed with this same code, this one included, without a proof of life between. */
  readonly inARow: number;
  /** Whether another attempt would ask for its metadata anew. */
  readonly freshMetadata: boolean;
}

/** Whether another attempt is worth making. */
export type Retryable = (error: unknown, failure: Failure) => boolean;

/** How often an attempt is repeated in a row. */
type Repeats = (error: ServiceError, freshMetadata: boolean) => number;

const always: Repeats = () => Infinity;
const few: Repeats = () => 5;

/** grpc-js reports an oversize message and an overloaded or offended server as the same code. */
const fewerIfOversize: Repeats = ({ details }) => (/larger than/.test(details) ? 0 : Infinity);

/** grpc-js reports every TLS failure as an unreachable server, with Node's or OpenSSL's own words in the details. */
const tls = /certificate|altnames|\bTLS\b|\bSSL\b|ssl3?_|EPROTO|wrong version number|CERT_|issuer/i;
const fewerIfTls: Repeats = ({ details }) => (tls.test(details) ? 5 : Infinity);

const onceIfFresh: Repeats = (_error, freshMetadata) => (freshMetadata ? 1 : 0);

const repeats: ReadonlyMap<unknown, Repeats> = new Map<unknown, Repeats>([
  [status.CANCELLED, always],
  [status.UNKNOWN, few],
  [status.DEADLINE_EXCEEDED, always],
  [status.RESOURCE_EXHAUSTED, fewerIfOversize],
  [status.ABORTED, always],
  [status.INTERNAL, always],
  [status.UNAVAILABLE, fewerIfTls],
  [status.UNAUTHENTICATED, onceIfFresh],
  ['OPEN_TIMEOUT', always],
  ['METADATA_FAILED', always],
  ['OPEN_FAILED', few],
]);

/**
 * The default answer, by code. What says "not now" is tried again for ever; UNKNOWN, a TLS failure and an `Open` that
 * throws at most 5 times in a row; UNAUTHENTICATED once, and only if the metadata would be fresh; everything else, an
 * oversize message included, is final. This is the one place where the details of a status are read, and only where
 * grpc-js gives two different things the same code.
 */
export const transient: Retryable = (error, { inARow, freshMetadata }) =>
  inARow <= (repeats.get(codeOf(error))?.(error as ServiceError, freshMetadata) ?? 0);
