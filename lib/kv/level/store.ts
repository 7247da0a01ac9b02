import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';

import { UnderWay } from '../under-way.js';
import type { Key } from '../key.js';
import { Retention } from '../store/retention.js';
import type { HistoryLimits } from '../store/retention.js';
import { whole } from '../options.js';
import { StoreError } from '../store/store.js';
import type { Changes, Committed, Found, Page, PageSize, Span, Store, Transaction } from '../store/store.js';
import { Gathering } from './gathering.js';
import type { Sized } from './gathering.js';
import { Disk } from './disk.js';
import type { OpenDatabase } from './disk.js';
import { meaningOf } from './failure.js';
import { Group } from './group.js';
import type { View } from './view.js';

/** How much is read and written at once, for those that wait. */
const maxGroupBytes = 8 << 20;

/** What a value that has to be read first is taken to have: it is not known before. */
const readBytes = 64 << 10;

/** Something to be written, with others. */
interface Job extends Sized {
  /** What it needs to know the values of. */
  readonly keys: readonly Key[];
  /** Adds it to the others, and gives what is to happen when they are written. */
  join(group: Group): () => void;
  fail(error: unknown): void;
}

/** Keeps everything in a database, and answers a commit when that is on the disk. */
export class LevelStore implements Store {
  readonly revision$: Observable<number>;
  readonly #directory: string;
  readonly #disk: Disk;
  readonly #retention: Retention;
  readonly #revisions = new Subject<number>();
  readonly #jobs: Gathering<Job> = new Gathering((group) => this.#write(group), maxGroupBytes);
  readonly #reads = new UnderWay();
  #closing: Promise<void> | undefined;

  private constructor(directory: string, disk: Disk, retention: Retention) {
    this.#directory = directory;
    this.#disk = disk;
    this.#retention = retention;
    this.revision$ = this.#revisions.asObservable();
  }

  static async open(directory: string, open: OpenDatabase, limits: HistoryLimits): Promise<LevelStore> {
    const disk = await Disk.open(directory, open);
    try {
      const retention = new Retention(limits, disk.head.oldest);
      retention.advance(await disk.read((view) => view.sizesOfChanges()), disk.head.oldest);
      const store = new LevelStore(directory, disk, retention);
      // There may be more than this store is to keep.
      await store.compact(retention.oldestWith([]));
      return store;
    } catch (error) {
      await disk.close();
      throw error;
    }
  }

  get revision(): number {
    return this.#disk.head.revision;
  }

  get oldest(): number {
    return this.#disk.head.oldest;
  }

  get(key: Key): Promise<Found> {
    return this.#read((view) => view.get(key));
  }

  range(span: Span, size: PageSize): Promise<Page> {
    return this.#read((view) => view.range(span, size));
  }

  changes(from: number, max: number): Promise<readonly Changes[] | undefined> {
    return this.#read((view) => view.changes(from, max));
  }

  commit(transaction: Transaction): Promise<Committed> {
    const { conditions, writes } = transaction;
    const keys = [...conditions, ...writes.filter(({ value }) => value === undefined)].map(({ key }) => key);
    const bytes = writes.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
    return this.#join(keys, bytes + keys.length * readBytes, (group) => group.commit(transaction));
  }

  async compact(revision: number): Promise<void> {
    whole('revision', revision, 0);
    return this.#join([], 0, (group) => group.compact(revision));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #read<T>(use: (view: View) => Promise<T>): Promise<T> {
    this.#refuseClosed();
    return this.#meant(this.#reads.do(() => this.#disk.read(use)));
  }

  async #join<T>(keys: readonly Key[], bytes: number, join: (group: Group) => T): Promise<T> {
    this.#refuseClosed();
    const written = new Promise<T>((resolve, fail) => {
      const joinFor = (group: Group): (() => void) => {
        const answer = join(group);
        return () => resolve(answer);
      };
      this.#jobs.add({ keys, bytes, join: joinFor, fail });
    });
    return this.#meant(written);
  }

  async #meant<T>(done: Promise<T>): Promise<T> {
    try {
      return await done;
    } catch (error) {
      throw meaningOf(error, this.#directory);
    }
  }

  async #write(jobs: readonly Job[]): Promise<void> {
    const { revision } = this;
    const joined: { readonly job: Job; readonly done: () => void }[] = [];
    try {
      const keys = [...new Set(jobs.flatMap(({ keys }) => keys))];
      const group = await this.#disk.read(async (view) => new Group(view.head, await view.values(keys)));
      for (const job of jobs) {
        try {
          joined.push({ job, done: job.join(group) });
        } catch (error) {
          // A value that cannot be read is nothing to the others.
          job.fail(error);
        }
      }
      const { operations, sizes } = group.written(this.#retention);
      if (operations.length > 0) await this.#disk.write(operations, group.head);
      this.#retention.advance(sizes, group.head.oldest);
    } catch (error) {
      for (const job of jobs) job.fail(error);
      return;
    }
    for (let told = revision + 1; told <= this.revision; told += 1) this.#revisions.next(told);
    for (const { done } of joined) done();
  }

  async #close(): Promise<void> {
    await this.#jobs.idle();
    await this.#reads.idle();
    await this.#disk.close();
    this.#revisions.complete();
  }

  #refuseClosed(): void {
    if (this.#closing) throw new StoreError('CLOSED', 'the store is closed');
  }
}
