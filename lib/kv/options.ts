import { RxDuplexError } from '../index.js';

/** A whole number of things, from `least` on. */
export function whole(name: string, value: number, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw badOption(name, `a whole number from ${String(least)} on`, value);
}

/** One of the words that are allowed. */
export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw badOption(name, `one of ${allowed.join(', ')}`, value);
}

export function badOption(name: string, expected: string, came: unknown): RxDuplexError {
  const shown = typeof came === 'string' ? JSON.stringify(came) : String(came);
  return new RxDuplexError('BAD_OPTION', `${name} must be ${expected}; got ${shown}`);
}
