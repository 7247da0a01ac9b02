import type { Observable } from 'rxjs';
import type { Key } from '../key.js';
import type { Soon } from '../soon.js';

/** A key with its value. `version` is the revision that wrote it. */
export interface Entry {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly version: number;
}

/** How a key is: without an `entry` it has no value. */
export interface Current {
  readonly key: Key;
  readonly entry: Entry | undefined;
}

/** It has the value of that version; or it has a value, or none. */
export type Expectation = { readonly version: number } | { readonly exists: boolean };

export interface Condition {
  readonly key: Key;
  readonly expected: Expectation;
}

/** Without a `value` the key is to have none. */
export interface Write {
  readonly key: Key;
  readonly value: Uint8Array | undefined;
}

/** All writes, if all conditions hold; else none. No key is named twice among either. */
export interface Transaction {
  readonly conditions: readonly Condition[];
  readonly writes: readonly Write[];
}

/** `revision` is that of the writes; where they change nothing, and where they were refused, that of the store. */
export type Committed =
  | { readonly outcome: 'done'; readonly revision: number }
  | { readonly outcome: 'refused'; readonly revision: number; readonly current: readonly Current[] };

export interface Found {
  readonly entry: Entry | undefined;
  readonly revision: number;
}

/** From the key `start` up to `end`, which is not part of it; without an `end`, to the last. */
export interface Span {
  readonly start: Key;
  readonly end: Key | undefined;
}

/** What a page of a range holds at most; it holds one entry in any case. */
export interface PageSize {
  readonly entries: number;
  readonly bytes: number;
}

export interface Page {
  readonly entries: readonly Entry[];
  /** Whether there is more after them. */
  readonly more: boolean;
  readonly revision: number;
}

/** What one revision changed, in the order of its writes. */
export interface Changes {
  readonly revision: number;
  readonly changes: readonly Current[];
}

/** The answer to `Store.changes`. */
export type KnownChanges =
  | {
      /** In order. The other revisions up to `upTo` were never given. */
      readonly changes: readonly Changes[];
      /** How far this tells everything; the revision before the one that was asked for, if there is nothing to tell yet. */
      readonly upTo: number;
    }
  | {
      /**
       * The revision that was asked for is not known: it was forgotten, or another life of the store has given it (see
       * `firstRevision`). This is the oldest one after it that is.
       */
      readonly oldest: number;
    };

/**
 * Where keys and values are. Every commit that changes something makes a revision, counted up and never given twice. What
 * a commit has answered is kept as the store promises. Of one that failed nobody knows whether it was done, unless it
 * failed with a `StoreError` whose `notDone` is true.
 */
export interface Store {
  /** The newest there is; of a store in which nothing has been written, the one before its first. */
  readonly revision: number;
  /** The oldest one whose changes are still known; one more than `revision`, if none are. */
  readonly oldest: number;
  /** Emits each new revision once it can be read, and completes when the store is closed. */
  readonly revision$: Observable<number>;
  get(key: Key): Soon<Found>;
  range(span: Span, size: PageSize): Soon<Page>;
  /**
   * Atomic: no other commit comes between its conditions and its writes. The values are the store's from now on: nobody
   * changes them, and the store does not either.
   */
  commit(transaction: Transaction): Soon<Committed>;
  /**
   * The changes of at most so many revisions from `from` on, and how far they go. A store whose `revision` runs ahead of
   * what it can tell yet emits on `revision$` when it can tell more.
   */
  changes(from: number, max: number): Soon<KnownChanges>;
  /** Forgets the changes of all revisions before `revision`. The values stay. */
  compact(revision: number): Soon<void>;
  /** Done when nothing more will be. What was asked before is still done, what is asked afterwards fails. */
  close(): Soon<void>;
}

/** Why a store could not do what it was asked for. */
export type StoreFailure =
  /** There is no room for what was to be written. Reads still work. */
  | 'FULL'
  /** Another store, of this or another process, uses the directory. */
  | 'IN_USE'
  /** The directory is damaged, or is not a store; or no revisions are left. */
  | 'UNUSABLE'
  /** The store was closed. */
  | 'CLOSED';

export interface StoreErrorOptions extends ErrorOptions {
  /** Default true. */
  readonly notDone?: boolean;
}

/** Why a store did not do what it was asked for. */
export class StoreError extends Error {
  readonly code: StoreFailure;
  /**
   * Whether it is certain that nothing of it was done, and that nothing will be. False where the store failed while it was
   * writing: what it wrote may be found after a crash. Clients are told that such a write is in doubt.
   */
  readonly notDone: boolean;

  constructor(code: StoreFailure, message: string, { notDone = true, ...options }: StoreErrorOptions = {}) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
    this.notDone = notDone;
  }
}

/** Each that it names, some of them twice. */
export const keysOf = ({ conditions, writes }: Transaction): readonly Key[] =>
  [...conditions, ...writes].map(({ key }) => key);

/** Whether `entry` is as expected. */
export function holds(expected: Expectation, entry: Entry | undefined): boolean {
  return 'version' in expected ? entry?.version === expected.version : (entry !== undefined) === expected.exists;
}
