import type { Model } from './linearizable.js';

/** What was seen of a key; an API may not tell the version. */
export interface Seen {
  readonly value: string;
  readonly version?: number | undefined;
}

export type Expected = { readonly version: number } | { readonly exists: boolean };

/** How keys were, all at once. */
export interface Read {
  readonly kind: 'read';
  readonly saw: Readonly<Record<string, Seen | undefined>>;
  readonly revision?: number | undefined;
}

/** What was to be written, all or nothing. */
export interface Wrote {
  readonly kind: 'write';
  readonly conditions: Readonly<Record<string, Expected>>;
  readonly writes: Readonly<Record<string, string | undefined>>;
  /** Not known, if it was never answered. */
  readonly outcome?: Outcome | undefined;
}

export type Outcome =
  | { readonly done: true; readonly revision?: number | undefined }
  | {
      readonly done: false;
      readonly revision?: number | undefined;
      /** Exactly what did not hold, if that is told. */
      readonly current?: Readonly<Record<string, Seen | undefined>> | undefined;
    };

export type Access = Read | Wrote;

interface State {
  readonly entries: Readonly<Record<string, Required<Seen>>>;
  readonly revision: number;
}

/**
 * A store of registers with versions, a key each. Each change makes the next revision, so that a history has to hold all
 * that was done to the store.
 */
export const versioned: Model<State, Access> = {
  initial: { entries: {}, revision: 0 },
  step: (state, access) => (access.kind === 'read' ? read(state, access) : write(state, access)),
  hash: ({ entries, revision }) => {
    const parts = Object.entries(entries).map(([key, { value, version }]) => `${key}=${value}@${String(version)}`);
    return `${String(revision)} ${parts.sort().join()}`;
  },
};

function read(state: State, { saw, revision = state.revision }: Read): State | undefined {
  const so = Object.entries(saw).every(([key, seen]) => isAsSeen(state.entries[key], seen));
  return so && revision === state.revision ? state : undefined;
}

function write(state: State, { conditions, writes, outcome }: Wrote): State | undefined {
  const failing = Object.keys(conditions).filter((key) => !holds(state.entries[key], conditions[key] as Expected));
  const next = failing.length === 0 ? written(state, writes) : state;
  if (!outcome) return next;
  const { done, revision = next.revision } = outcome;
  if (done !== (failing.length === 0) || revision !== next.revision) return undefined;
  if (outcome.done || !outcome.current) return next;
  const { current } = outcome;
  const told = Object.keys(current).sort().join() === failing.sort().join();
  return told ? read(state, { kind: 'read', saw: current }) : undefined;
}

function isAsSeen(entry: Required<Seen> | undefined, seen: Seen | undefined): boolean {
  if (!entry || !seen) return entry === seen;
  return entry.value === seen.value && (seen.version ?? entry.version) === entry.version;
}

function holds(entry: Required<Seen> | undefined, expected: Expected): boolean {
  return 'exists' in expected ? (entry !== undefined) === expected.exists : entry?.version === expected.version;
}

function written(state: State, writes: Wrote['writes']): State {
  const effective = Object.entries(writes).filter(([key, value]) => value !== undefined || state.entries[key]);
  if (effective.length === 0) return state;
  const version = state.revision + 1;
  const entries = new Map(Object.entries(state.entries));
  for (const [key, value] of effective) {
    if (value === undefined) entries.delete(key);
    else entries.set(key, { value, version });
  }
  return { entries: Object.fromEntries(entries), revision: version };
}
