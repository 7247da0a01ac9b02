import { kinds } from '../messages.js';
import type { Kind } from '../messages.js';
import { Records, writeRecord } from '../records.js';

/** A message that a server saw. */
export interface Seen {
  readonly kind: Kind;
  readonly id: number;
}

/** Writes down a message in the file of a `Tally`. */
export function writeDown(file: number, { kind, id }: Seen): void {
  writeRecord(file, [kinds.indexOf(kind), id]);
}

/** What one server wrote down. */
export class Tally extends Records {
  read(): Seen[] {
    return Array.from(this.entries(), ([kind, id]) => ({ kind: kinds[kind] as Kind, id }));
  }
}
