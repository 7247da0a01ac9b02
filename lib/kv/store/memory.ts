import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { EmptyBTree } from 'sorted-btree';
import type { ISortedMap } from 'sorted-btree';

import { applied } from './applied.js';
import { Filling } from './filling.js';
import { History } from './history.js';
import type { Key } from '../key.js';
import { whole } from '../options.js';
import { StoreError } from './store.js';
import type { Changes, Committed, Current, Entry, Found, Page, PageSize, Span, Store, Transaction } from './store.js';

export interface MemoryOptions {
  /** How many revisions back changes are known, for those who watch. Default 10,000. */
  readonly maxRevisions?: number;
}

/** A value without its key, which the tree has already. */
interface Value {
  readonly value: Uint8Array;
  readonly version: number;
}

/** Keeps everything in memory, in the order of the keys, for as long as the process lives. */
export function memoryStore({ maxRevisions = 10_000 }: MemoryOptions = {}): Store {
  return new MemoryStore(new History(whole('maxRevisions', maxRevisions)));
}

class MemoryStore implements Store {
  readonly revision$: Observable<number>;
  revision = 0;
  readonly #values = EmptyBTree.clone() as ISortedMap<Key, Value>;
  readonly #history: History;
  readonly #revisions = new Subject<number>();
  #closed = false;

  constructor(history: History) {
    this.#history = history;
    this.revision$ = this.#revisions.asObservable();
  }

  get oldest(): number {
    return this.#history.oldest;
  }

  get(key: Key): Found {
    this.#refuseClosed();
    return { entry: this.#entry(key), revision: this.revision };
  }

  range({ start, end }: Span, size: PageSize): Page {
    this.#refuseClosed();
    const filling = new Filling(size);
    for (const [key, { value, version }] of this.#values.entries(start)) {
      if (end !== undefined && key >= end) break;
      if (!filling.add({ key, value, version })) break;
    }
    return filling.page(this.revision);
  }

  commit(transaction: Transaction): Committed {
    this.#refuseClosed();
    const { answer, made } = applied(transaction, this.revision, this.#entry);
    if (made) this.#write({ ...made, changes: made.changes.map(kept) });
    return answer;
  }

  changes(from: number, max: number): readonly Changes[] | undefined {
    this.#refuseClosed();
    return this.#history.from(from, max);
  }

  compact(revision: number): void {
    this.#refuseClosed();
    this.#history.compact(revision);
  }

  close(): void {
    this.#closed = true;
    this.#revisions.complete();
  }

  #write(made: Changes): void {
    for (const { key, entry } of made.changes) {
      if (entry) this.#values.set(key, { value: entry.value, version: entry.version });
      else this.#values.delete(key);
    }
    this.revision = made.revision;
    this.#history.push(made);
    this.#revisions.next(made.revision);
  }

  readonly #entry = (key: Key): Entry | undefined => {
    const found = this.#values.get(key);
    return found && { key, ...found };
  };

  #refuseClosed(): void {
    if (this.#closed) throw new StoreError('CLOSED', 'the store is closed');
  }
}

/** With a value of its own: what was given may be a part of a larger piece of memory, and is its owner's to write to. */
function kept({ key, entry }: Current): Current {
  return { key, entry: entry && { ...entry, value: Buffer.from(entry.value) } };
}
