import type { Names } from '../../internal.js';
import { whole } from '../options.js';

export interface LimitOptions {
  /** Of one key. Default 8,192: it is a name, and stands twice in what is told of its changes. */
  readonly maxKeyBytes?: number;
  /**
   * Of one value, and of all that one transaction writes together. Default 2 MiB: with its keys one change has to fit
   * into one message, and gRPC takes none above 4 MiB.
   */
  readonly maxValueBytes?: number;
  /** Of conditions in a transaction, and of operations. Default 100: with keys of the greatest length it fits as above. */
  readonly maxOperations?: number;
  /** Of entries in one answer of a range, whatever its limit. Default 1,000. */
  readonly maxPageEntries?: number;
  /**
   * Of the keys and values in one answer that tells of many entries; one entry it tells in any case. Default 1 MiB: more
   * in one piece makes others wait, and asking again costs little beside it.
   */
  readonly maxPageBytes?: number;
  /**
   * Of operations of one session that are at work at once. Beyond that it is not read, and the client is slowed. Default
   * 128: above the 100 that a client of ours has in flight.
   */
  readonly maxInFlight?: number;
}

export type Limits = Required<LimitOptions>;

export const limitNames: Names<LimitOptions> = {
  maxKeyBytes: true,
  maxValueBytes: true,
  maxOperations: true,
  maxPageEntries: true,
  maxPageBytes: true,
  maxInFlight: true,
};

export function limitsOf({
  maxKeyBytes = 8_192,
  maxValueBytes = 2 << 20,
  maxOperations = 100,
  maxPageEntries = 1_000,
  maxPageBytes = 1 << 20,
  maxInFlight = 128,
}: LimitOptions): Limits {
  return {
    maxKeyBytes: whole('maxKeyBytes', maxKeyBytes),
    maxValueBytes: whole('maxValueBytes', maxValueBytes),
    maxOperations: whole('maxOperations', maxOperations),
    maxPageEntries: whole('maxPageEntries', maxPageEntries),
    maxPageBytes: whole('maxPageBytes', maxPageBytes),
    maxInFlight: whole('maxInFlight', maxInFlight),
  };
}

/** What stands in a message beside the bytes of an entry and its key: tags, lengths, a version. */
const besides = 64;

/** No answer is larger. */
export function largestAnswer({
  maxKeyBytes,
  maxValueBytes,
  maxOperations,
  maxPageEntries,
  maxPageBytes,
}: Limits): number {
  const change = maxOperations * (2 * maxKeyBytes + besides) + maxValueBytes;
  const page = maxPageBytes + maxPageEntries * besides + maxKeyBytes;
  const entry = 2 * maxKeyBytes + maxValueBytes + besides;
  return Math.max(change, page + entry);
}
