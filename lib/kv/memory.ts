import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { EmptyBTree } from 'sorted-btree';
import type { ISortedMap } from 'sorted-btree';

import { History } from './history.js';
import type { Key } from './key.js';
import { whole } from './options.js';
import { StoreError, holds } from './store.js';
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
    const entries: Entry[] = [];
    let bytes = 0;
    let more = false;
    for (const [key, { value, version }] of this.#values.entries(start)) {
      if (end !== undefined && key >= end) break;
      bytes += key.length + value.length;
      more = entries.length > 0 && (entries.length >= size.entries || bytes > size.bytes);
      if (more) break;
      entries.push({ key, value, version });
    }
    return { entries, more, revision: this.revision };
  }

  commit({ conditions, writes }: Transaction): Committed {
    this.#refuseClosed();
    const current = conditions
      .map(({ key, expected }) => ({ key, expected, entry: this.#entry(key) }))
      .filter(({ expected, entry }) => !holds(expected, entry))
      .map(({ key, entry }): Current => ({ key, entry }));
    if (current.length > 0) return { outcome: 'refused', revision: this.revision, current };
    const effective = writes.filter(({ key, value }) => value !== undefined || this.#values.has(key));
    if (effective.length > 0) this.#write(effective);
    return { outcome: 'done', revision: this.revision };
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

  #write(writes: Transaction['writes']): void {
    const version = this.revision + 1;
    const changes = writes.map(({ key, value }): Current => {
      if (value) this.#values.set(key, { value, version });
      else this.#values.delete(key);
      return { key, entry: value && { key, value, version } };
    });
    this.revision = version;
    this.#history.push({ revision: version, changes });
    this.#revisions.next(version);
  }

  #entry(key: Key): Entry | undefined {
    const found = this.#values.get(key);
    return found && { key, ...found };
  }

  #refuseClosed(): void {
    if (this.#closed) throw new StoreError('CLOSED', 'the store is closed');
  }
}
