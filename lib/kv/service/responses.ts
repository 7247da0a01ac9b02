import type {
  Current as CurrentMessage,
  Entry as EntryMessage,
  GetResponse,
  RangeResponse,
  Refused,
  WriteResponse,
} from '../../generated/kv.js';
import { bytesOf } from '../key.js';
import type { Committed, Current, Entry, Found, Page } from '../store/store.js';
import { continuationOf } from './continuation.js';

export const found = ({ entry, revision }: Found): GetResponse => ({
  ...(entry && { entry: entryOf(entry) }),
  revision,
});

export const page = (read: Page): RangeResponse => ({
  entries: read.entries.map(entryOf),
  continuation: continuationOf(read),
  revision: read.revision,
});

/** A transaction is answered as a single write is. */
export const committed =
  (maxBytes: number) =>
  (result: Committed): WriteResponse =>
    result.outcome === 'done' ? { done: { revision: result.revision } } : { refused: refused(result, maxBytes) };

/** A key is told as it is in the answer to a refusal, and in a change. */
export const currentOf = ({ key, entry }: Current): CurrentMessage => ({
  key: bytesOf(key),
  ...(entry && { entry: entryOf(entry) }),
});

const entryOf = ({ key, value, version }: Entry): EntryMessage => ({ key: bytesOf(key), value, version });

/** The first of what did not hold, and as much more of it as one answer may tell. */
function refused(
  { current, revision }: Extract<Committed, { readonly outcome: 'refused' }>,
  maxBytes: number,
): Refused {
  let bytes = 0;
  const told = current.filter(({ key, entry }, index) => {
    bytes += key.length + (entry ? key.length + entry.value.length : 0);
    return index === 0 || bytes <= maxBytes;
  });
  return { current: told.map(currentOf), revision };
}
