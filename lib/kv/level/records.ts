import { bytesOf, keyOf } from '../key.js';
import type { Key } from '../key.js';
import type { Opening } from '../store/opening.js';
import { StoreError } from '../store/store.js';
import type { Changes, Current, Entry } from '../store/store.js';
import type { Bounds } from './database.js';

/**
 * How a store lies on disk, in records whose keys begin with a letter:
 *
 * - `h`, the head: the number of this layout, the newest revision, and the one from which on nothing has been forgotten
 * - `c` and a revision, its changes: of each a 1 with key and value, or a 0 with the key, both after their lengths
 * - `c` and a revision, an opening of the store: a 2, and the revision after which it came
 * - `v` and a key, its value: after the version
 *
 * Revisions are 8 bytes, lengths are 4, the most significant first.
 */
export interface Head {
  readonly revision: number;
  /** Whoever has seen all revisions before this one can be told all that came after. */
  readonly known: number;
}

const layout = 2;
/** In a store of layout 1 there are no openings. */
const oldLayout = 1;

const changeKinds = { removed: 0, put: 1 } as const;
const openingKind = 2;
const revisionBytes = 8;
const lengthBytes = 4;
const readAheadBytes = 256 << 10;

export const headKey: Buffer = Buffer.from('h');

export function historyKey(revision: number): Buffer {
  return Buffer.concat([Buffer.from('c'), revisionOf(revision)]);
}

export function valueKey(key: Key): Buffer {
  return bytesOf(`v${key}` as Key);
}

/** The history from a revision on. */
export function historyFrom(revision: number): Bounds {
  return { gte: historyKey(revision), lt: Buffer.from('d'), highWaterMarkBytes: readAheadBytes };
}

export function valuesBetween(start: Key, end: Key | undefined): Bounds {
  return {
    gte: valueKey(start),
    lt: end === undefined ? Buffer.from('w') : valueKey(end),
    highWaterMarkBytes: readAheadBytes,
  };
}

export function headRecord({ revision, known }: Head): Buffer {
  return Buffer.concat([Buffer.of(layout), revisionOf(revision), revisionOf(known)]);
}

export function headOf(record: Buffer): Head {
  const reading = new Reading('the head', record);
  const found = reading.byte();
  if (found !== layout && found !== oldLayout) throw damaged(`the head is of layout ${found}, and not ${layout}`);
  const head = { revision: reading.revision(), known: reading.revision() };
  if (head.known < 1 || head.known > head.revision + 1) {
    throw damaged(`the head says that ${head.known} is the oldest revision, of ${head.revision}`);
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
      if (!entry) return [Buffer.of(changeKinds.removed), lengthOf(bytes), bytes];
      return [Buffer.of(changeKinds.put), lengthOf(bytes), bytes, lengthOf(entry.value), entry.value];
    }),
  );
}

export function openingRecord({ after }: Opening): Buffer {
  return Buffer.concat([Buffer.of(openingKind), revisionOf(after)]);
}

/** Whether a record of the history is that of an opening. */
export const isOpening = (record: Buffer): boolean => record[0] === openingKind;

export function openingOf(revision: number, record: Buffer): Opening {
  const reading = new Reading(`the opening at revision ${revision}`, record);
  reading.byte();
  return reading.whole({ revision, after: reading.revision() });
}

export function changesOf(revision: number, record: Buffer): Changes {
  const reading = new Reading(`the changes of revision ${revision}`, record);
  const changes: Current[] = [];
  while (reading.more) {
    const kind = reading.byte();
    const key = keyOf(reading.measured());
    if (kind === changeKinds.removed) changes.push({ key, entry: undefined });
    else if (kind === changeKinds.put)
      changes.push({ key, entry: { key, value: reading.measured(), version: revision } });
    else throw damaged(`the changes of revision ${revision} have one of kind ${kind}`);
  }
  return { revision, changes };
}

/** The revision of a record of the history. */
export function revisionOfRecord(key: Uint8Array): number {
  return new Reading('a key of the history', Buffer.from(key.subarray(1))).revision();
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
