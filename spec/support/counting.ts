import type { Transaction } from 'rxduplex/kv';

import { expect, put } from './store-kinds.js';

/** A writer writes a count to both of its keys, on top of a version of them. */
export function counting(writer: number, count: number, version: number | undefined): Transaction {
  const expected = version === undefined ? { exists: false } : { version };
  const value = Buffer.alloc(4 + (count % 2000));
  value.writeUInt32LE(count);
  return {
    conditions: [expect(`a${writer}`, expected), expect(`b${writer}`, expected)],
    writes: [...put(`a${writer}`, value).writes, ...put(`b${writer}`, value).writes],
  };
}

export function countOf(value: Uint8Array): number {
  return Buffer.from(value).readUInt32LE();
}
