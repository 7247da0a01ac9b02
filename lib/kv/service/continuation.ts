import { bytesOf, keyOf } from '../key.js';
import type { Key } from '../key.js';
import type { Page, Span } from '../store/store.js';
import { invalid } from './failure.js';

/** Before the key that was the last of a page; another way to go on would begin with another byte. */
const afterKey = 1;

/** Where a range goes on after a page; empty after the last one. */
export function continuationOf({ entries, more }: Page): Buffer {
  const last = entries.at(-1);
  return more && last ? Buffer.concat([Buffer.of(afterKey), bytesOf(last.key)]) : Buffer.alloc(0);
}

/** What is left of a span. */
export function continuedFrom({ start, end }: Span, continuation: Buffer, maxKeyBytes: number): Span {
  const last = keyOf(continuation.subarray(1));
  const within = last >= start && (end === undefined || last < end);
  if (continuation[0] !== afterKey || !within || last.length > maxKeyBytes) {
    throw invalid('a continuation must be that of an answer to the same range');
  }
  return { start: `${last}\0` as Key, end };
}
