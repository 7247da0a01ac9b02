import { Observable, Subject, asyncScheduler, from, switchMap, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, ObservableInput, SchedulerLike, Subscriber, Subscription } from 'rxjs';
import { Attempt, offerAttempt } from '../attempt.js';
import { joined } from '../joined.js';
import { badOption, callable, count, longestMs, milliseconds } from '../options.js';
import { exponential } from './backoff.js';
import type { Backoff } from './backoff.js';
import { causeOf, transient } from './transient.js';
import type { Retryable } from './transient.js';

/** Told before each wait. `cause` is the error of the attempt that ended; none, if it ended with OK. */
export interface Retry {
  /** The number of the attempt to come. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly cause?: unknown;
}

export interface ReconnectPolicy {
  /** How long to wait before the next attempt. Default `exponential()`. A server's pushback goes before it. */
  readonly backoff?: Backoff;
  /** Whether another attempt is worth making. Default `transient`: by status code. */
  readonly retryable?: Retryable;
  /**
   * Each emission moves the stream to a new call without losing what the old one has taken: the old call takes no
   * more, is half-closed and read until its status, or cancelled after `handoverMs`; only then the next one opens.
   * During a wait it connects now. What is emitted synchronously on subscription is skipped.
   */
  readonly renew?: ObservableInput<unknown>;
  /** Each emission cancels the call and opens the next one at once; what was in flight is lost. */
  readonly restart?: ObservableInput<unknown>;
  /** An emission ends the call as `renew` does, and completes the stream instead of opening another. */
  readonly finish?: ObservableInput<unknown>;
  /** How long an old call may take to end by itself, and a reader that holds its gate to let go. Default 2,000 ms. */
  readonly handoverMs?: number;
  /**
   * A call that has been open for so long is proof of life, as a first message is; either sets the count of attempts
   * back. Default 5,000 ms: a stream that opens and dies still backs off.
   */
  readonly minUptimeMs?: number;
  /** How many attempts in a row, without a proof of life between them. Default `Infinity`. */
  readonly maxAttempts?: number;
  /** What follows an end with OK: `complete` (default) or another attempt, after a wait. */
  readonly onComplete?: () => 'complete' | 'reopen';
  /** Told before each wait. */
  readonly onRetry?: (retry: Retry) => void;
  /** Time. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

type Settings = Required<ReconnectPolicy>;

/**
 * Subscribes to its source again when it fails: a `switchMap` over attempts, so that never more than one is live. An
 * error that no further attempt would mend, and an OK end, pass through.
 */
export function reconnect<T>(policy: ReconnectPolicy = {}): MonoTypeOperatorFunction<T> {
  const settings = checked(policy);
  return (source) => new Observable<T>((subscriber) => new Attempts(source, settings, subscriber).start());
}

function checked(policy: ReconnectPolicy): Settings {
  const never: ObservableInput<unknown> = new Observable();
  const settings: Settings = {
    backoff: policy.backoff ?? exponential(),
    retryable: policy.retryable ?? transient,
    renew: policy.renew ?? never,
    restart: policy.restart ?? never,
    finish: policy.finish ?? never,
    handoverMs: milliseconds('handoverMs', policy.handoverMs ?? 2_000),
    minUptimeMs: milliseconds('minUptimeMs', policy.minUptimeMs ?? 5_000),
    maxAttempts: count('maxAttempts', policy.maxAttempts ?? Infinity),
    onComplete: policy.onComplete ?? ((): 'complete' => 'complete'),
    onRetry: policy.onRetry ?? ((): void => undefined),
    scheduler: policy.scheduler ?? asyncScheduler,
  };
  callable('backoff', settings.backoff);
  callable('retryable', settings.retryable);
  callable('onComplete', settings.onComplete);
  callable('onRetry', settings.onRetry);
  return settings;
}

type Then = 'attempt' | 'complete';

/** One subscription of a reconnecting stream. */
class Attempts<T> {
  readonly #source: Observable<T>;
  readonly #settings: Settings;
  readonly #subscriber: Subscriber<T>;
  /** Emits how long to wait before the next attempt; `undefined` is at once, before anything else can happen. */
  readonly #next = new Subject<number | undefined>();
  /** Attempts that ended since the last proof of life. */
  #unproven = 0;
  #lastCause: unknown;
  #inARow = 0;
  /** The attempt under way and its subscription; none while waiting. */
  #live: { readonly attempt: Attempt; readonly subscriber: Subscriber<T> } | undefined;
  /** What is waited for, or about to be. */
  #toCome: Retry | undefined;
  /** What follows when the live call, which was asked to leave, has ended. */
  #afterLeaving: Then | undefined;

  constructor(source: Observable<T>, settings: Settings, subscriber: Subscriber<T>) {
    this.#source = source;
    this.#settings = settings;
    this.#subscriber = subscriber;
  }

