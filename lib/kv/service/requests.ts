import type {
  Condition__Output,
  DeleteRequest__Output,
  Expectation__Output,
  Operation__Output,
  PutRequest__Output,
  RangeRequest__Output,
  TransactRequest__Output,
} from '../../generated/kv.js';
import { keyOf } from '../key.js';
import type { Key } from '../key.js';
import type { Condition, Expectation, PageSize, Span, Transaction, Write } from '../store/store.js';
import { continuedFrom } from './continuation.js';
import { invalid } from './failure.js';
import type { Limits } from './limits.js';

/** Reads what came over the wire, and refuses with INVALID_ARGUMENT what nobody could do. */
export class Requests {
  readonly #limits: Limits;
  /** The newest there is. */
  readonly #revision: () => number;

  constructor(limits: Limits, revision: () => number) {
    this.#limits = limits;
    this.#revision = revision;
  }

  key(bytes: Buffer): Key {
    if (bytes.length === 0) throw invalid('a key must not be empty');
    return this.anyKey(bytes);
  }

  anyKey(bytes: Buffer): Key {
    const { maxKeyBytes } = this.#limits;
    if (bytes.length <= maxKeyBytes) return keyOf(bytes);
    throw invalid(`a key may have at most ${String(maxKeyBytes)} bytes; this one has ${String(bytes.length)}`);
  }

  value(bytes: Buffer): Buffer {
    const { maxValueBytes } = this.#limits;
    if (bytes.length <= maxValueBytes) return bytes;
    throw invalid(`a value may have at most ${String(maxValueBytes)} bytes; this one has ${String(bytes.length)}`);
  }

  put({ key: bytes, value, expected }: PutRequest__Output): Transaction {
    const key = this.key(bytes);
    return { conditions: this.#expected(key, expected), writes: [{ key, value: this.value(value) }] };
  }

  delete({ key: bytes, expected }: DeleteRequest__Output): Transaction {
    const key = this.key(bytes);
    return { conditions: this.#expected(key, expected), writes: [{ key, value: undefined }] };
  }

  transaction({ conditions, operations }: TransactRequest__Output): Transaction {
    const { maxOperations, maxValueBytes } = this.#limits;
    const parts = { conditions, operations };
    for (const [name, { length }] of Object.entries(parts)) {
      if (length > maxOperations) {
        throw invalid(
          `a transaction may have at most ${String(maxOperations)} ${name}; this one has ${String(length)}`,
        );
      }
    }
    const bytes = operations.reduce((sum, { put }) => sum + (put?.value.length ?? 0), 0);
    if (bytes > maxValueBytes) {
      throw invalid(`a transaction may write at most ${String(maxValueBytes)} bytes; this one has ${String(bytes)}`);
    }
    return {
      conditions: once('conditions', conditions.map(this.#condition)),
      writes: once('operations', operations.map(this.#write)),
    };
  }

  span({ start: first, end: last }: { readonly start: Buffer; readonly end: Buffer }): Span {
    const start = this.anyKey(first);
    const end = last.length > 0 ? this.anyKey(last) : undefined;
    if (end !== undefined && end < start) throw invalid('a range must not end before it starts');
    return { start, end };
  }

  range(request: RangeRequest__Output): { readonly span: Span; readonly size: PageSize } {
    const { maxPageEntries, maxPageBytes, maxKeyBytes } = this.#limits;
    const { limit, continuation } = request;
    const whole = this.span(request);
    const span = continuation.length > 0 ? continuedFrom(whole, continuation, maxKeyBytes) : whole;
    return { span, size: { entries: Math.min(limit || maxPageEntries, maxPageEntries), bytes: maxPageBytes } };
  }

  #expected(key: Key, expected: Expectation__Output | null | undefined): Condition[] {
    const expectation = expected && this.#expectation(expected);
    return expectation ? [{ key, expected: expectation }] : [];
  }

  #expectation({ version, exists }: Expectation__Output): Expectation | undefined {
    if (exists !== undefined) return { exists };
    if (version === undefined) return undefined;
    const newest = this.#revision();
    if (version !== '0' && Number(version) <= newest) return { version: Number(version) };
    throw invalid(`no value has had version ${version}; the newest is ${String(newest)}`);
  }

  readonly #condition = ({ key, expected }: Condition__Output): Condition => {
    const expectation = expected && this.#expectation(expected);
    if (expectation) return { key: this.key(key), expected: expectation };
    throw invalid('a condition must say what is expected');
  };

  readonly #write = ({ put, remove }: Operation__Output): Write => {
    if (put) return { key: this.key(put.key), value: this.value(put.value) };
    if (remove) return { key: this.key(remove.key), value: undefined };
    throw invalid('an operation must be a put or a remove');
  };
}

function once<T extends { readonly key: Key }>(name: string, parts: readonly T[]): readonly T[] {
  if (new Set(parts.map(({ key }) => key)).size === parts.length) return parts;
  throw invalid(`the ${name} of a transaction must not name a key twice`);
}
