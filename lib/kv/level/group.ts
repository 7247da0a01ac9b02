import { applied } from '../store/applied.js';
import type { Key } from '../key.js';
import type { Retention } from '../store/retention.js';
import type { Changes, Committed, Entry, Transaction } from '../store/store.js';
import type { Operation } from './database.js';
import { changesKey, changesRecord, headKey, headRecord, valueKey, valueRecord } from './records.js';
import type { Head } from './records.js';

/** What a group comes to on disk. */
export interface Written {
  readonly operations: Operation[];
  /** Of the records of changes, one for each revision. */
  readonly sizes: readonly number[];
}

/** What several transactions come to, each of which sees those before it, until all are written at once. */
export class Group {
  readonly #before: Head;
  readonly #entryOf: (key: Key) => Entry | undefined;
  readonly #written = new Map<Key, Entry | undefined>();
  readonly #made: Changes[] = [];
  #oldest: number;

  /** On top of what there is. */
  constructor(before: Head, entryOf: (key: Key) => Entry | undefined) {
    this.#before = before;
    this.#entryOf = entryOf;
    this.#oldest = before.oldest;
  }

  get head(): Head {
    return { revision: this.#before.revision + this.#made.length, oldest: this.#oldest };
  }

  commit(transaction: Transaction): Committed {
    const { answer, made } = applied(transaction, this.head.revision, (key) => this.#entry(key));
    if (made) {
      for (const { key, entry } of made.changes) this.#written.set(key, entry);
      this.#made.push(made);
    }
    return answer;
  }

  /** Forgets the changes of all revisions before `revision`. */
  compact(revision: number): void {
    this.#oldest = Math.max(this.#oldest, Math.min(revision, this.head.revision + 1));
  }

  /** All that is to be written; no operations, if nothing has changed. Of changes, those that are retained are kept. */
  written(retention: Retention): Written {
    const changes = this.#made.map((made) => ({ revision: made.revision, record: changesRecord(made) }));
    const sizes = changes.map(({ record }) => record.length);
    this.compact(retention.oldestWith(sizes));
    if (changes.length === 0 && this.#oldest === this.#before.oldest) return { operations: [], sizes };
    const operations = [...this.#written].map(([key, entry]): Operation =>
      entry ? { type: 'put', key: valueKey(key), value: valueRecord(entry) } : { type: 'del', key: valueKey(key) },
    );
    for (let { oldest } = this.#before; oldest < Math.min(this.#oldest, this.#before.revision + 1); oldest += 1) {
      operations.push({ type: 'del', key: changesKey(oldest) });
    }
    for (const { revision, record } of changes) {
      if (revision >= this.#oldest) operations.push({ type: 'put', key: changesKey(revision), value: record });
    }
    operations.push({ type: 'put', key: headKey, value: headRecord(this.head) });
    return { operations, sizes };
  }

  #entry(key: Key): Entry | undefined {
    return this.#written.has(key) ? this.#written.get(key) : this.#entryOf(key);
  }
}
