import {
  AsyncSubject,
  EMPTY,
  Observable,
  Subject,
  asapScheduler,
  catchError,
  concat,
  concatMap,
  defer,
  finalize,
  ignoreElements,
  merge,
  observeOn,
  subscribeOn,
  tap,
} from 'rxjs';

import type { Key } from '../key.js';
import { oneOf } from '../../internal.js';

/** Which operations may be at work at once. */
export type Concurrency =
  /** One, as if the whole service were `synchronized`. */
  | 'global'
  /** Any, but of those that name the same key one after the other, in the order in which they came. */
  | 'per-key'
  /** Any: what a store does is atomic by itself. */
  | 'free';

/**
 * Gives an operation its turn among those on the same keys. It begins when what is returned is subscribed to. What is
 * left before its turn is not done; what is at work in its turn goes on to its end, and keeps it until then.
 */
export type Schedule = <T>(keys: readonly Key[], operation: Observable<T>) => Observable<T>;

export function scheduleOf(concurrency: Concurrency): Schedule {
  return schedules[oneOf('concurrency', concurrency, ['global', 'per-key', 'free'])]();
}

const schedules: Readonly<Record<Concurrency, () => Schedule>> = {
  global: oneAfterTheOther,
  'per-key': inOrderByKey,
  free: () => (_, operation) => operation,
};

function oneAfterTheOther(): Schedule {
  const turns$ = new Subject<Turn>();
  // A turn of its own in the event loop for each, or the stack would grow with the queue.
  turns$.pipe(concatMap((turn) => turn.pipe(subscribeOn(asapScheduler)))).subscribe();
  return (_, operation) => waiting(operation, (turn) => turns$.next(turn));
}

/**
 * Each operation takes its place behind the last one on each of its keys, on all of them at once, so that no two can
 * wait for each other.
 */
export function inOrderByKey(lasts: Map<Key, Turn> = new Map()): Schedule {
  return (keys, operation) =>
    waiting(operation, (turn) => {
      const before = keys.flatMap((key) => lasts.get(key) ?? []);
      const over$ = new AsyncSubject<never>();
      for (const key of keys) lasts.set(key, over$);
      const turns = before.length > 0 ? concat(merge(...before).pipe(observeOn(asapScheduler)), turn) : turn;
      turns
        .pipe(
          finalize(() => {
            for (const key of keys) if (lasts.get(key) === over$) lasts.delete(key);
            over$.complete();
          }),
        )
        .subscribe();
    });
}

/** Subscribed to when it comes; completes when it is over. */
type Turn = Observable<never>;

/** The operation, done in the turn that `enter` sees to. */
function waiting<T>(operation: Observable<T>, enter: (turn: Turn) => void): Observable<T> {
  return new Observable((subscriber) => {
    enter(
      defer(() => (subscriber.closed ? EMPTY : operation)).pipe(
        tap(subscriber),
        ignoreElements(),
        catchError(() => EMPTY),
      ),
    );
  });
}
