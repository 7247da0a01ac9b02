import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A commit that was answered: the count that a writer wrote, and the revision. */
export interface Ack {
  readonly writer: number;
  readonly count: number;
  readonly revision: number;
}

/** A power of two, so that no record straddles a page, and a kill finds each written whole or not at all. */
const recordBytes = 16;

/** Writes down an answer in a file that outlives the process. */
export function writeAck(file: number, { writer, count, revision }: Ack): void {
  const record = Buffer.alloc(recordBytes);
  record.writeUInt32LE(writer, 0);
  record.writeUInt32LE(count, 4);
  record.writeBigUInt64LE(BigInt(revision), 8);
  writeSync(file, record);
}

/** What one process wrote down. The file has no name, so that nothing is left of it when the last process ends. */
export class Acks implements Disposable {
  readonly file: number;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'rxduplex-'));
    this.file = openSync(join(folder, 'acks'), 'w+');
    rmSync(folder, { recursive: true });
  }

  get count(): number {
    return Math.floor(fstatSync(this.file).size / recordBytes);
  }

  read(): Ack[] {
    const bytes = Buffer.alloc(this.count * recordBytes);
    readSync(this.file, bytes, 0, bytes.length, 0);
    return Array.from({ length: this.count }, (_, index) => ({
      writer: bytes.readUInt32LE(index * recordBytes),
      count: bytes.readUInt32LE(index * recordBytes + 4),
      revision: Number(bytes.readBigUInt64LE(index * recordBytes + 8)),
    }));
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }
}
