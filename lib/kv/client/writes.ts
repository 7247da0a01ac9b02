import type { Expectation as ExpectationOnWire, TransactRequest } from '../../generated/kv.js';
import { badOption, whole } from '../options.js';
import type { Expectation } from '../store/store.js';
import type { Repeat } from './options.js';
import { asBytes } from './values.js';
import type { Bytes } from './values.js';

export interface WriteOptions {
  /** Without it the write is done whatever there is. */
  readonly expected?: Expectation | undefined;
}

/** All writes, if all conditions hold; else none. No key may be named twice among either. */
export interface KvTransaction {
  readonly conditions?: readonly { readonly key: Bytes; readonly expected: Expectation }[];
  /** Without a `value` the key is to have none. */
  readonly writes: readonly { readonly key: Bytes; readonly value?: Bytes | undefined }[];
}

/** What is written, and under which conditions. */
export interface Written {
  readonly conditions: readonly { readonly key: Uint8Array; readonly expected: Expectation }[];
  readonly writes: readonly { readonly key: Uint8Array; readonly value: Uint8Array | undefined }[];
}

export function writtenOf({ conditions = [], writes }: KvTransaction): Written {
  return {
    conditions: conditions.map(({ key, expected }) => ({ key: asBytes('key', key), expected: checked(expected) })),
    writes: writes.map(({ key, value }) => ({
      key: asBytes('key', key),
      value: value === undefined ? undefined : asBytes('value', value),
    })),
  };
}

/** The write of one key. */
export function oneWritten(key: Bytes, value: Bytes | undefined, { expected }: WriteOptions): Written {
  return writtenOf({ conditions: expected ? [{ key, expected }] : [], writes: [{ key, value }] });
}

export function transactRequest({ conditions, writes }: Written): TransactRequest {
  return {
    conditions: conditions.map(({ key, expected }) => ({ key, expected: { ...expected } })),
    operations: writes.map(({ key, value }) => (value ? { put: { key, value } } : { remove: { key } })),
  };
}

/** The fields of a request for one key. */
export function oneRequest({ conditions, writes }: Written): {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly expected?: ExpectationOnWire;
} {
  const [condition] = conditions;
  const { key = new Uint8Array(), value = new Uint8Array() } = writes[0] ?? {};
  return { key, value, ...(condition && { expected: { ...condition.expected } }) };
}

/** Whether `written` may be sent again, after an attempt that may have been applied. */
export function repeatable({ conditions, writes }: Written, repeat: Repeat): boolean {
  if (repeat === 'always') return true;
  return conditions.some(({ key, expected }) => {
    const write = writes.find((one) => sameBytes(one.key, key));
    if ('version' in expected) return write !== undefined;
    return repeat === 'conditional' && !expected.exists && write?.value !== undefined;
  });
}

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

function checked(expected: Expectation): Expectation {
  if ('version' in expected) return { version: whole('expected.version', expected.version) };
  if (typeof expected.exists === 'boolean') return { exists: expected.exists };
  throw badOption('expected.exists', 'true or false', expected.exists);
}
