import { status } from '@grpc/grpc-js';
import { Observable, merge, retry, tap, throwError, timer } from 'rxjs';

import { transient } from '../../index.js';
import type { RxDuplexError } from '../../index.js';
import { badOption, codeOf, longestMs } from '../../internal.js';
import { UnderWay } from '../under-way.js';
import { Unanswered } from './api.js';
import type { KvSettings } from './options.js';
import { closedBecause } from './values.js';

/** Asks once; the time is that of the attempt. Fails with an `Unanswered`. */
export type Ask<T> = (timeoutMs: number) => Observable<T>;

/** What is known of an operation beside its answer. */
export class Fate {
  /** Whether it may be sent again after an attempt that may have been applied. */
  readonly repeatable: boolean;
  /** The error of the last attempt that may have been applied. */
  doubt: { readonly error: unknown } | undefined;
  /** Whether the server has answered. */
  answered = false;

  constructor(repeatable: boolean) {
    this.repeatable = repeatable;
  }

  /** Whether the operation may have been done, if it fails now. */
  get mayBeDone(): boolean {
    return this.doubt !== undefined || this.answered;
  }
}

/** Makes the attempts of operations, each in its turn under the limit, until the client is closed. */
export class Attempts {
  readonly #settings: KvSettings;
  readonly #closed$: Observable<void>;
  readonly #underWay = new UnderWay();
  #repeats = 0;

  constructor(settings: KvSettings, closed$: Observable<void>) {
    this.#settings = settings;
    this.#closed$ = closed$;
  }

  /** How many attempts were not the first of their operation. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Resolves when no operation is under way. */
  idle(): Promise<void> {
    return this.#underWay.idle();
  }

  /** Asks until there is an answer, or an error that no further attempt would mend, or no more time. */
  of<T>(ask: Ask<T>, fate: Fate): Observable<T> {
    return new Observable<T>((subscriber) => {
      subscriber.add(this.#underWay.begin());
      const patience = new Patience(this.#settings);
      let isRepeat = false;
      const delay = (failure: unknown): Observable<unknown> => {
        if (!(failure instanceof Unanswered)) return throwError(() => failure);
        if (failure.mayBeDone) fate.doubt = { error: failure.error };
        const delayMs = patience.after(failure);
        if (delayMs === undefined || (fate.doubt && !fate.repeatable)) return throwError(() => patience.reason());
        isRepeat = true;
        return merge(timer(delayMs), this.#closed$);
      };
      const asked = (): Observable<T> => {
        if (isRepeat) this.#repeats += 1;
        return ask(patience.attemptMs());
      };
      this.#attempt(asked, patience)
        .pipe(
          retry({ delay }),
          tap(() => {
            fate.answered = true;
          }),
        )
        .subscribe(subscriber);
    });
  }

  /** Asks in its turn. A refusal by the limit, or by a client that is closed, is final. */
  #attempt<T>(ask: () => Observable<T>, patience: Patience): Observable<T> {
    return new Observable<T>((attempt) => {
      let begun = false;
      const refused = (error: RxDuplexError): void => {
        attempt.error(error);
      };
      attempt.add(
        this.#closed$.subscribe(() => {
          if (!begun) refused(patience.closed());
        }),
      );
      if (attempt.closed) return;
      const admitted = (): void => {
        begun = true;
        ask().subscribe(attempt);
      };
      attempt.add(this.#settings.limit.enter(admitted, { refused, waitMs: patience.leftMs() }));
    });
  }
}

/** How long one operation goes on, and how often it is attempted. */
class Patience {
  readonly #settings: KvSettings;
  readonly #end: number;
  readonly #row = new Row();
  /** How many attempts have failed, and how many of them had been handed to a connection. */
  #failed = 0;
  #handed = 0;
  /** What the last attempt failed with that had all of the time it needed. */
  #last: { readonly cause: unknown } | undefined;
  /** Whether the attempt under way has less time than others, because that of the operation is nearly over. */
  #isCutShort = false;

  constructor(settings: KvSettings) {
    this.#settings = settings;
    this.#end = performance.now() + settings.timeoutMs;
  }

  leftMs(): number {
    return Math.max(1, Math.ceil(this.#end - performance.now()));
  }

  attemptMs(): number {
    const { attemptTimeoutMs } = this.#settings;
    const leftMs = this.leftMs();
    this.#isCutShort = leftMs < attemptTimeoutMs;
    return Math.min(attemptTimeoutMs, leftMs);
  }

  /**
   * How long to wait before another attempt; `undefined` if none is worth making.
   *
   * An attempt that was not handed to a connection cost no server anything, and says nothing of the request: such
   * attempts go on for as long as there is time, however many they are, unless no call can be made at all, as with a
   * client of grpc-js that is closed. They wait for half of what is left at most, so that
   * an operation does not give up while it has time for another attempt.
   */
  after({ error, handed }: Unanswered): number | undefined {
    const { maxAttempts } = this.#settings;
    const inARow = this.#row.with(codeOf(error));
    const leftMs = this.#end - performance.now();
    this.#failed += 1;
    if (handed) this.#handed += 1;
    if (handed || !this.#last || !this.#isCutShort || !isOutOfTime(error)) this.#last = { cause: error };
    const failure = { inARow: handed ? inARow : 1, sinceMs: 0, patienceMs: leftMs };
    const isWorthIt = isSilence(error) || transient(error, failure);
    if (!isWorthIt || this.#handed >= maxAttempts) return undefined;
    const delayMs = this.#backoff(error);
    if (handed) return delayMs < leftMs ? delayMs : undefined;
    return leftMs > 1 ? Math.min(delayMs, leftMs / 2) : undefined;
  }

  /**
   * What an operation fails of that is not attempted again. Where the last attempt had a moment only, and no connection in
   * it, that says less than what the attempt before was refused for.
   */
  reason(): unknown {
    return this.#last?.cause;
  }

  /** The error of an operation that is not begun, or not attempted again, because the client is closed. */
  closed(): RxDuplexError {
    return closedBecause(this.#last?.cause);
  }

  #backoff(error: unknown): number {
    const delayMs = this.#settings.backoff(this.#failed, error);
    if (typeof delayMs === 'number' && delayMs >= 0) return Math.min(delayMs, longestMs);
    throw badOption('backoff', 'a function that gives a number of milliseconds', delayMs);
  }
}

/** Counts failures of the same code that follow each other. */
class Row {
  #code: unknown;
  #length = 0;

  with(code: unknown): number {
    this.#length = code === this.#code ? this.#length + 1 : 1;
    this.#code = code;
    return this.#length;
  }
}

const isOutOfTime = (error: unknown): boolean =>
  [status.DEADLINE_EXCEEDED, 'TIMEOUT'].includes(codeOf(error) as string);

/** No answer came, for no reason that says more. */
const isSilence = (error: unknown): boolean =>
  ['TIMEOUT', 'GATE_HELD', 'CONNECTION_LOST'].includes(codeOf(error) as string);
