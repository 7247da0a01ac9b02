import type { Key } from '../key.js';
import { revisionAfter } from './opening.js';
import { holds } from './store.js';
import type { Changes, Committed, Current, Entry, Transaction } from './store.js';

/** What becomes of a transaction. */
export interface Applied {
  readonly answer: Committed;
  /** Nothing, if it changes nothing. */
  readonly made: Changes | undefined;
}

/** What a transaction comes to on a store at `revision`, where the keys have these entries. */
export function applied(
  { conditions, writes }: Transaction,
  revision: number,
  entryOf: (key: Key) => Entry | undefined,
): Applied {
  const current = conditions
    .map(({ key, expected }) => ({ key, expected, entry: entryOf(key) }))
    .filter(({ expected, entry }) => !holds(expected, entry))
    .map(({ key, entry }): Current => ({ key, entry }));
  if (current.length > 0) return { answer: { outcome: 'refused', revision, current }, made: undefined };
  const effective = writes.filter(({ key, value }) => value !== undefined || entryOf(key) !== undefined);
  if (effective.length === 0) return { answer: { outcome: 'done', revision }, made: undefined };
  const version = revisionAfter(revision);
  const changes = effective.map(({ key, value }): Current => ({ key, entry: value && { key, value, version } }));
  return { answer: { outcome: 'done', revision: version }, made: { revision: version, changes } };
}
