import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, callable, milliseconds } from '../options.js';

/** How long to wait before attempt `attempt + 1`, `attempt` having failed with `error`; in milliseconds. */
export type Backoff = (attempt: number, error: unknown) => number;

export interface ExponentialOptions {
  /** The first wait, at most. Default 250 ms: a restarted process is back in about that time. */
  readonly initialMs?: number;
  /** Default 1.6, gRPC's own. */
  readonly multiplier?: number;
  /** No wait is longer. Default 30,000 ms: a peer that was away for an hour is found again within half a minute. */
  readonly maxMs?: number;
  /** Chance, from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Exponential backoff with full jitter: the wait is drawn evenly from zero up to `initialMs × multiplier^(attempt - 1)`,
 * bounded by `maxMs`, so that the clients of a restarted server come back spread over the whole of it (gRPC A6).
 */
export function exponential(options: ExponentialOptions = {}): Backoff {
  checkNames('exponential', options, {
    initialMs: true,
    multiplier: true,
    maxMs: true,
    random: true,
  } satisfies Names<ExponentialOptions>);
  const { initialMs = 250, multiplier = 1.6, maxMs = 30_000, random = Math.random } = options;
  milliseconds('initialMs', initialMs);
  milliseconds('maxMs', maxMs);
  callable('random', random);
  if (!(multiplier >= 1 && Number.isFinite(multiplier)))
    throw badOption('multiplier', 'a number of at least 1', multiplier);
  return (attempt) => random() * Math.min(maxMs, initialMs * multiplier ** (attempt - 1));
}
