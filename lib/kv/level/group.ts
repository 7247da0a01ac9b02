import { applied } from '../store/applied.js';
import type { Operation } from './database.js';
import { changesKey, changesRecord, headKey, headRecord, valueKey, valueRecord } from './records.js';
import type { Head } from './records.js';
import type { Key } from '../key.js';
import type { Changes, Committed, Entry, Transaction } from '../store/store.js';

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

  /** All that is to be written; nothing, if nothing has changed. Of changes, those of the newest revisions are kept. */
  operations(maxRevisions: number): Operation[] {
    this.compact(this.head.revision + 1 - maxRevisions);
    if (this.#made.length === 0 && this.#oldest === this.#before.oldest) return [];
    const operations = [...this.#written].map(([key, entry]): Operation =>
      entry ? { type: 'put', key: valueKey(key), value: valueRecord(entry) } : { type: 'del', key: valueKey(key) },
    );
    for (let { oldest } = this.#before; oldest < Math.min(this.#oldest, this.#before.revision + 1); oldest += 1) {
      operations.push({ type: 'del', key: changesKey(oldest) });
    }
    for (const made of this.#made) {
      if (made.revision < this.#oldest) continue;
      operations.push({ type: 'put', key: changesKey(made.revision), value: changesRecord(made) });
    }
    return [...operations, { type: 'put', key: headKey, value: headRecord(this.head) }];
  }

  #entry(key: Key): Entry | undefined {
    return this.#written.has(key) ? this.#written.get(key) : this.#entryOf(key);
  }
}
