import { status } from '@grpc/grpc-js';
import { Observable, retry, throwError, timer } from 'rxjs';

import { transient } from '../../index.js';
import type { RxDuplexError } from '../../index.js';
import type { KvSettings } from './options.js';

/** Asks once; the time is that of the attempt. */
export type Ask<T> = (timeoutMs: number) => Observable<T>;

/** What is known of an operation beside its answer. */
export interface Fate {
  /** Whether it may be sent again after an attempt that may have been applied. */
  readonly repeatable: boolean;
  /** Of an attempt that may have been applied. */
  doubt: { readonly error: unknown } | undefined;
}

/** Attempts of operations, each in its turn under the limit. */
export class Attempts {
  readonly #settings: KvSettings;
  #repeats = 0;

  constructor(settings: KvSettings) {
    this.#settings = settings;
  }

  /** How many attempts were not the first of their operation. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Asks until there is an answer, or an error that no further attempt would mend, or no more time. */
  of<T>(ask: Ask<T>, fate: Fate): Observable<T> {
    const { limit, timeoutMs, attemptTimeoutMs } = this.#settings;
    return new Observable<T>((subscriber) => {
      const end = performance.now() + timeoutMs;
      const leftMs = (): number => Math.max(1, Math.ceil(end - performance.now()));
      let begun = false;
      const attempt$ = new Observable<T>((attempt) => {
        const admitted = (): void => {
          begun = true;
          ask(Math.min(attemptTimeoutMs, leftMs())).subscribe(attempt);
        };
        const refused = (error: RxDuplexError): void => {
          attempt.error(error);
        };
        attempt.add(limit.enter(admitted, { refused, waitMs: leftMs() }));
      });
      const delay = (error: unknown, attempts: number): Observable<unknown> => {
        if (begun && mayBeDone(error)) fate.doubt = { error };
        begun = false;
        const delayMs = this.#delay(error, attempts);
        const inTime = delayMs !== undefined && performance.now() + delayMs < end;
        if (!inTime || (fate.doubt && !fate.repeatable)) return throwError(() => failedOf(error));
        this.#repeats += 1;
        return timer(delayMs);
      };
      return attempt$.pipe(retry({ delay })).subscribe(subscriber);
    });
  }

  /** How long to wait before another attempt; nothing if none is worth it. */
  #delay(error: unknown, attempts: number): number | undefined {
    const { maxAttempts, backoff, metadata } = this.#settings;
    if (attempts >= maxAttempts) return undefined;
    const failure = { inARow: attempts, freshMetadata: typeof metadata === 'function' };
    const reason = failedOf(error);
    if (!unanswered(reason) && !transient(reason, failure)) return undefined;
    return backoff(attempts, error);
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code;

/** No answer, for no reason that says more. */
const unanswered = (error: unknown): boolean => codeOf(error) === 'TIMEOUT' || codeOf(error) === 'CONNECTION_LOST';

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
 * flushed may have been: see `ConnectionLostError`.
 */
export const mayBeDone = (error: unknown): boolean => !refusals.has(codeOf(error));
