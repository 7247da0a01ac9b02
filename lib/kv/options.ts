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

export function callable<F>(name: string, value: F): F {
  if (typeof value === 'function') return value;
  throw badOption(name, 'a function', value);
}

/** An object with all of these methods. */
export function withMethods<T>(name: string, value: T, methods: readonly string[], expected: string): T {
  const given: unknown = value;
  const has = (method: string): boolean => typeof (given as Record<string, unknown>)[method] === 'function';
  if (typeof given === 'object' && given !== null && methods.every(has)) return value;
  throw badOption(name, expected, given);
}

/** An object with no other members than those of these names: a misspelt option would be one that has no effect. */
export function refuseUnknown(where: string, options: object, names: readonly string[]): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw badOption(where, 'an object', given);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  const hint = near === undefined ? `there is ${names.join(', ')}` : `did you mean "${near}"?`;
  throw new RxDuplexError('BAD_OPTION', `${where}: unknown option "${unknown}"; ${hint}`);
}

export function badOption(name: string, expected: string, came: unknown): RxDuplexError {
  return new RxDuplexError('BAD_OPTION', `${name} must be ${expected}; got ${shown(came)}`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `the function ${value.name}`.trimEnd();
  if (typeof value !== 'object' || value === null) return String(value);
  const { name } = (value.constructor as { name?: unknown } | undefined) ?? {};
  return typeof name === 'string' && name !== 'Object' ? `an instance of ${name}` : 'an object';
}

/** The name that is like `unknown`, if there is one: it differs in a third of its letters at most. */
function nearest(unknown: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => ({ name, distance: distance(unknown.toLowerCase(), name.toLowerCase()) }));
  const [first] = distances.sort((one, other) => one.distance - other.distance);
  return first && first.distance <= Math.max(2, first.name.length / 3) ? first.name : undefined;
}

/** How many letters have to be put in, taken out or changed to make one word of the other. */
function distance(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at += 1) {
    const row = [at];
    for (let to = 1; to <= other.length; to += 1) {
      const same = one[at - 1] === other[to - 1] ? 0 : 1;
      const changed = (before[to - 1] as number) + same;
      row.push(Math.min((before[to] as number) + 1, (row[to - 1] as number) + 1, changed));
    }
    before = row;
  }
  return before[other.length] as number;
}
