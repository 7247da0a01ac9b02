import { StoreError } from './store.js';

/**
 * A store was opened. Its newest revision was `after`, and the first one that it gave from then on came behind
 * `revision`; those between were never given here.
 */
export interface Opening {
  readonly revision: number;
  readonly after: number;
}

/** How far a store goes beyond its newest revision, at most, when the clock is behind that. */
const longestLeap = 2 ** 32;

/**
 * The first revision of a store that is opened, `newest` being the newest it has; 0, if there is none.
 *
 * No revision may be given twice, because clients remember them: as the position of a watch, and as versions to compare
 * with. To count on from the newest is not enough. A directory may be put back from a backup, or be deleted, and a store in
 * memory is empty after a restart: then clients remember revisions of which the store knows nothing. If it gave them again,
 * a watch would go on among changes that it has never been told, and a compare-and-set would overwrite what its
 * client has not seen.
 *
 * Nothing in a directory tells whether it was put back. So every opening leaves a gap, and goes on with the
 * microseconds since 1970. Whatever life the store had before was opened earlier and has given fewer than a million
 * revisions a second since, so that all of its revisions are behind. If the newest is ahead of the clock, which was set back
 * then, the gap is drawn by chance: from the same backup two lives go on with the same revision once in four thousand
 * million times.
 *
 * What may a watch be told that comes back with a position (the revision that it is to be told next) around a gap?
 *
 * - At `newest + 1`, or before: it has seen revisions up to `newest` only. Those are in the directory, and every life
 *   that went on from it shares them. It is told all that the history holds, and misses nothing: an ordinary restart
 *   is not noticed.
 * - Within the gap: it has seen a revision that this store never gave, and may have missed others. It is told
 *   that its position is compacted, and reads anew.
 * - Behind the gap: it has seen what was written since.
 *
 * A version from within the gap is that of no value, so that a compare-and-set on it is refused.
 *
 * This relies on the clock, unless it is set back only between two openings of one directory that was never put back; and
 * on one store at a time: two copies of a directory that are served at the same time are two stores.
 */
export function firstRevision(
  newest: number,
  now: () => number = Date.now,
  random: () => number = Math.random,
): number {
  const byClock = Math.floor(now() * 1_000);
  const first = byClock > newest ? byClock : newest + 1 + Math.floor(random() * longestLeap);
  if (first <= Number.MAX_SAFE_INTEGER) return first;
  throw new StoreError(
    'UNUSABLE',
    `no revisions are left: the next one would be ${first}, ${Number.MAX_SAFE_INTEGER} is the last there can be, and by ` +
      `the clock it is ${byClock}`,
  );
}

/** The revision after `newest`. */
export function revisionAfter(newest: number): number {
  if (newest < Number.MAX_SAFE_INTEGER) return newest + 1;
  throw new StoreError('FULL', `no revisions are left: ${newest} is the last there can be`);
}
