import { Observable, from } from 'rxjs';
import type { ObservableInput } from 'rxjs';
import { RxDuplexError } from '../errors.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { count, longestMs, milliseconds } from '../options.js';
import { Queue } from '../queue.js';
import type { Linked } from '../queue.js';

export interface LimitOptions {
  /** How many may be in flight at once. */
  readonly max: number;
  /** How many more may wait for their turn; one beyond is refused. Default 16 × `max`: a burst that `max` soon works off. */
  readonly maxQueue?: number;
  /** How long one may wait. Default `Infinity`: a call's own deadline ends its waiting as well. */
  readonly queueTimeoutMs?: number;
}

/** What became of those who asked: `asked = queued + admitted + refused + timedOut + left`. */
export interface LimitStats {
  /** Admitted, and not over. */
  readonly inFlight: number;
  /** Waiting for their turn. */
  readonly queued: number;
  readonly asked: number;
  readonly admitted: number;
  /** The queue was full. */
  readonly refused: number;
  /** Their turn did not come in time. */
  readonly timedOut: number;
  /** Gave up while they waited. */
  readonly left: number;
}

export interface Entering {
  /** Told instead of being admitted: `OVERFLOW` at once, or `TIMEOUT`. */
  readonly refused: (error: RxDuplexError) => void;
  /** How long this one waits, if that is less than `queueTimeoutMs`. */
  readonly waitMs?: number;
}

interface Waiter extends Linked<Waiter> {
  readonly admitted: () => void;
  timer: NodeJS.Timeout | undefined;
  place: 'queued' | 'inFlight' | 'over';
}

/** Made by `limitInFlight`. */
export class Limit {
  readonly #max: number;
  readonly #maxQueue: number;
  readonly #queueTimeoutMs: number;
  readonly #waiting = new Queue<Waiter>();
  readonly #books = { inFlight: 0, queued: 0, asked: 0, admitted: 0, refused: 0, timedOut: 0, left: 0 };
  #admitting = false;

  constructor({
    max,
    maxQueue = Math.min(16 * max, Number.MAX_SAFE_INTEGER),
    queueTimeoutMs = Infinity,
  }: LimitOptions) {
    this.#max = count('max', max);
    this.#maxQueue = count('maxQueue', maxQueue, 0);
    this.#queueTimeoutMs = milliseconds('queueTimeoutMs', queueTimeoutMs);
  }

  /** `source`, subscribed to when it is its turn; its place is free when it ends or is unsubscribed. */
  run<T>(source: ObservableInput<T>): Observable<T> {
    const source$ = from(source);
    return new Observable<T>((subscriber) => {
      const refused = (error: RxDuplexError): void => {
        subscriber.error(error);
      };
      const admitted = (): void => {
        source$.subscribe(subscriber);
      };
      subscriber.add(this.enter(admitted, { refused }));
    });
  }

  /**
   * Calls `admitted` when there is a place: at once, or when those who came before have had theirs. Gives what is to be
   * called when the place is no longer needed, or no longer waited for.
   */
  enter(admitted: () => void, { refused, waitMs = Infinity }: Entering): () => void {
    this.#books.asked += 1;
    const waiter: Waiter = { admitted, timer: undefined, place: 'over', before: undefined, after: undefined };
    const patience = Math.min(waitMs, this.#queueTimeoutMs);
    if (this.#books.inFlight < this.#max && !this.#waiting.first) this.#admit(waiter);
    else if (this.#books.queued >= this.#maxQueue) {
      this.#books.refused += 1;
      refused(new RxDuplexError('OVERFLOW', `${this.#max} are in flight, and ${this.#maxQueue} wait`));
    } else this.#queue(waiter, patience, refused);
    return () => {
      this.#leave(waiter);
    };
  }

  stats(): LimitStats {
    return { ...this.#books };
  }

  #queue(waiter: Waiter, patience: number, refused: Entering['refused']): void {
    this.#books.queued += 1;
    waiter.place = 'queued';
    this.#waiting.push(waiter);
    if (patience > longestMs) return;
    waiter.timer = setTimeout(() => {
      this.#unqueue(waiter);
      this.#books.timedOut += 1;
      refused(new RxDuplexError('TIMEOUT', 'its turn under the limit did not come in time'));
    }, patience);
  }

  #unqueue(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    this.#waiting.remove(waiter);
    this.#books.queued -= 1;
    waiter.place = 'over';
  }

  #admit(waiter: Waiter): void {
    this.#books.inFlight += 1;
    this.#books.admitted += 1;
    waiter.place = 'inFlight';
    waiter.admitted();
  }

  #leave(waiter: Waiter): void {
    if (waiter.place === 'queued') {
      this.#unqueue(waiter);
      this.#books.left += 1;
    } else if (waiter.place === 'inFlight') {
      waiter.place = 'over';
      this.#books.inFlight -= 1;
      this.#admitNext();
    }
  }

  /** Whoever is admitted may be over at once: then the loop goes on here, instead of inside it. */
  #admitNext(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    try {
      for (let next = this.#waiting.first; next && this.#books.inFlight < this.#max; next = this.#waiting.first) {
        this.#unqueue(next);
        this.#admit(next);
      }
    } finally {
      this.#admitting = false;
    }
  }
}

/**
 * A bound on how many calls are in flight at once, to be shared by as many clients as it is for: give it to `rx`. Those
 * beyond it wait in the order in which they came, up to `maxQueue` of them; unsubscribing or aborting one takes it out of
 * the queue. `run` does the same for any Observable.
 */
export function limitInFlight(options: LimitOptions): Limit {
  checkNames('limitInFlight', options, {
    max: true,
    maxQueue: true,
    queueTimeoutMs: true,
  } satisfies Names<LimitOptions>);
  return new Limit(options);
}
