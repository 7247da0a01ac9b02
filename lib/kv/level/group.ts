import type { Key } from '../key.js';
import { applied } from '../store/applied.js';
import type { Opening } from '../store/opening.js';
import type { Kept, Retention } from '../store/retention.js';
import type { Changes, Committed, Entry, Transaction } from '../store/store.js';
import type { Operation } from './database.js';
import { changesRecord, headKey, headRecord, historyKey, openingRecord, valueKey, valueRecord } from './records.js';
import type { Head } from './records.js';

/** What a group comes to on disk. */
export interface Written {
  /** None, if nothing has changed. */
  readonly operations: Operation[];
  /** What the history is to know of it. */
  readonly added: readonly Kept[];
}

interface Recorded extends Kept {
  readonly record: Buffer;
}

/** What several transactions come to, each of which sees those before it, until all are written at once. */
export class Group {
  readonly #before: Head;
  readonly #entryOf: (key: Key) => Entry | undefined;
  readonly #written = new Map<Key, Entry | undefined>();
  readonly #made: Changes[] = [];
  #opening: Opening | undefined;
  #known: number;
  /** Revisions before this one are not wanted. */
  #from = 0;

  /** On top of what there is. */
  constructor(before: Head, entryOf: (key: Key) => Entry | undefined) {
    this.#before = before;
    this.#entryOf = entryOf;
    this.#known = before.known;
  }

  get head(): Head {
    return { revision: this.#revision, known: this.#known };
  }

  /** The revisions that it makes. */
  get revisions(): readonly number[] {
    return this.#made.map(({ revision }) => revision);
  }

  get #revision(): number {
    return this.#made.at(-1)?.revision ?? this.#opening?.revision ?? this.#before.revision;
  }

  /** The store is opened: `first` will be the next revision. */
  open(first: number): void {
    const { revision: after } = this.#before;
    if (first - 1 > after) this.#opening = { revision: first - 1, after };
  }

  commit(transaction: Transaction): Committed {
    const { answer, made } = applied(transaction, this.#revision, (key) => this.#entry(key));
    if (made) {
      for (const { key, entry } of made.changes) this.#written.set(key, entry);
      this.#made.push(made);
    }
    return answer;
  }

  /** Forgets the changes of all revisions before `revision`. */
  compact(revision: number): void {
    this.#from = Math.max(this.#from, revision);
  }

  /** All that is to be written. Of the history, what is retained is kept. */
  written(retention: Retention): Written {
    const records = this.#records();
    const { known, gone } = retention.forgettingFor(records, this.#from);
    this.#known = known;
    if (records.length === 0 && gone.length === 0) return { operations: [], added: records };
    const operations = [...this.#written].map(([key, entry]): Operation =>
      entry ? { type: 'put', key: valueKey(key), value: valueRecord(entry) } : { type: 'del', key: valueKey(key) },
    );
    for (const revision of gone) {
      if (revision <= this.#before.revision) operations.push({ type: 'del', key: historyKey(revision) });
    }
    for (const { revision, record } of records) {
      if (revision >= known) operations.push({ type: 'put', key: historyKey(revision), value: record });
    }
    operations.push({ type: 'put', key: headKey, value: headRecord(this.head) });
    return { operations, added: records };
  }

  #records(): Recorded[] {
    const records = this.#made.map((made) => recorded(made.revision, changesRecord(made), false));
    if (this.#opening) records.unshift(recorded(this.#opening.revision, openingRecord(this.#opening), true));
    return records;
  }

  #entry(key: Key): Entry | undefined {
    return this.#written.has(key) ? this.#written.get(key) : this.#entryOf(key);
  }
}

const recorded = (revision: number, record: Buffer, isOpening: boolean): Recorded => ({
  revision,
  bytes: record.length,
  isOpening,
  record,
});
