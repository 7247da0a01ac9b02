import { badOption } from '../internal.js';

/** A whole number of things, from `least` on. */
export function whole(name: string, value: number, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw badOption(name, `a whole number from ${String(least)} on`, value);
}

/** An object with all of these methods. */
export function withMethods<T>(name: string, value: T, methods: readonly string[], expected: string): T {
  const given: unknown = value;
  const has = (method: string): boolean => typeof (given as Record<string, unknown>)[method] === 'function';
  if (typeof given === 'object' && given !== null && methods.every(has)) return value;
  throw badOption(name, expected, given);
}
