import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import { EmptyBTree } from 'sorted-btree';
import type { ISortedMap } from 'sorted-btree';

import { checkNames } from '../../internal.js';
import type { Names } from '../../internal.js';
import type { Key } from '../key.js';
import { whole } from '../options.js';
import { applied } from './applied.js';
import { Filling } from './filling.js';
import { History } from './history.js';
import { firstRevision } from './opening.js';
import { historyLimits, historyNames } from './retention.js';
import type { HistoryOptions } from './retention.js';
import { StoreError } from './store.js';
import type {
  Changes,
  Committed,
  Current,
  Entry,
  Found,
  KnownChanges,
  Page,
  PageSize,
  Span,
  Store,
  Transaction,
} from './store.js';

const usualHistoryBytes = 64 << 20;

export interface MemoryOptions extends HistoryOptions {
  /**
   * The first revision that is given. Default the microseconds since 1970, which is beyond what any earlier store has
   * given: clients that outlive this process, and take the next one for the same, are told so. Give 1 where no client does,
   * in a test, say.
   */
  readonly firstRevision?: number;
}

const names: Names<MemoryOptions> = { firstRevision: true, ...historyNames };

/** Keeps everything in memory, in the order of the keys, for as long as the process lives. */
export function memoryStore(options: MemoryOptions = {}): Store {
  checkNames('memoryStore', options, names);
  const { firstRevision: given } = options;
  const revision = (given === undefined ? firstRevision(0) : whole('firstRevision', given)) - 1;
  return new MemoryStore(new History(historyLimits(options, usualHistoryBytes), { revision, after: 0 }), revision);
}

class MemoryStore implements Store {
  readonly revision$: Observable<number>;
  revision: number;
  readonly #values = EmptyBTree.clone() as ISortedMap<Key, Entry>;
  readonly #history: History;
  readonly #revisions = new Subject<number>();
  #closed = false;

  constructor(history: History, revision: number) {
    this.revision = revision;
    this.#history = history;
    this.revision$ = this.#revisions.asObservable();
  }

  get oldest(): number {
    return this.#history.oldest;
  }

  get(key: Key): Found {
    this.#refuseClosed();
    return { entry: this.#values.get(key), revision: this.revision };
  }

  range({ start, end }: Span, size: PageSize): Page {
    this.#refuseClosed();
    const filling = new Filling(size);
    for (const [key, entry] of this.#values.entries(start)) {
      if (end !== undefined && key >= end) break;
      if (!filling.add(entry)) break;
    }
    return filling.page(this.revision);
  }

  commit(transaction: Transaction): Committed {
    this.#refuseClosed();
    const { answer, made } = applied(transaction, this.revision, (key) => this.#values.get(key));
    if (made) this.#write({ ...made, changes: made.changes.map(kept) });
    return answer;
  }

  changes(from: number, max: number): KnownChanges {
    this.#refuseClosed();
    return this.#history.from(from, max);
  }

  compact(revision: number): void {
    this.#refuseClosed();
    this.#history.compact(whole('revision', revision, 0));
  }

  close(): void {
    this.#closed = true;
    this.#revisions.complete();
  }

  #write(made: Changes): void {
    for (const { key, entry } of made.changes) {
      if (entry) this.#values.set(key, entry);
      else this.#values.delete(key);
    }
    this.revision = made.revision;
    this.#history.push(made);
    this.#revisions.next(made.revision);
  }

  #refuseClosed(): void {
    if (this.#closed) throw new StoreError('CLOSED', 'the store is closed');
  }
}

/** With a value that keeps nothing else in memory: most of what comes over a wire is a part of a larger piece. */
function kept({ key, entry }: Current): Current {
  return { key, entry: entry && { ...entry, value: owned(entry.value) } };
}

function owned(value: Uint8Array): Uint8Array {
  if (2 * value.byteLength >= value.buffer.byteLength) return value;
  // Not of Node's pool, of which one value would keep the others too.
  const own = Buffer.allocUnsafeSlow(value.length);
  own.set(value);
  return own;
}
