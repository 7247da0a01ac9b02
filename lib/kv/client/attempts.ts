import { status } from '@grpc/grpc-js';
import { Observable, merge, retry, throwError, timer } from 'rxjs';

import { NoReplyError, RxDuplexError, transient } from '../../index.js';
import { UnderWay } from '../under-way.js';
import type { KvSettings } from './options.js';

/** Asks once; the time is that of the attempt. */
export type Ask<T> = (timeoutMs: number) => Observable<T>;

/** What is known of an operation beside its answer. */
export class Fate {
  /** Whether it may be sent again after an attempt that may have been applied. */
  readonly repeatable: boolean;
  /** Whether it is being asked for, or has been answered. */
  begun = false;
  /** Of an attempt that may have been applied. */
  doubt: { readonly error: unknown } | undefined;

  constructor(repeatable: boolean) {
    this.repeatable = repeatable;
  }

  /** Whether it may have been done, in spite of that error. */
  isDoubtful(error: unknown): boolean {
    return this.doubt !== undefined || (this.begun && mayBeDone(error));
  }
}

/** Attempts of operations, each in its turn under the limit, until the client is closed. */
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

  /** Done when no operation is under way. */
  idle(): Promise<void> {
    return this.#underWay.idle();
  }

  /** Asks until there is an answer, or an error that no further attempt would mend, or no more time. */
  of<T>(ask: Ask<T>, fate: Fate): Observable<T> {
    const { timeoutMs, attemptTimeoutMs } = this.#settings;
    return new Observable<T>((subscriber) => {
      const end = performance.now() + timeoutMs;
      const leftMs = (): number => Math.max(1, Math.ceil(end - performance.now()));
      let isRepeat = false;
      const attempt$ = new Observable<T>((attempt) => {
        const fail = (error: RxDuplexError): void => {
          attempt.error(error);
        };
        const admitted = (): void => {
          fate.begun = true;
          if (isRepeat) this.#repeats += 1;
          ask(Math.min(attemptTimeoutMs, leftMs())).subscribe(attempt);
        };
        attempt.add(
          this.#closed$.subscribe(() => {
            if (!fate.begun) fail(new RxDuplexError('CLOSED', 'the client is closed'));
          }),
        );
        if (!attempt.closed) attempt.add(this.#settings.limit.enter(admitted, { refused: fail, waitMs: leftMs() }));
      });
      const row = new Row();
      const delay = (error: unknown, attempts: number): Observable<unknown> => {
        if (fate.begun && mayBeDone(error)) fate.doubt = { error };
        fate.begun = false;
        const delayMs = this.#delay(error, attempts, row.with(failedOf(error)));
        const inTime = delayMs !== undefined && performance.now() + delayMs < end;
        if (!inTime || (fate.doubt && !fate.repeatable)) return throwError(() => failedOf(error));
        isRepeat = true;
        return merge(timer(delayMs), this.#closed$);
      };
      subscriber.add(this.#underWay.begin());
      attempt$.pipe(retry({ delay })).subscribe(subscriber);
    });
  }

  /** How long to wait before another attempt; nothing if none is worth it. */
  #delay(error: unknown, attempts: number, inARow: number): number | undefined {
    const { maxAttempts, backoff } = this.#settings;
    if (attempts >= maxAttempts) return undefined;
    const reason = failedOf(error);
    const again = isUnanswered(reason) || transient(reason, { inARow, sinceMs: 0, patienceMs: 0 });
    return again ? backoff(attempts, error) : undefined;
  }
}

/** Counts failures of the same code that follow each other. */
class Row {
  #code: unknown;
  #length = 0;

  with(error: unknown): number {
    const code = codeOf(error);
    this.#length = code === this.#code ? this.#length + 1 : 1;
    this.#code = code;
    return this.#length;
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code;

/** No answer, for no reason that says more. */
const isUnanswered = (error: unknown): boolean =>
  ['TIMEOUT', 'GATE_HELD', 'CONNECTION_LOST'].includes(codeOf(error) as string);

/** What its stream died of is what a request failed of, as it would have been if it had been a call. */
function failedOf(error: unknown): unknown {
  const cause = codeOf(error) === 'CONNECTION_LOST' ? (error as Error).cause : undefined;
  return codeOf(cause) === undefined ? error : cause;
}

/** Errors that say that a request was refused before anything was done. */
const refusals: ReadonlySet<unknown> = new Set<unknown>([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.RESOURCE_EXHAUSTED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.UNAUTHENTICATED,
  'BAD_OPTION',
  'OVERFLOW',
  'TOO_LARGE',
  'UNSERIALISABLE',
  'CLOSED',
  'OPEN_FAILED',
  'METADATA_FAILED',
]);

/**
 * Whether what was asked may have been done in spite of the error. A request whose call died before its write was
 * flushed may have been: see `ConnectionLostError`. One that was never handed to a call was not.
 */
const mayBeDone = (error: unknown): boolean =>
  !refusals.has(codeOf(error)) && !(error instanceof NoReplyError && !error.handed);
