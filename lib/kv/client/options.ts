import { Limit, exponential, limitInFlight } from '../../index.js';
import type { Backoff, MetadataSource } from '../../index.js';
import { badOption, callable, checkNames, longestMs, oneOf } from '../../internal.js';
import type { Names } from '../../internal.js';
import { whole } from '../options.js';

/**
 * Which writes are sent again after an attempt that may have been applied.
 *
 * - `versioned`: those that expect the version of a key they write. A store never gives a version twice: applied twice is
 *   impossible.
 * - `conditional`: creates as well. One is applied twice if somebody deletes the key between two attempts of it.
 * - `always`: all. One may be applied twice, the second time over what somebody else wrote after the first.
 */
export type Repeat = 'versioned' | 'conditional' | 'always';

export interface KvOptions {
  /**
   * - `unary` (default): a call for each operation, so that its deadline and its end reach the server.
   * - `session`: all over one stream, which costs both sides much less for each small operation. One that is given up
   *   goes on at the server.
   */
  readonly api?: 'unary' | 'session';
  /**
   * How many operations are in flight at once, or what `limitInFlight` gave, for several clients together. Default 100:
   * the article's. Sixteen times as many may wait; one beyond fails with `OVERFLOW`. Watches are not counted.
   */
  readonly maxInFlight?: number | Limit;
  /**
   * How long an operation may take, with its turn and all its attempts. Default 30,000 ms: about what people wait, and
   * longer than a server takes to restart.
   */
  readonly timeoutMs?: number;
  /** How long an attempt may take. Default 10,000 ms: time for two more when an answer is lost. */
  readonly attemptTimeoutMs?: number;
  /**
   * How many attempts of an operation may be handed to a connection. Default 5: a server that fails so often fails
   * again. Attempts that found no connection are not counted, since no server has seen them: `timeoutMs` is their bound.
   */
  readonly maxAttempts?: number;
  /** How long to wait before the next attempt, of an operation, a session or a watch. Default `exponential()`. */
  readonly backoff?: Backoff;
  /** Default `conditional`. */
  readonly repeat?: Repeat;
  /** Sent with each call. A function is asked at each call, for a token that is still valid; it may be async. */
  readonly metadata?: MetadataSource;
}

export interface KvSettings {
  readonly api: 'unary' | 'session';
  readonly limit: Limit;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  readonly repeat: Repeat;
  readonly metadata: MetadataSource | undefined;
}

const names: Names<KvOptions> = {
  api: true,
  maxInFlight: true,
  timeoutMs: true,
  attemptTimeoutMs: true,
  maxAttempts: true,
  backoff: true,
  repeat: true,
  metadata: true,
};

export function checkedOptions(options: KvOptions): KvSettings {
  checkNames('KvClient', options, names);
  const { api = 'unary', maxInFlight = 100, timeoutMs = 30_000, attemptTimeoutMs = 10_000, maxAttempts = 5 } = options;
  const { backoff = exponential(), repeat = 'conditional', metadata } = options;
  return {
    api: oneOf('api', api, ['unary', 'session']),
    limit: maxInFlight instanceof Limit ? maxInFlight : limitInFlight({ max: whole('maxInFlight', maxInFlight) }),
    timeoutMs: milliseconds('timeoutMs', timeoutMs),
    attemptTimeoutMs: milliseconds('attemptTimeoutMs', attemptTimeoutMs),
    maxAttempts: whole('maxAttempts', maxAttempts),
    backoff: callable('backoff', backoff),
    repeat: oneOf('repeat', repeat, ['versioned', 'conditional', 'always']),
    metadata,
  };
}

/** A length of time that a timer can hold. */
function milliseconds(name: string, value: number): number {
  if (value === Infinity || (value > 0 && value <= longestMs)) return value;
  throw badOption(name, 'a number of milliseconds above 0 and up to 2147483647, or Infinity', value);
}
