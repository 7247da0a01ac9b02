import type { Expectation as ExpectationOnWire, TransactRequest } from '../../generated/kv.js';
import { badOption, checkFields, checkNames } from '../../internal.js';
import type { Names } from '../../internal.js';
import { whole } from '../options.js';
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

export function writtenOf(transaction: KvTransaction): Written {
  checkFields('transaction', transaction, { conditions: true, writes: true } satisfies Names<KvTransaction>);
  const { conditions = [], writes } = transaction;
  return { conditions: list('conditions', conditions).map(conditionOf), writes: list('writes', writes).map(writeOf) };
}

/** The write of one key. */
export function oneWritten(
  method: 'put' | 'delete',
  key: Bytes,
  value: Bytes | undefined,
  options: WriteOptions,
): Written {
  checkNames(method, options, { expected: true } satisfies Names<WriteOptions>);
  const { expected } = options;
  return {
    conditions: expected === undefined ? [] : [conditionOf({ key, expected })],
    writes: [writeOf({ key, value })],
  };
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

function list<T>(name: string, given: readonly T[]): readonly T[] {
  if (!Array.isArray(given)) throw badOption(name, 'an array', given);
  return given as readonly T[];
}

function conditionOf(condition: NonNullable<KvTransaction['conditions']>[number]): Written['conditions'][number] {
  checkFields('condition', condition, { key: true, expected: true } satisfies Names<typeof condition>);
  const { key, expected } = condition;
  return { key: asBytes('key', key), expected: checked(expected) };
}

function writeOf(write: KvTransaction['writes'][number]): Written['writes'][number] {
  checkFields('write', write, { key: true, value: true } satisfies Names<typeof write>);
  const { key, value } = write;
  return { key: asBytes('key', key), value: value === undefined ? undefined : asBytes('value', value) };
}

/** What is expected must be one thing: a part of it that had no effect would be an update that is lost. */
function checked(expected: Expectation): Expectation {
  checkFields('expected', expected, { version: true, exists: true } satisfies Names<Expectation>);
  if ('version' in expected && 'exists' in expected) {
    throw badOption('expected', 'either a version, or whether there is a value', expected);
  }
  if ('version' in expected) return { version: whole('expected.version', expected.version) };
  if (typeof expected.exists === 'boolean') return { exists: expected.exists };
  throw badOption('expected.exists', 'true or false', expected.exists);
}
