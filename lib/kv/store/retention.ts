import Denque from 'denque';

import type { Names } from '../../internal.js';
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

export const historyNames: Names<HistoryOptions> = { maxRevisions: true, maxHistoryBytes: true };

export function historyLimits(
  { maxRevisions = 10_000, maxHistoryBytes }: HistoryOptions,
  usualBytes: number,
): HistoryLimits {
  return {
    maxRevisions: whole('maxRevisions', maxRevisions),
    maxHistoryBytes: whole('maxHistoryBytes', maxHistoryBytes ?? usualBytes),
  };
}

/** One revision of the history, or an opening of the store, which comes before the first revision that it gave. */
export interface Kept {
  readonly revision: number;
  readonly bytes: number;
  readonly isOpening: boolean;
}

/** What is to be forgotten, and from which revision on everything is known then. */
export interface Forgetting {
  readonly known: number;
  /** The revisions of those that go. */
  readonly gone: readonly number[];
}

/**
 * Which revisions are known, and which of them have to make room for those that come. An opening does not count as a
 * revision, so that restarts push nothing out; it goes with what comes before it, or when many of them leave no room.
 */
export class Retention {
  readonly #limits: HistoryLimits;
  readonly #kept = new Denque<Kept>();
  #known: number;
  #bytes = 0;
  #revisions = 0;
  /** The oldest revision of those kept. */
  #first: number | undefined;

  /** Everything is known from `known` on; what that is, is to be added by `advance`. */
  constructor(limits: HistoryLimits, known = 1) {
    this.#limits = limits;
    this.#known = known;
  }

  /** The first revision from which on nothing has been forgotten. */
  get known(): number {
    return this.#known;
  }

  /** The oldest revision that is known; one more than the newest, if none is. */
  get oldest(): number {
    return this.#first ?? (this.#kept.peekBack()?.revision ?? this.#known - 1) + 1;
  }

  /** What would have to go if these were added, and if what is before the revision `from` is not wanted any more. */
  forgettingFor(added: readonly Kept[], from = 0): Forgetting {
    const { maxRevisions, maxHistoryBytes } = this.#limits;
    const before = this.#kept.length;
    const count = before + added.length;
    let bytes = added.reduce((sum, kept) => sum + kept.bytes, this.#bytes);
    let revisions = added.reduce((sum, kept) => sum + (kept.isOpening ? 0 : 1), this.#revisions);
    const gone: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const first = (at < before ? this.#kept.peekAt(at) : added[at - before]) as Kept;
      // The newest revision stays, and the last opening before it.
      const isSpare = revisions > 1 || (first.isOpening && count - at > revisions + 1);
      const goes = first.revision < from || revisions > maxRevisions || (isSpare && bytes > maxHistoryBytes);
      if (!goes) break;
      bytes -= first.bytes;
      if (!first.isOpening) revisions -= 1;
      gone.push(first.revision);
    }
    const last = gone.at(-1);
    return { known: last === undefined ? this.#known : last + 1, gone };
  }

  /** These are known from now on, and what is before `known` no more. */
  advance(added: readonly Kept[], known: number): void {
    for (const kept of added) this.#add(kept);
    for (let front = this.#kept.peekFront(); front && front.revision < known; front = this.#kept.peekFront()) {
      this.#remove(front);
    }
    this.#known = Math.max(this.#known, known);
  }

  #add(kept: Kept): void {
    this.#kept.push(kept);
    this.#bytes += kept.bytes;
    if (kept.isOpening) return;
    this.#revisions += 1;
    this.#first ??= kept.revision;
  }

  #remove(front: Kept): void {
    this.#kept.shift();
    this.#bytes -= front.bytes;
    if (front.isOpening) return;
    this.#revisions -= 1;
    this.#first = this.#revisions === 0 ? undefined : this.#firstRevision();
  }

  #firstRevision(): number | undefined {
    for (let at = 0; at < this.#kept.length; at += 1) {
      const kept = this.#kept.peekAt(at) as Kept;
      if (!kept.isOpening) return kept.revision;
    }
    return undefined;
  }
}

/** What a change takes in memory beside its bytes, about. */
const besides = 256;

export function bytesOfChanges({ changes }: Changes): number {
  return changes.reduce((sum, { key, entry }) => sum + key.length + (entry?.value.length ?? 0) + besides, 0);
}
