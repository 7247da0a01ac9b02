import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two numbers below 2³²: what they are is up to who writes them down. */
export type Entry = readonly [label: number, number: number];

/** A power of two, so that no record straddles a page, and a kill finds each written whole or not at all. */
const recordBytes = 8;

/** Writes down an entry in a file that outlives the process: what was written stays, however the process ends. */
export function writeRecord(file: number, [label, number]: Entry): void {
  const record = Buffer.alloc(recordBytes);
  record.writeUInt32LE(number, 0);
  record.writeUInt32LE(label, 4);
  writeSync(file, record);
}

/** What one process wrote down. The file has no name, so that nothing is left of it when the last process ends. */
export class Records implements Disposable {
  readonly file: number;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'rxduplex-'));
    this.file = openSync(join(folder, 'records'), 'w+');
    rmSync(folder, { recursive: true });
  }

  /** How many entries there are by now. */
  get count(): number {
    return Math.floor(fstatSync(this.file).size / recordBytes);
  }

  *entries(): Generator<Entry, void, undefined> {
    const bytes = Buffer.alloc(this.count * recordBytes);
    readSync(this.file, bytes, 0, bytes.length, 0);
    for (let at = 0; at < bytes.length; at += recordBytes) yield [bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at)];
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }
}
