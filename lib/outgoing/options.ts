import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, callable, count, oneOf } from '../options.js';

/** What a full buffer does with one more message. */
export type Overflow<T> =
  | {
      /**
       * - `block` (default): `next` is refused, `send` waits its turn.
       * - `error`: both are refused.
       * - `drop-newest`: the new one is dropped.
       * - `drop-oldest`: the oldest queued ones are dropped until the new one fits.
       */
      readonly overflow?: 'block' | 'error' | 'drop-newest' | 'drop-oldest';
    }
  | {
      /** A newer message takes the place of the queued one of the same key; a new key drops the oldest. */
      readonly overflow: 'latest';
      readonly key: (message: T) => unknown;
    };

/** How a message is measured; without either there are no byte bounds. */
export type Sizing<T> =
  | {
      /** Serialises a message once, when it is offered: a bad one is refused alone and never harms the stream. */
      readonly encode: (message: T) => Uint8Array;
      readonly sizeOf?: never;
      /** Bound of `queued + inFlight` in bytes. Default 1 MiB: sixteen HTTP/2 windows, so one connection stays busy. */
      readonly maxBytes?: number;
    }
  | { readonly encode?: never; readonly sizeOf: (message: T) => number; readonly maxBytes?: number }
  | { readonly encode?: never; readonly sizeOf?: never; readonly maxBytes?: never };

export interface Bounds {
  /** Bound of `queued + inFlight` in messages. Default 1024: several full writes of small messages. */
  readonly maxMessages?: number;
  /**
   * How many messages may wait for room at once under `block`: those of `send`, and those that an Observable gives to
   * `feed`. Default 16 × `maxMessages`: a bound that a burst does not meet.
   */
  readonly maxWaiting?: number;
  /** How many bytes those may have together. Default 16 × `maxBytes`. */
  readonly maxWaitingBytes?: number;
  /** The first overflow ends the buffer with `OVERFLOW`. Default false. */
  readonly fatal?: boolean;
}

export type OutgoingOptions<T> = Bounds & Sizing<T> & Overflow<T>;

type Strategy = 'block' | 'error' | 'drop-newest' | 'drop-oldest' | 'latest';

const onFull: Readonly<Record<Strategy, 'refuse' | 'drop' | 'evict'>> = {
  block: 'refuse',
  error: 'refuse',
  'drop-newest': 'drop',
  'drop-oldest': 'evict',
  latest: 'evict',
};

const strategies = Object.keys(onFull) as Strategy[];

export interface Settings<T> {
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  readonly fatal: boolean;
  readonly strategy: Strategy;
  readonly onFull: (typeof onFull)[Strategy];
  readonly encode: ((message: T) => Uint8Array) | undefined;
  readonly sizeOf: ((message: T) => number) | undefined;
  readonly key: ((message: T) => unknown) | undefined;
}

type MeasuredNames = Names<Bounds & Overflow<never> & { readonly maxBytes?: number }>;

/** The options of a buffer whose messages are measured by whoever makes it. */
export const measuredNames: MeasuredNames = {
  maxMessages: true,
  maxBytes: true,
  maxWaiting: true,
  maxWaitingBytes: true,
  fatal: true,
  overflow: true,
  key: true,
};

const names: Names<OutgoingOptions<never>> = { ...measuredNames, encode: true, sizeOf: true };

export function checked<T>(options: OutgoingOptions<T>): Settings<T> {
  checkNames('Outgoing', options, names);
  const { maxMessages = 1024, fatal = false, overflow = 'block' } = options;
  const { maxWaiting = Math.min(16 * maxMessages, Number.MAX_SAFE_INTEGER) } = options;
  oneOf('overflow', overflow, strategies);
  if (typeof fatal !== 'boolean') throw badOption('fatal', 'true or false', fatal);
  if (options.encode) callable('encode', options.encode);
  if (options.sizeOf) callable('sizeOf', options.sizeOf);
  const measured = options.encode !== undefined || options.sizeOf !== undefined;
  const { maxBytes: given }: { readonly maxBytes?: number } = options;
  if (given !== undefined && !measured) throw badOption('maxBytes', 'left out without encode or sizeOf', given);
  const maxBytes = given ?? (measured ? 1 << 20 : Infinity);
  const { maxWaitingBytes = Math.min(16 * maxBytes, Number.MAX_SAFE_INTEGER) } = options;
  return {
    maxMessages: count('maxMessages', maxMessages),
    maxWaiting: count('maxWaiting', maxWaiting, 0),
    maxWaitingBytes: count('maxWaitingBytes', maxWaitingBytes, 0),
    maxBytes: count('maxBytes', maxBytes),
    fatal,
    strategy: overflow,
    onFull: onFull[overflow],
    encode: options.encode,
    sizeOf: options.sizeOf,
    key: options.overflow === 'latest' ? callable('key', options.key) : undefined,
  };
}
