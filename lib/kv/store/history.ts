import Denque from 'denque';

import { Retention, bytesOfChanges } from './retention.js';
import type { HistoryLimits } from './retention.js';
import type { Changes } from './store.js';

/** The changes of the newest revisions, one after the other without a gap. */
export class History {
  readonly #revisions = new Denque<Changes>();
  readonly #retention: Retention;

  constructor(limits: HistoryLimits, oldest: number) {
    this.#retention = new Retention(limits, oldest);
  }

  get oldest(): number {
    return this.#retention.oldest;
  }

  push(changes: Changes): void {
    const added = [bytesOfChanges(changes)];
    this.#revisions.push(changes);
    this.#advance(added, this.#retention.oldestWith(added));
  }

  /** At most `max` of them, the first of them `from`; nothing if that is no longer known. */
  from(from: number, max: number): readonly Changes[] | undefined {
    if (from < this.oldest) return undefined;
    const found: Changes[] = [];
    for (let at = from - this.oldest; at < this.#revisions.length && found.length < max; at++) {
      found.push(this.#revisions.peekAt(at) as Changes);
    }
    return found;
  }

  /** Forgets those before `revision`. */
  compact(revision: number): void {
    this.#advance([], revision);
  }

  #advance(added: readonly number[], oldest: number): void {
    this.#retention.advance(added, oldest);
    while (this.#revisions.length > 0 && (this.#revisions.peekFront() as Changes).revision < this.oldest) {
      this.#revisions.shift();
    }
  }
}
