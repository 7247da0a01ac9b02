import Denque from 'denque';

import { whole } from '../options.js';
import type { Changes } from './store.js';

export interface HistoryOptions {
  /** How many revisions back changes are known, for those who watch. Default 10,000. */
  readonly maxRevisions?: number;
  /**
   * How many bytes those changes may have: keys, values, and in memory 256 more for each; the newest revision is known in
   * any case. Default 64 MiB in memory, and 256 MiB on disk, where a start reads them once.
   */
  readonly maxHistoryBytes?: number;
}

export type HistoryLimits = Required<HistoryOptions>;

export function historyLimits(
  { maxRevisions = 10_000, maxHistoryBytes }: HistoryOptions,
  usualBytes: number,
): HistoryLimits {
  return {
    maxRevisions: whole('maxRevisions', maxRevisions),
    maxHistoryBytes: whole('maxHistoryBytes', maxHistoryBytes ?? usualBytes),
  };
}

/** Which revisions are known, and which of them have to make room for those that come. */
export class Retention {
  readonly #limits: HistoryLimits;
  readonly #sizes = new Denque<number>();
  #oldest: number;
  #bytes = 0;

  constructor(limits: HistoryLimits, oldest = 1) {
    this.#limits = limits;
    this.#oldest = oldest;
  }

  get oldest(): number {
    return this.#oldest;
  }

  /** Which would be the oldest, if revisions of so many bytes were added. */
  oldestWith(added: readonly number[]): number {
    const { maxRevisions, maxHistoryBytes } = this.#limits;
    const known = this.#sizes.length;
    let bytes = added.reduce((sum, size) => sum + size, this.#bytes);
    let count = known + added.length;
    let first = 0;
    while (count > maxRevisions || (count > 1 && bytes > maxHistoryBytes)) {
      bytes -= (first < known ? this.#sizes.peekAt(first) : added[first - known]) ?? 0;
      first += 1;
      count -= 1;
    }
    return this.#oldest + first;
  }

  /** The next revision is known from now on, and those before `oldest` no more. */
  advance(added: readonly number[], oldest: number): void {
    for (const size of added) {
      this.#sizes.push(size);
      this.#bytes += size;
    }
    while (this.#oldest < oldest && this.#sizes.length > 0) {
      this.#bytes -= this.#sizes.shift() ?? 0;
      this.#oldest += 1;
    }
  }
}

/** What a change takes in memory beside its bytes, about. */
const besides = 256;

export function bytesOfChanges({ changes }: Changes): number {
  return changes.reduce((sum, { key, entry }) => sum + key.length + (entry?.value.length ?? 0) + besides, 0);
}
