import { RxDuplexError } from './errors.js';

/** A value as text, also one that cannot be made a text; of an object not more than its kind, since it may be a secret. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `the function ${value.name}`.trimEnd();
  if (typeof value !== 'object' || value === null) return String(value);
  const kind = kindOf(value);
  return kind === 'Object' ? 'an object' : `an instance of ${kind}`;
}

function kindOf(value: object): string {
  try {
    const { name } = (value.constructor as { readonly name?: unknown } | undefined) ?? {};
    return typeof name === 'string' && name !== '' ? name : 'Object';
  } catch {
    return 'Object';
  }
}

export function badOption(name: string, expected: string, came: unknown): RxDuplexError {
  return new RxDuplexError('BAD_OPTION', `${name} must be ${expected}; got ${show(came)}`);
}

/** A whole number of things, from `least` up; `Infinity` where no bound is a choice. */
export function count(name: string, value: number, least = 1): number {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= least)) return value;
  throw badOption(name, `a whole number of at least ${String(least)}, or Infinity`, value);
}

/** What a timer can hold: Node turns anything above it into 1 ms. */
export const longestMs = 0x7fffffff;

/** A length of time that a timer can hold. */
export function milliseconds(name: string, value: number): number {
  if (value === Infinity || (Number.isFinite(value) && value >= 0 && value <= longestMs)) return value;
  throw badOption(name, 'a number of milliseconds from 0 to 2147483647, or Infinity', value);
}

/** A moment in time as grpc-js takes a deadline; one that is none it turns into an unhandled rejection. */
export function moment(name: string, value: Date | number): number {
  const at = Number(value);
  if (!Number.isNaN(at)) return at;
  throw badOption(name, 'a valid Date or a number of milliseconds since 1970', value);
}

export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw badOption(name, `one of ${allowed.map(show).join(', ')}`, value);
}

export function callable<F>(name: string, value: F): F {
  if (typeof value === 'function') return value;
  throw badOption(name, 'a function', value);
}
