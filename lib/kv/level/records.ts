import { bytesOf, keyOf } from '../key.js';
import type { Key } from '../key.js';
import { StoreError } from '../store/store.js';
import type { Changes, Current, Entry } from '../store/store.js';
import type { Bounds } from './database.js';

/**
 * How a store lies on disk, in records whose keys begin with a letter:
 *
 * - `h`, the head: the number of this layout, the newest revision and the oldest whose changes are known
 * - `c` and a revision, its changes: of each a 1 with key and value, or a 0 with the key, both after their lengths
 * - `v` and a key, its value: after the version
 *
 * Revisions are 8 bytes, lengths are 4, the most significant first.
 */
export interface Head {
  readonly revision: number;
  readonly oldest: number;
}

const layout = 1;
const revisionBytes = 8;
const lengthBytes = 4;
const readAheadBytes = 256 << 10;

export const headKey: Buffer = Buffer.from('h');

export function changesKey(revision: number): Buffer {
  return Buffer.concat([Buffer.from('c'), revisionOf(revision)]);
}

export function valueKey(key: Key): Buffer {
  return bytesOf(`v${key}` as Key);
}

/** All changes from a revision on. */
export function changesFrom(revision: number): Bounds {
  return { gte: changesKey(revision), lt: Buffer.from('d'), highWaterMarkBytes: readAheadBytes };
}

export function valuesBetween(start: Key, end: Key | undefined): Bounds {
  return {
    gte: valueKey(start),
    lt: end === undefined ? Buffer.from('w') : valueKey(end),
    highWaterMarkBytes: readAheadBytes,
  };
}

export function headRecord({ revision, oldest }: Head): Buffer {
  return Buffer.concat([Buffer.of(layout), revisionOf(revision), revisionOf(oldest)]);
}

export function headOf(record: Buffer): Head {
  const reading = new Reading('the head', record);
  const found = reading.byte();
  if (found !== layout) throw damaged(`the head is of layout ${found}, and not ${layout}`);
  const head = { revision: reading.revision(), oldest: reading.revision() };
  if (head.oldest < 1 || head.oldest > head.revision + 1) {
    throw damaged(`the head says that ${head.oldest} is the oldest revision, of ${head.revision}`);
  }
  return reading.whole(head);
}

export function valueRecord({ value, version }: Entry): Buffer {
  return Buffer.concat([revisionOf(version), value]);
}

export function entryOf(key: Key, record: Buffer): Entry {
  const reading = new Reading(`the value of ${shown(key)}`, record);
  const version = reading.revision();
  return { key, value: reading.rest(), version };
}

/** The key of a record of a value. */
export function keyOfValue(key: Uint8Array): Key {
  return keyOf(key.subarray(1));
}

export function changesRecord({ changes }: Changes): Buffer {
  return Buffer.concat(
    changes.flatMap(({ key, entry }) => {
      const bytes = bytesOf(key);
      if (!entry) return [Buffer.of(0), lengthOf(bytes), bytes];
      return [Buffer.of(1), lengthOf(bytes), bytes, lengthOf(entry.value), entry.value];
    }),
  );
}

export function changesOf(revision: number, record: Buffer): Changes {
  const reading = new Reading(`the changes of revision ${revision}`, record);
  const changes: Current[] = [];
  while (reading.more) {
    const kept = reading.byte();
    if (kept > 1) throw damaged(`the changes of revision ${revision} have one of kind ${kept}`);
    const key = keyOf(reading.measured());
    changes.push({ key, entry: kept === 0 ? undefined : { key, value: reading.measured(), version: revision } });
  }
  return { revision, changes };
}

/** The revision of a record of changes. */
export function revisionOfChanges(key: Uint8Array): number {
  return new Reading('a key of changes', Buffer.from(key.subarray(1))).revision();
}

export function damaged(what: string): StoreError {
  return new StoreError('UNUSABLE', `the store is damaged: ${what}`);
}

/** As bytes, and not too many of them. */
export function shown(key: Key): string {
  const hex = bytesOf(key).toString('hex');
  return hex.length > 64 ? `the key 0x${hex.slice(0, 64)}…` : `the key 0x${hex}`;
}

/** The parts of a record, one after the other. */
class Reading {
  readonly #what: string;
  #left: Buffer;

  constructor(what: string, record: Buffer) {
    this.#what = what;
    this.#left = record;
  }

  get more(): boolean {
    return this.#left.length > 0;
  }

  byte(): number {
    return this.#take(1).readUInt8();
  }

  revision(): number {
    const revision = this.#take(revisionBytes).readBigUInt64BE();
    if (revision > Number.MAX_SAFE_INTEGER) throw damaged(`${this.#what} has a revision of ${String(revision)}`);
    return Number(revision);
  }

  measured(): Buffer {
    return this.#take(this.#take(lengthBytes).readUInt32BE());
  }

  rest(): Buffer {
    return this.#take(this.#left.length);
  }

  whole<T>(read: T): T {
    if (this.more) throw damaged(`${this.#what} has ${this.#left.length} bytes too many`);
    return read;
  }

  #take(bytes: number): Buffer {
    if (this.#left.length < bytes) throw damaged(`${this.#what} ends ${bytes - this.#left.length} bytes too soon`);
    const taken = this.#left.subarray(0, bytes);
    this.#left = this.#left.subarray(bytes);
    return taken;
  }
}

function revisionOf(revision: number): Buffer {
  const bytes = Buffer.alloc(revisionBytes);
  bytes.writeBigUInt64BE(BigInt(revision));
  return bytes;
}

function lengthOf({ length }: Uint8Array): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  bytes.writeUInt32BE(length);
  return bytes;
}
