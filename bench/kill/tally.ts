import { closeSync, mkdtempSync, openSync, readSync, fstatSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { kinds } from '../messages.js';
import type { Kind } from '../messages.js';

/** A message that a server saw. */
export interface Seen {
  readonly kind: Kind;
  readonly id: number;
}

/** A power of two, so that no record straddles a page, and a kill finds each written whole or not at all. */
const recordBytes = 8;

/** Writes down a message in a file that outlives the process: what was written stays, however the process ends. */
export function writeDown(file: number, { kind, id }: Seen): void {
  const record = Buffer.alloc(recordBytes);
  record.writeUInt32LE(id, 0);
  record.writeUInt8(kinds.indexOf(kind), 4);
  writeSync(file, record);
}

/** What one server wrote down. The file has no name, so that nothing is left of it when the last process ends. */
export class Tally implements Disposable {
  readonly file: number;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'rxduplex-'));
    this.file = openSync(join(folder, 'tally'), 'w+');
    rmSync(folder, { recursive: true });
  }

  read(): Seen[] {
    const bytes = Buffer.alloc(fstatSync(this.file).size);
    readSync(this.file, bytes, 0, bytes.length, 0);
    return Array.from({ length: bytes.length / recordBytes }, (_, index) => ({
      kind: kinds[bytes.readUInt8(index * recordBytes + 4)] as Kind,
      id: bytes.readUInt32LE(index * recordBytes),
    }));
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }
}
