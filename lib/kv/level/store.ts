import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';

import { handled } from '../../internal.js';
import { UnderWay } from '../under-way.js';
import type { Key } from '../key.js';
import { Retention } from '../store/retention.js';
import type { HistoryLimits } from '../store/retention.js';
import { whole } from '../options.js';
import { StoreError } from '../store/store.js';
import type { Committed, Found, KnownChanges, Page, PageSize, Span, Store, Transaction } from '../store/store.js';
import { Gathering } from './gathering.js';
import type { Sized } from './gathering.js';
import { Disk } from './disk.js';
import type { OpenDatabase } from './disk.js';
import { meaningOf } from './failure.js';
import { Group } from './group.js';
import type { Place } from './place.js';
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

/** Gives the first revision of a store that is opened, for the newest it has. */
export type FirstRevision = (newest: number) => number;

export interface LevelOptions {
  readonly open: OpenDatabase;
  readonly limits: HistoryLimits;
  readonly first: FirstRevision;
}

/** Keeps everything in a database, and answers a commit when that is on the disk. */
export class LevelStore implements Store {
  readonly revision$: Observable<number>;
  readonly #place: Place;
  readonly #disk: Disk;
  readonly #retention: Retention;
  readonly #revisions = new Subject<number>();
  readonly #jobs: Gathering<Job> = new Gathering((group) => this.#write(group), maxGroupBytes);
  readonly #reads = new UnderWay();
  #closing: Promise<void> | undefined;

  private constructor(place: Place, disk: Disk, retention: Retention) {
    this.#place = place;
    this.#disk = disk;
    this.#retention = retention;
    this.revision$ = this.#revisions.asObservable();
  }

  static async open(place: Place, { open, limits, first }: LevelOptions): Promise<LevelStore> {
    const disk = await Disk.open(place.path, open);
    try {
      const { revision, known } = disk.head;
      const retention = new Retention(limits, known);
      retention.advance(await disk.read((view) => view.history()), known);
      const store = new LevelStore(place, disk, retention);
      const next = first(revision);
      // It is on the disk before anything is answered. There may also be more history than this store is to keep.
      await store.#join([], 0, (group) => {
        group.open(next);
      });
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
    return this.#retention.oldest;
  }

  get(key: Key): Promise<Found> {
    return handled(this.#read((view) => view.get(key)));
  }

  range(span: Span, size: PageSize): Promise<Page> {
    return handled(this.#read((view) => view.range(span, size)));
  }

  changes(from: number, max: number): Promise<KnownChanges> {
    return handled(this.#read((view) => view.changes(from, max)));
  }

  commit(transaction: Transaction): Promise<Committed> {
    const { conditions, writes } = transaction;
    const keys = [...conditions, ...writes.filter(({ value }) => value === undefined)].map(({ key }) => key);
    const bytes = writes.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
    return handled(this.#join(keys, bytes + keys.length * readBytes, (group) => group.commit(transaction)));
  }

  compact(revision: number): Promise<void> {
    return handled(this.#compact(revision));
  }

  close(): Promise<void> {
    this.#closing ??= handled(this.#close());
    return this.#closing;
  }

  async #compact(revision: number): Promise<void> {
    whole('revision', revision, 0);
    return this.#join([], 0, (group) => group.compact(revision));
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
      throw meaningOf(error, this.#place.path);
    }
  }

  async #write(jobs: readonly Job[]): Promise<void> {
    const joined: { readonly job: Job; readonly done: () => void }[] = [];
    let made: readonly number[];
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
      const { operations, added } = group.written(this.#retention);
      if (operations.length > 0) await this.#disk.write(operations, group.head);
      this.#retention.advance(added, group.head.known);
      made = group.revisions;
    } catch (error) {
      for (const job of jobs) job.fail(error);
      return;
    }
    for (const { done } of joined) done();
    for (const revision of made) this.#revisions.next(revision);
  }

  async #close(): Promise<void> {
    await this.#jobs.idle();
    await this.#reads.idle();
    try {
      await this.#disk.close();
      this.#place.leave();
    } finally {
      this.#revisions.complete();
    }
  }

  #refuseClosed(): void {
    if (this.#closing) throw new StoreError('CLOSED', 'the store is closed');
  }
}
