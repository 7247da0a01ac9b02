import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

/** A flag that cannot be understood: which, what was expected, what came. */
export class BadFlag extends Error {
  constructor(flag: string, expected: string, got: unknown) {
    super(`${flag}: expected ${expected}, got ${typeof got === 'string' ? `'${got}'` : 'nothing'}`);
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;

interface Read<O> {
  readonly values: { readonly [K in keyof O]?: unknown };
  readonly positionals: readonly string[];
}

/** The values of the flags in `options`, yet to be checked, and what is no flag. */
export function read<O extends Options>(args: readonly string[], options: O): Read<O> {
  // Not strict: its errors name no expectation.
  const { values, positionals } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true });
  const known = Object.keys(options);
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new BadFlag(`--${unknown}`, `one of --${known.join(', --')}`, `--${unknown}`);
  return { values, positionals };
}

export function refusePositional(positional: string | undefined): void {
  if (positional !== undefined) throw new BadFlag('arguments', 'flags only', positional);
}

type Reader<T> = (flag: string, value: unknown) => T;

export const wholeNumber: Reader<number> = (flag, value) => {
  if (typeof value === 'string' && /^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new BadFlag(flag, 'a whole number from 1 to 9999999', value);
};

export function oneOf<T extends string>(names: readonly T[]): Reader<T> {
  return (flag, value) => {
    const known = names.find((name) => name === value);
    if (known !== undefined) return known;
    throw new BadFlag(flag, `any of ${names.join(', ')}`, value);
  };
}

export function list<T>(flag: string, value: unknown, item: Reader<T>): readonly T[] {
  const items = typeof value === 'string' ? value.split(',').map((part) => item(flag, part)) : [item(flag, value)];
  if (new Set(items).size === items.length) return items;
  throw new BadFlag(flag, 'each value once', value);
}

export const file: Reader<string> = (flag, value) => {
  if (typeof value === 'string' && value !== '' && isFolder(dirname(value)) && !isFolder(value)) return value;
  throw new BadFlag(flag, 'the path of a file in a folder that exists', value);
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
