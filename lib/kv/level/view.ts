import { Filling } from '../store/filling.js';
import type { Key } from '../key.js';
import { UnderWay } from '../under-way.js';
import type { Kept } from '../store/retention.js';
import type { Changes, Entry, Found, KnownChanges, Page, PageSize, Span } from '../store/store.js';
import type { Bounds, Database, Records, Snapshot } from './database.js';
import {
  changesOf,
  damaged,
  entryOf,
  headKey,
  headOf,
  historyFrom,
  isOpening,
  keyOfValue,
  openingOf,
  revisionOfRecord,
  shown,
  valueKey,
  valuesBetween,
} from './records.js';
import type { Head } from './records.js';

const stepEntries = 1000;

/** The store as it is at one revision, whatever is written meanwhile. */
export class View {
  readonly head: Head;
  readonly #db: Database;
  readonly #snapshot: Snapshot;
  readonly #reads = new UnderWay();

  /** Nothing is being written: it is what the head says. */
  constructor(db: Database, head: Head) {
    this.head = head;
    this.#db = db;
    this.#snapshot = db.snapshot();
  }

  /** Reads what belongs together: it is here until the end of that. */
  read<T>(use: (view: this) => Promise<T>): Promise<T> {
    return this.#reads.do(() => use(this));
  }

  /** The records of any keys. */
  async records(keys: Uint8Array[]): Promise<(Buffer | undefined)[]> {
    return keys.length === 0 ? [] : this.#db.getMany(keys, { snapshot: this.#snapshot });
  }

  /** What is known of the values of some keys: each is decoded when it is asked for. */
  async values(keys: readonly Key[]): Promise<(key: Key) => Entry | undefined> {
    const records = await this.records(keys.map(valueKey));
    const found = new Map(keys.map((key, index) => [key, records[index]]));
    return (key) => {
      const record = found.get(key);
      return record && this.#entry(key, record);
    };
  }

  async get(key: Key): Promise<Found> {
    const record = await this.#db.get(valueKey(key), { snapshot: this.#snapshot });
    return { entry: record && this.#entry(key, record), revision: this.head.revision };
  }

  async range({ start, end }: Span, size: PageSize): Promise<Page> {
    const filling = new Filling(size);
    const records = this.#records(valuesBetween(start, end));
    for await (const [recordKey, record] of stepsOf(records, size.entries + 1)) {
      if (!filling.add(this.#entry(keyOfValue(recordKey), record))) break;
    }
    return filling.page(this.head.revision);
  }

  /** An opening counts as a revision here, so that no number of them is read at once. */
  async changes(from: number, max: number): Promise<KnownChanges> {
    const { revision: newest, known } = this.head;
    if (from < known) return { oldest: known };
    const changes: Changes[] = [];
    if (from > newest) return { changes, upTo: from - 1 };
    let next = from;
    let left = max;
    for await (const [key, record] of stepsOf(this.#records(historyFrom(from)), max)) {
      const came = revisionOfRecord(key);
      const before = isOpening(record) ? openingOf(came, record).after : came - 1;
      // Who asks from within the gap before an opening has seen a revision of another life: see `firstRevision`.
      if (before < from - 1 && next === from) return { oldest: came + 1 };
      if (before !== next - 1) throw damaged(`after the changes before revision ${next} come those of ${before + 1}`);
      if (!isOpening(record)) changes.push(changesOf(came, record));
      next = came + 1;
      left -= 1;
      if (left === 0 || next > newest) return { changes, upTo: came };
    }
    throw damaged(`the changes of revision ${next} are missing`);
  }

  /** The whole history, without its contents. */
  async history(): Promise<readonly Kept[]> {
    const kept: Kept[] = [];
    for await (const [key, record] of stepsOf(this.#records(historyFrom(this.head.known)), Infinity)) {
      kept.push({ revision: revisionOfRecord(key), bytes: record.length, isOpening: isOpening(record) });
    }
    return kept;
  }

  /** Ends it, once what is being read is read. */
  async release(): Promise<void> {
    await this.#reads.idle();
    await this.#snapshot.close();
  }

  #entry(key: Key, record: Buffer): Entry {
    const entry = entryOf(key, record);
    if (entry.version < 1 || entry.version > this.head.revision) {
      throw damaged(`${shown(key)} has a value of revision ${entry.version}, of ${this.head.revision}`);
    }
    return entry;
  }

  #records(bounds: Bounds): Records {
    return this.#db.iterator({ ...bounds, snapshot: this.#snapshot });
  }
}

/** The newest there is. A database in which there is nothing becomes a store with its first write. */
export async function openView(db: Database): Promise<View> {
  const snapshot = db.snapshot();
  try {
    const record = await db.get(headKey, { snapshot });
    if (record) return new View(db, headOf(record));
    const first = await firstOf(
      db.iterator({ gte: Buffer.of(), lt: Buffer.of(0xff), highWaterMarkBytes: 1, snapshot }),
    );
    if (first) throw damaged(`it has no head, but a record at 0x${Buffer.from(first).toString('hex', 0, 32)}`);
    return new View(db, { revision: 0, known: 1 });
  } finally {
    await snapshot.close();
  }
}

async function firstOf(records: Records): Promise<Uint8Array | undefined> {
  for await (const [key] of stepsOf(records, 1)) return key;
  return undefined;
}

async function* stepsOf(records: Records, max: number): AsyncGenerator<[Uint8Array, Buffer]> {
  try {
    for (;;) {
      const step = await records.nextv(Math.min(max, stepEntries), {});
      if (step.length === 0) return;
      yield* step;
    }
  } finally {
    await records.close();
  }
}
