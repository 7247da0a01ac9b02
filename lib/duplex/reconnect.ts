import { Observable, Subject, asyncScheduler, from, switchMap, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, ObservableInput, SchedulerLike, Subscriber, Subscription } from 'rxjs';
import { Attempt, offerAttempt } from '../attempt.js';
import { joined } from '../joined.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, callable, count, longestMs, milliseconds } from '../options.js';
import { textOf } from '../errors.js';
import { warnOnce } from '../warning.js';
import { exponential } from './backoff.js';
import type { Backoff } from './backoff.js';
import { Failures } from './failures.js';
import { transient } from './transient.js';
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
   * During a wait it connects now. What is emitted synchronously on subscription is skipped. If it ends, even with an
   * error, the stream goes on without renewals; an error is warned of.
   */
  readonly renew?: ObservableInput<unknown>;
  /** Each emission cancels the call and opens the next one at once; what was in flight is lost. */
  readonly restart?: ObservableInput<unknown>;
  /** An emission ends the call as `renew` does, and completes the stream instead of opening another. */
  readonly finish?: ObservableInput<unknown>;
  /** How long an old call may take to end by itself, and a reader that holds its gate to let go. Default 2,000 ms. */
  readonly handoverMs?: number;
  /**
   * A call that has been open for so long is proof of life: it sets the backoff and all counts of failures back. One that
   * was open for a part of it takes that part of the backoff back, so that a call which greets and dies still backs off,
   * and one which worked for seconds is not punished as if it had not. Default 5,000 ms.
   */
  readonly minUptimeMs?: number;
  /**
   * For how long an attempt is repeated that fails of what may pass by itself: an unknown status, TLS, an `Open` that
   * throws, call credentials; from the first such failure on, and at least five times. Default 60,000 ms: a rolling
   * restart, or a new certificate, is over by then.
   */
  readonly patienceMs?: number;
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

const names: Names<ReconnectPolicy> = {
  backoff: true,
  retryable: true,
  renew: true,
  restart: true,
  finish: true,
  handoverMs: true,
  minUptimeMs: true,
  patienceMs: true,
  maxAttempts: true,
  onComplete: true,
  onRetry: true,
  scheduler: true,
};

function checked(policy: ReconnectPolicy): Settings {
  checkNames('reconnect', policy, names);
  const never: ObservableInput<unknown> = new Observable();
  const settings: Settings = {
    backoff: policy.backoff ?? exponential(),
    retryable: policy.retryable ?? transient,
    renew: policy.renew ?? never,
    restart: policy.restart ?? never,
    finish: policy.finish ?? never,
    handoverMs: milliseconds('handoverMs', policy.handoverMs ?? 2_000),
    minUptimeMs: milliseconds('minUptimeMs', policy.minUptimeMs ?? 5_000),
    patienceMs: milliseconds('patienceMs', policy.patienceMs ?? 60_000),
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
  readonly #failures: Failures;
  /** The attempt under way and its subscription; none while waiting. */
  #live: { readonly attempt: Attempt; readonly subscriber: Subscriber<T> } | undefined;
  /** What is waited for, or about to be. */
  #toCome: Retry | undefined;
  /** What follows when the live call, which was asked to leave, has ended. */
  #afterLeaving: Then | undefined;

  constructor(source: Observable<T>, settings: Settings, subscriber: Subscriber<T>) {
    this.#source = source;
    this.#settings = settings;
    this.#failures = new Failures(settings.minUptimeMs);
    this.#subscriber = subscriber;
  }

  start(): Subscription {
    const { renew, restart, finish, scheduler } = this.#settings;
    const attempt$ = new Observable<T>((subscriber) => this.#attempt(subscriber));
    this.#listen('renew', renew, () => this.#leave('attempt'));
    this.#listen('restart', restart, () => this.#left(this.#afterLeaving));
    this.#listen('finish', finish, () => this.#leave('complete'));
    const stream$ = this.#next.pipe(
      switchMap((delayMs) =>
        delayMs === undefined ? attempt$ : timer(delayMs, scheduler).pipe(switchMap(() => attempt$)),
      ),
    );
    const subscription = stream$.subscribe(this.#subscriber);
    this.#next.next(undefined);
    return subscription;
  }

  /**
   * What a notifier emits while being subscribed to is the present state of things, not a change of it. A notifier that
   * fails is no reason to end a stream that works.
   */
  #listen(name: string, notifier: ObservableInput<unknown>, act: () => void): void {
    let subscribed = false;
    this.#subscriber.add(
      from(notifier).subscribe({
        next: () => {
          if (subscribed) act();
        },
        error: (error: unknown) => {
          warnOnce('RXDUPLEX_NOTIFIER_FAILED', `${name} of a reconnecting stream has failed: ${textOf(error)}`);
        },
      }),
    );
    subscribed = true;
  }

  #attempt(subscriber: Subscriber<T>): void {
    const { scheduler } = this.#settings;
    let openSince: number | undefined;
    const opened = (): void => {
      openSince ??= scheduler.now();
    };
    const over = (): void => {
      if (this.#live !== live) return;
      this.#live = undefined;
      if (openSince !== undefined) this.#failures.lived(scheduler.now() - openSince);
    };
    const attempt = new Attempt(this.#failures.weight + 1, opened);
    const live = { attempt, subscriber };
    this.#live = live;
    this.#toCome = this.#afterLeaving = undefined;
    subscriber.add(over);
    offerAttempt(attempt, () => {
      joined(subscriber, () => this.#source).subscribe({
        next: (value) => {
          opened();
          subscriber.next(value);
        },
        error: (error: unknown) => {
          over();
          this.#failed(subscriber, error, attempt);
        },
        complete: () => {
          over();
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

  #failed(subscriber: Subscriber<T>, error: unknown, { passing }: Attempt): void {
    if (this.#afterLeaving) {
      this.#left(this.#afterLeaving);
      return;
    }
    const { retryable, maxAttempts, patienceMs, scheduler } = this.#settings;
    this.#failures.ended();
    const failure = { ...this.#failures.failed(error, scheduler.now()), patienceMs };
    try {
      const again = this.#failures.unproven < maxAttempts && (passing || retryable(error, failure));
      const delayMs = again ? this.#delay(error) : undefined;
      if (delayMs === undefined) subscriber.error(error);
      else this.#wait({ attempt: this.#failures.weight + 1, delayMs, cause: error });
    } catch (thrown) {
      subscriber.error(thrown);
    }
  }

  #completed(subscriber: Subscriber<T>): void {
    if (this.#afterLeaving) {
      this.#left(this.#afterLeaving);
      return;
    }
    this.#failures.ended();
    try {
      if (this.#settings.onComplete() === 'complete') {
        this.#next.complete();
        subscriber.complete();
        return;
      }
      const { weight } = this.#failures;
      this.#wait({ attempt: weight + 1, delayMs: this.#checkedDelay(this.#settings.backoff(weight, undefined)) });
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
    if (pushback === undefined) return this.#checkedDelay(this.#settings.backoff(this.#failures.weight, error));
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
