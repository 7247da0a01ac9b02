import { Subject, catchError, defer, from, of } from 'rxjs';
import type { Observable } from 'rxjs';

import { StatusError, statusOf } from './failure.js';
import type { Key } from './key.js';
import type { Schedule } from './schedule.js';
import type { Committed, Found, Page, PageSize, Soon, Span, Store, Transaction } from './store.js';
import { after } from './work.js';
import type { Work } from './work.js';

/** Does what is asked of a store, whoever asks for it, each thing in its turn. */
export class Engine {
  readonly store: Store;
  readonly failures$: Subject<unknown> = new Subject();
  /** Fails, also for those who come later, once there are to be no more watches. */
  readonly closing$: Subject<never> = new Subject();
  readonly #schedule: Schedule;
  readonly #work: Required<Work>;

  constructor(store: Store, schedule: Schedule, work: Required<Work>) {
    this.store = store;
    this.#schedule = schedule;
    this.#work = work;
  }

  get(key: Key): Observable<Found> {
    return this.#read([key], () => this.store.get(key));
  }

  /** Names no key: what it reads is as the store is at one revision, in any schedule. */
  range(span: Span, size: PageSize): Observable<Page> {
    return this.#read([], () => this.store.range(span, size));
  }

  commit(transaction: Transaction): Observable<Committed> {
    const keys = [...transaction.conditions, ...transaction.writes].map(({ key }) => key);
    return this.write(
      [...new Set(keys)],
      defer(() => soon(this.store.commit(transaction))),
    );
  }

  /** Anything that asks the store itself, in one turn of all these keys. */
  write<T>(keys: readonly Key[], operation: Observable<T>): Observable<T> {
    return this.#told(this.#schedule(keys, after(this.#work.writeMs, operation)));
  }

  /** What the client is told of an error; the owner is told of those that are the store's. */
  readonly tell = (error: unknown): StatusError => {
    if (!(error instanceof StatusError)) this.failures$.next(error);
    return statusOf(error);
  };

  #read<T>(keys: readonly Key[], read: () => Soon<T>): Observable<T> {
    const operation = defer(() => soon(read()));
    return this.#told(this.#schedule(keys, after(this.#work.readMs, operation)));
  }

  #told<T>(operation: Observable<T>): Observable<T> {
    return operation.pipe(
      catchError((error: unknown) => {
        throw this.tell(error);
      }),
    );
  }
}

export const soon = <T>(value: Soon<T>): Observable<T> => (value instanceof Promise ? from(value) : of(value));