  start(): Subscription {
    const { renew, restart, finish, scheduler } = this.#settings;
    const attempt$ = new Observable<T>((subscriber) => this.#attempt(subscriber));
    this.#listen(renew, () => this.#leave('attempt'));
    this.#listen(restart, () => this.#left(this.#afterLeaving));
    this.#listen(finish, () => this.#leave('complete'));
    const stream$ = this.#next.pipe(
      switchMap((delayMs) =>
        delayMs === undefined ? attempt$ : timer(delayMs, scheduler).pipe(switchMap(() => attempt$)),
      ),
    );
    const subscription = stream$.subscribe(this.#subscriber);
    this.#next.next(undefined);
    return subscription;
  }

  /** What a notifier emits while being subscribed to is the present state of things, not a change of it. */
  #listen(notifier: ObservableInput<unknown>, act: () => void): void {
    let subscribed = false;
    this.#subscriber.add(
      from(notifier).subscribe({
        next: () => {
          if (subscribed) act();
        },
        error: (error: unknown) => {
          this.#subscriber.error(error);
        },
      }),
    );
    subscribed = true;
  }

  #attempt(subscriber: Subscriber<T>): void {
    const { minUptimeMs, scheduler } = this.#settings;
    let proven = false;
    const prove = (): void => {
      proven = true;
      this.#unproven = this.#inARow = 0;
    };
    const attempt = new Attempt(this.#unproven + 1, () => {
      if (minUptimeMs !== Infinity) subscriber.add(scheduler.schedule(prove, minUptimeMs));
    });
    const live = { attempt, subscriber };
    this.#live = live;
    this.#toCome = this.#afterLeaving = undefined;
    subscriber.add(() => {
      if (this.#live === live) this.#live = undefined;
    });
    offerAttempt(attempt, () => {
      joined(subscriber, () => this.#source).subscribe({
        next: (value) => {
          if (!proven) prove();
          subscriber.next(value);
        },
        error: (error: unknown) => {
          this.#live = undefined;
          this.#failed(subscriber, error, attempt);
        },
        complete: () => {
          this.#live = undefined;
          this.#completed(subscriber);
        },
      });
    });
  }

  #leave(then: Then): void {
    if (this.#afterLeaving) {
      if (then === 'complete') this.#afterLeaving = then;
      return;
    }
    const live = this.#live;
    this.#afterLeaving = then;
    if (!live?.attempt.leave()) this.#left(then);
    else if (this.#live === live && this.#settings.handoverMs !== Infinity) {
      const { scheduler, handoverMs } = this.#settings;
      live.subscriber.add(
        scheduler.schedule(() => {
          this.#left(this.#afterLeaving);
        }, handoverMs),
      );
    }
  }

  #left(then: Then = 'attempt'): void {
    this.#afterLeaving = undefined;
    if (then === 'attempt') this.#next.next(undefined);
    else this.#subscriber.complete();
  }

  #failed(subscriber: Subscriber<T>, error: unknown, { freshMetadata, passing }: Attempt): void {
    if (this.#afterLeaving) {
      this.#left(this.#afterLeaving);
      return;
    }
    const cause = causeOf(error);
    this.#inARow = cause === this.#lastCause ? this.#inARow + 1 : 1;
    this.#lastCause = cause;
    this.#unproven += 1;
    try {
      const { retryable, maxAttempts } = this.#settings;
      const worthIt = (): boolean => passing || retryable(error, { inARow: this.#inARow, freshMetadata });
      const again = this.#unproven < maxAttempts && worthIt();
      const delayMs = again ? this.#delay(error) : undefined;
      if (delayMs === undefined) subscriber.error(error);
      else this.#wait({ attempt: this.#unproven + 1, delayMs, cause: error });
    } catch (thrown) {
      subscriber.error(thrown);
    }
  }

  #completed(subscriber: Subscriber<T>): void {
    if (this.#afterLeaving) {
      this.#left(this.#afterLeaving);
      return;
    }
    try {
      if (this.#settings.onComplete() === 'complete') {
        this.#next.complete();
        subscriber.complete();
        return;
      }
      this.#unproven += 1;
      const delayMs = this.#checkedDelay(this.#settings.backoff(this.#unproven, undefined));
      this.#wait({ attempt: this.#unproven + 1, delayMs });
    } catch (thrown) {
      subscriber.error(thrown);
    }
  }

  /** Who is told of a wait may ask for a call at once, and is then not made to wait after all. */
  #wait(retry: Retry): void {
    this.#toCome = retry;
    this.#settings.onRetry(retry);
    if (this.#toCome === retry) this.#next.next(retry.delayMs);
  }

  /** A server's pushback decides, if there is one: a negative or illegible one forbids another attempt (gRPC A6). */
  #delay(error: unknown): number | undefined {
    const pushback = pushbackOf(error);
    if (pushback === undefined) return this.#checkedDelay(this.#settings.backoff(this.#unproven, error));
    return /^\d{1,10}$/.test(pushback) ? Math.min(Number(pushback), longestMs) : undefined;
  }

  #checkedDelay(delayMs: number): number {
    if (Number.isFinite(delayMs) && delayMs >= 0) return Math.min(delayMs, longestMs);
    throw badOption('backoff', 'a function that gives a number of milliseconds', delayMs);
  }
}

function pushbackOf(error: unknown): string | undefined {
  const metadata = (error as { metadata?: { get?(key: string): unknown[] | undefined } } | null | undefined)?.metadata;
  return metadata?.get?.('grpc-retry-pushback-ms')?.[0]?.toString();
}
