import type { Database, Operation } from './database.js';
import { WriteFailed } from './failure.js';
import { damaged } from './records.js';
import type { Head } from './records.js';
import { View, openView } from './view.js';
import { bytesOfFiles, findRoom } from './room.js';

export type OpenDatabase = () => Promise<Database>;

/** What a database writes when it is opened, beside what it has in its logs. */
const openingBytes = 1 << 20;

/**
 * A database that writes again after a write has failed.
 *
 * LevelDB does not: what follows on half a record in its log may be lost, and after some failures it writes nothing any
 * more. It has to be opened anew. But on a full disk it cannot be opened, so that first there has to be room; until
 * then it stays open for those who read.
 */
export class Disk {
  readonly #directory: string;
  readonly #open: OpenDatabase;
  #db: Database | undefined;
  #view: View;
  readonly #views = new Set<View>();
  #opening: Promise<void> | undefined;
  /** The write that failed. */
  #failed: readonly Operation[] | undefined;
  /** What makes it undone. */
  #undoing: Operation[] | undefined;

  private constructor(directory: string, open: OpenDatabase, db: Database, view: View) {
    this.#directory = directory;
    this.#open = open;
    this.#db = db;
    this.#view = view;
    this.#views.add(view);
  }

  static async open(directory: string, open: OpenDatabase): Promise<Disk> {
    const db = await open();
    try {
      return new Disk(directory, open, db, await openView(db));
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /** Of what can be read. */
  get head(): Head {
    return this.#view.head;
  }

  async read<T>(use: (view: View) => Promise<T>): Promise<T> {
    while (this.#opening || !this.#db) await this.#openAnew();
    return this.#view.read(use);
  }

  /** Done when it is on the disk and can be read, and the head is that. If it fails, nothing of it can be read. */
  async write(operations: Operation[], head: Head): Promise<void> {
    const db = await this.#writing(operations);
    try {
      await db.batch(operations, { sync: true });
    } catch (error) {
      this.#failed = operations;
      throw new WriteFailed(error);
    }
    this.#show(new View(db, head));
  }

  async close(): Promise<void> {
    // What failed would be found done by whoever opens it next, if it cannot be undone now.
    if (this.#failed) await this.#openAnew().catch(() => undefined);
    await this.#release();
    await this.#db?.close();
  }

  /** One that writes. */
  async #writing(operations: readonly Operation[]): Promise<Database> {
    if (this.#failed) {
      this.#undoing ??= await this.#undoingOf(this.#failed);
      const logs = await bytesOfFiles(this.#directory, '.log');
      await findRoom(this.#directory, logs + bytesOf(this.#undoing) + bytesOf(operations) + openingBytes);
      await this.#openAnew();
    }
    return this.#db as Database;
  }

  #openAnew(): Promise<void> {
    this.#opening ??= this.#exchange().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #exchange(): Promise<void> {
    this.#undoing ??= await this.#undoingOf(this.#failed ?? []);
    await this.#release();
    await this.#db?.close();
    this.#db = undefined;
    const db = await this.#open();
    try {
      this.#show(await this.#undone(db, this.#undoing));
    } catch (error) {
      await db.close();
      throw error;
    }
    this.#db = db;
    this.#failed = undefined;
    this.#undoing = undefined;
  }

  async #undoingOf(operations: readonly Operation[]): Promise<Operation[]> {
    const keys = operations.map(({ key }) => key);
    const records = await this.#view.read((view) => view.records(keys));
    return keys.map((key, index) => {
      const value = records[index];
      return value ? { type: 'put', key, value } : { type: 'del', key };
    });
  }

  /** A write that failed may be in the log all the same, and was told not to have been done. */
  async #undone(db: Database, undoing: Operation[]): Promise<View> {
    const found = await openView(db);
    if (isSame(found.head, this.head)) return found;
    await found.release();
    await db.batch(undoing, { sync: true });
    const left = await openView(db);
    if (isSame(left.head, this.head)) return left;
    throw damaged(`it was at revision ${this.head.revision}, and now is at ${left.head.revision}`);
  }

  #show(view: View): void {
    const before = this.#view;
    this.#view = view;
    this.#views.add(view);
    void this.#end(before);
  }

  /** Never rejects: a snapshot that cannot be closed ends with its database, and nothing else depends on it. */
  async #end(view: View): Promise<void> {
    await view.release().catch(() => undefined);
    this.#views.delete(view);
  }

  async #release(): Promise<void> {
    await Promise.all([...this.#views].map((view) => this.#end(view)));
  }
}

function bytesOf(operations: readonly Operation[]): number {
  return operations.reduce((sum, op) => sum + op.key.length + (op.type === 'put' ? op.value.length : 0), 0);
}

function isSame(a: Head, b: Head): boolean {
  return a.revision === b.revision && a.known === b.known;
}
