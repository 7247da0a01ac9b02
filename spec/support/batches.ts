import { ClassicLevel } from 'classic-level';

/** Something that a database is asked to write at once. */
export interface Batch {
  readonly operations: readonly { readonly type: string; readonly key: Uint8Array }[];
  readonly sync: boolean;
  /** Whether it is written, as far as the database said. */
  written: boolean;
}

type Write = () => Promise<void>;
type Batched = (operations: Batch['operations'], options?: { readonly sync?: boolean }) => Promise<void>;

/** Sees what every database of this process is asked to write, and may do it another way. */
export class Batches implements Disposable {
  readonly all: Batch[] = [];
  /** What becomes of the next ones. */
  way: (write: Write) => Promise<void> = (write) => write();

  constructor() {
    const batches = this.all;
    const through = (write: Write): Promise<void> => this.way(write);
    const original = prototype.batch;
    prototype.batch = async function (operations, options) {
      const batch = { operations, sync: options?.sync === true, written: false };
      batches.push(batch);
      await through(() => original.call(this, operations, options));
      batch.written = true;
    };
  }

  [Symbol.dispose](): void {
    Reflect.deleteProperty(prototype, 'batch');
  }
}

/** It has the method from the class that it extends. */
const prototype = ClassicLevel.prototype as unknown as { batch: Batched };

/** What LevelDB says when there is no room. */
export function noRoom(): Error {
  return Object.assign(new Error('IO error: 000003.log: No space left on device'), { code: 'LEVEL_IO_ERROR' });
}
