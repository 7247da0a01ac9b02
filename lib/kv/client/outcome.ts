import { status } from '@grpc/grpc-js';

import type { TransactResponse__Output, WriteResponse__Output } from '../../generated/kv.js';
import { currentOf, numberOf, statusError } from './values.js';
import type { KvCurrent, KvEntry } from './values.js';
import { sameBytes } from './writes.js';
import type { Written } from './writes.js';

/**
 * What became of a write. An error in its place says that nothing was written.
 *
 * - `done`: it was written, as `revision`; where there was nothing to change, that of the store.
 * - `refused`: nothing was written, because `current` is not what was expected.
 * - `unknown`: a connection had it, and the service did not say what became of it. It may have been written, or may still
 *   be, or not. It is a value, so that a `switch` has to deal with it: an error would be taken for one that says no.
 */
export type KvOutcome<Current> = Answered<Current> | { readonly outcome: 'unknown'; readonly error: unknown };

/** What a server can answer. */
export type Answered<Current> =
  | { readonly outcome: 'done'; readonly revision: number }
  | { readonly outcome: 'refused'; readonly revision: number; readonly current: Current };

export function answeredOf(response: WriteResponse__Output | TransactResponse__Output): Answered<readonly KvCurrent[]> {
  const { done, refused } = response;
  if (done) return { outcome: 'done', revision: numberOf('revision', done.revision) };
  if (refused) {
    const revision = numberOf('revision', refused.revision);
    return { outcome: 'refused', revision, current: refused.current.map(currentOf) };
  }
  throw statusError(status.DATA_LOSS, 'the answer to a write says neither done nor refused');
}

/** The same of a write of one key: how that is. */
export function ofOneKey(outcome: KvOutcome<readonly KvCurrent[]>): KvOutcome<KvEntry | undefined> {
  return outcome.outcome === 'refused' ? { ...outcome, current: outcome.current[0]?.entry } : outcome;
}

/**
 * What the answer to a repeated write says of all its attempts, `error` being that of one which may have been applied.
 * A refusal by a value of its own is the success of that attempt: nothing but the write itself is known to have
 * written it, unless another writer wrote the same bytes. A refusal by anything else does not tell whether the write was
 * applied and then overwritten, or never was.
 */
export function judged(
  written: Written,
  answer: Answered<readonly KvCurrent[]>,
  error: unknown,
): KvOutcome<readonly KvCurrent[]> {
  if (answer.outcome === 'done' || neverHeld(written, answer.current)) return answer;
  const revision = revisionOfOwn(written, answer.current);
  const isOwn = revision !== undefined && mayHaveBeen(revision, written, answer.current);
  return isOwn ? { outcome: 'done', revision } : { outcome: 'unknown', error };
}

/** Versions only grow: a key that is older than expected has never been as expected. */
function neverHeld({ conditions }: Written, current: readonly KvCurrent[]): boolean {
  return current.some(({ key, entry }) => {
    const version = versionExpected(conditions, key);
    return entry !== undefined && version !== undefined && entry.version < version;
  });
}

/** The version of what was found to be as it was to be written. Those of one write are the same. */
function revisionOfOwn({ writes }: Written, current: readonly KvCurrent[]): number | undefined {
  const versions = current.flatMap(({ key, entry }) => {
    const value = writes.find((write) => sameBytes(write.key, key))?.value;
    return entry && value && sameBytes(entry.value, value) ? [entry.version] : [];
  });
  return new Set(versions).size === 1 ? versions[0] : undefined;
}

/** A transaction writes all of its keys as one revision, and none of them is older after it. */
function mayHaveBeen(revision: number, { writes }: Written, current: readonly KvCurrent[]): boolean {
  return current.every(({ key, entry }) => {
    const isWritten = writes.some((write) => sameBytes(write.key, key));
    return !isWritten || entry === undefined || entry.version >= revision;
  });
}

function versionExpected(conditions: Written['conditions'], key: Uint8Array): number | undefined {
  const expected = conditions.find((condition) => sameBytes(condition.key, key))?.expected;
  return expected && 'version' in expected ? expected.version : undefined;
}
