import { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import * as assert from 'uvu/assert';

import { claimAttempt } from '../../lib/attempt.js';

/** Runs diagrams in virtual time, and compares what was drawn with what was seen. */
export function marbles(draw: (helpers: RunHelpers, scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler((actual, expected) => assert.equal(actual, expected));
  scheduler.run((helpers) => {
    draw(helpers, scheduler);
  });
}

/** A call by its diagrams: what it gives (`o` is the moment when it opens), and what it still gives when it is left. */
export interface Call {
  readonly gives: Observable<string>;
  readonly whenLeft?: Observable<string>;
}

/** A source that makes one call after the other, and knows under which attempt each was made. */
export interface Calls extends Observable<string> {
  readonly attempts: readonly number[];
}

export function calls(...made: readonly (Observable<string> | Call)[]): Calls {
  const attempts: number[] = [];
  const source = new Observable<string>((subscriber) => {
    const attempt = claimAttempt();
    const call = made[attempts.length];
    if (!call) throw new Error(`call ${attempts.length + 1} was not expected`);
    attempts.push(attempt.number);
    const { gives, whenLeft } = call instanceof Observable ? { gives: call, whenLeft: undefined } : call;
    const subscription = gives.subscribe({
      next: (value) => {
        if (value === 'o') attempt.opened();
        else subscriber.next(value);
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
    if (whenLeft) {
      attempt.onLeave(() => {
        subscription.unsubscribe();
        subscriber.add(whenLeft.subscribe(subscriber));
      });
    }
    return subscription;
  });
  return Object.assign(source, { attempts });
}

/** All that an Observable told, written down. */
export interface Seen<T> {
  readonly values: readonly T[];
  /** Its errors, or `complete`. */
  readonly ends: readonly unknown[];
  readonly stop: () => void;
}

export function seen<T>(source: Observable<T>): Seen<T> {
  const values: T[] = [];
  const ends: unknown[] = [];
  const subscription = source.subscribe({
    next: (value) => {
      values.push(value);
    },
    error: (error: unknown) => {
      ends.push(error);
    },
    complete: () => {
      ends.push('complete');
    },
  });
  return {
    values,
    ends,
    stop: () => {
      subscription.unsubscribe();
    },
  };
}

/** A status as grpc-js gives it. */
export const failure = (code: number, details = '', more: object = {}): Error =>
  Object.assign(new Error(`${code}: ${details}`), { code, details, ...more });
