import Denque from 'denque';

import type { Opening } from './opening.js';
import { Retention, bytesOfChanges } from './retention.js';
import type { HistoryLimits, Kept } from './retention.js';
import type { Changes, KnownChanges } from './store.js';

/** The changes of the newest revisions of a store that was opened once, one after the other without a gap. */
export class History {
  readonly #opening: Opening;
  readonly #revisions = new Denque<Changes>();
  readonly #retention: Retention;
  #newest: number;

  constructor(limits: HistoryLimits, opening: Opening) {
    const { revision, after } = opening;
    this.#opening = opening;
    this.#newest = revision;
    this.#retention = new Retention(limits, after + 1);
    this.#retention.advance(revision > after ? [{ revision, bytes: 0, isOpening: true }] : [], after + 1);
  }

  get oldest(): number {
    return this.#retention.oldest;
  }

  push(changes: Changes): void {
    const { revision } = changes;
    this.#revisions.push(changes);
    this.#newest = revision;
    this.#forget([{ revision, bytes: bytesOfChanges(changes), isOpening: false }]);
  }

  /** At most `max` of them from the revision `from` on. */
  from(from: number, max: number): KnownChanges {
    const { known } = this.#retention;
    const { revision, after } = this.#opening;
    if (from < known) return { oldest: known };
    if (from > after + 1 && from <= revision) return { oldest: revision + 1 };
    const first = this.#revisions.peekFront()?.revision ?? this.#newest + 1;
    const changes: Changes[] = [];
    for (let at = Math.max(from - first, 0); at < this.#revisions.length && changes.length < max; at++) {
      changes.push(this.#revisions.peekAt(at) as Changes);
    }
    return { changes, upTo: changes.at(-1)?.revision ?? Math.max(this.#newest, from - 1) };
  }

  /** Forgets those before `revision`. */
  compact(revision: number): void {
    this.#forget([], revision);
  }

  #forget(added: readonly Kept[], from = 0): void {
    const { known } = this.#retention.forgettingFor(added, from);
    this.#retention.advance(added, known);
    for (
      let front = this.#revisions.peekFront();
      front && front.revision < known;
      front = this.#revisions.peekFront()
    ) {
      this.#revisions.shift();
    }
  }
}
