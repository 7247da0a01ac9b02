import { Observable, Subject } from 'rxjs';

import type { Key } from '../key.js';
import { settle } from '../soon.js';
import type { Soon } from '../soon.js';
import type { Store } from '../store/store.js';
import { OperationError, statusOf } from './failure.js';
import type { Schedule } from './schedule.js';
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

  /** Asks the store in the turn of these keys. Without any, it reads what is there at one revision, in any schedule. */
  read<T>(keys: readonly Key[], ask: (store: Store) => Soon<T>): Observable<T> {
    return this.#asked(keys, this.#work.readMs, ask);
  }

  /** The same for what may change it: all that `ask` does is in one turn. */
  write<T>(keys: readonly Key[], ask: (store: Store) => Soon<T>): Observable<T> {
    return this.#asked(keys, this.#work.writeMs, ask);
  }

  /** What the client is told of an error; the owner is told of those that are the store's. */
  readonly tell = (error: unknown): OperationError => {
    if (!(error instanceof OperationError)) this.failures$.next(error);
    return statusOf(error);
  };

  /** One Observable and no operators: it is waited for by every call that there is. */
  #asked<T>(keys: readonly Key[], workMs: number, ask: (store: Store) => Soon<T>): Observable<T> {
    const operation = new Observable<T>((subscriber) => {
      const given = (answer: T): void => {
        subscriber.next(answer);
        subscriber.complete();
      };
      const failed = (error: unknown): void => {
        subscriber.error(this.tell(error));
      };
      return after(workMs, () => {
        settle(() => ask(this.store), given, failed);
      });
    });
    return this.#schedule(keys, operation);
  }
}
