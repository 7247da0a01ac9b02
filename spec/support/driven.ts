import { Observable, VirtualTimeScheduler } from 'rxjs';
import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';
import { reconnect } from 'rxduplex';
import type { ReconnectPolicy, Retry } from 'rxduplex';
import * as assert from 'uvu/assert';

import { claimAttempt } from '../../lib/attempt.js';
import { seen } from './marbles.js';
import type { Seen } from './marbles.js';

/** Virtual time that is moved by hand, and counts what is still scheduled. */
export class Clock implements SchedulerLike {
  readonly #time = new VirtualTimeScheduler(undefined, 0);
  pending = 0;

  now(): number {
    return this.#time.now();
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    this.pending += 1;
    const action = this.#time.schedule(work, delay, state);
    action.add(() => (this.pending -= 1));
    return action;
  }

  advance(ms: number): void {
    this.#time.maxFrames += ms;
    this.#time.flush();
    this.#time.frame = this.#time.maxFrames;
  }
}

/** One call that is driven by hand. */
export interface Driven {
  readonly attempt: number;
  live: boolean;
  /** How often it was asked to leave. */
  left: number;
  open(): void;
  next(value: number): void;
  error(error: unknown): void;
  complete(): void;
}

/** A source whose every call is driven by hand, also after its end, as a careless source might be. */
export function driven(leave: (call: Driven) => void = () => undefined): {
  readonly source: Observable<number>;
  readonly made: readonly Driven[];
} {
  const made: Driven[] = [];
  const source = new Observable<number>((subscriber) => {
    const attempt = claimAttempt();
    const call: Driven = {
      attempt: attempt.number,
      live: true,
      left: 0,
      open: () => {
        attempt.opened();
      },
      next: (value) => {
        subscriber.next(value);
      },
      error: (error) => {
        subscriber.error(error);
      },
      complete: () => {
        subscriber.complete();
      },
    };
    made.push(call);
    attempt.onLeave(() => {
      call.left += 1;
      leave(call);
    });
    return () => (call.live = false);
  });
  return { source, made };
}

/** A stream of such calls, in time moved by hand, each wait being 10 ms. */
export interface Stream extends Seen<number> {
  readonly clock: Clock;
  readonly made: readonly Driven[];
  readonly retries: readonly Retry[];
  /** The call that was made last. */
  readonly last: () => Driven;
}

export function begin(policy: ReconnectPolicy = {}, leave?: (call: Driven) => void): Stream {
  const clock = new Clock();
  const { source, made } = driven(leave);
  const retries: Retry[] = [];
  const onRetry = (retry: Retry): void => {
    retries.push(retry);
  };
  const last = (): Driven => {
    const call = made.at(-1);
    assert.ok(call, 'no call was made');
    return call;
  };
  return {
    ...seen(source.pipe(reconnect({ backoff: () => 10, onRetry, scheduler: clock, ...policy }))),
    clock,
    made,
    retries,
    last,
  };
}
