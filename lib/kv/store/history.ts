import Denque from 'denque';

import type { Changes } from './store.js';

/** The changes of the newest revisions, one after the other without a gap. */
export class History {
  readonly #max: number;
  readonly #revisions = new Denque<Changes>();
  #oldest = 1;

  /** Keeps at most so many revisions. */
  constructor(max: number) {
    this.#max = max;
  }

  get oldest(): number {
    return this.#oldest;
  }

  push(changes: Changes): void {
    this.#revisions.push(changes);
    if (this.#revisions.length > this.#max) this.compact(this.#oldest + 1);
  }

  /** At most `max` of them, the first of them `from`; nothing if that is no longer known. */
  from(from: number, max: number): readonly Changes[] | undefined {
    if (from < this.#oldest) return undefined;
    const found: Changes[] = [];
    for (let at = from - this.#oldest; at < this.#revisions.length && found.length < max; at++) {
      found.push(this.#revisions.peekAt(at) as Changes);
    }
    return found;
  }

  /** Forgets those before `revision`. */
  compact(revision: number): void {
    while (this.#oldest < revision && this.#revisions.shift()) this.#oldest += 1;
  }
}
