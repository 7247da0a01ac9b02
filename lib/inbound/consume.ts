import Denque from 'denque';
import { Observable, Subscription, from, isObservable, of } from 'rxjs';
import type { OperatorFunction, Subscriber, Unsubscribable } from 'rxjs';
import type { Holder } from '../holder.js';
import { joined } from '../joined.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, callable, count } from '../options.js';
import { checkGate, holderOf } from './reader-gate.js';
import type { GateOption } from './reader-gate.js';

/** What a handler may give for a value: a result, or something that gives results in its time. */
export type Handled<R> = R | PromiseLike<R> | Observable<R> | AsyncIterable<R>;

export interface ConsumeOptions extends GateOption {
  /** How many values are handled at once; in order, those whose results wait are among them. Default 1. */
  readonly concurrency?: number;
  /** Whether results come in the order of their values. Default false: as they are ready. */
  readonly ordered?: boolean;
}

const names: Names<ConsumeOptions> = { concurrency: true, ordered: true, gate: true };

/**
 * Gives each value to `handler`, and makes the source stand still while as many are being handled as may be: a slow
 * handler slows the peer, not the heap. Emits what the handlers give. A handler that throws, rejects or fails ends the
 * stream with its error. Unsubscribing leaves the handlers' results, and lets the source go on.
 *
 * One slow reader stalls all types of its stream. A handler must not wait for a request on the stream that it holds:
 * the reply cannot come past it.
 */
export function consume<T, R>(handler: (value: T) => Handled<R>, options: ConsumeOptions = {}): OperatorFunction<T, R> {
  checkNames('consume', options, names);
  const { concurrency = 1, ordered = false } = options;
  callable('handler', handler);
  count('concurrency', concurrency);
  if (typeof ordered !== 'boolean') throw badOption('ordered', 'true or false', ordered);
  checkGate(options);
  return (source) =>
    new Observable<R>((subscriber) => {
      const work = new Work(handler, concurrency, ordered, holderOf(source, options), subscriber);
      // The source is left before the gate is let go: what comes then is no longer for this reader.
      const upstream = new Subscription();
      subscriber.add(upstream);
      subscriber.add(work);
      joined(upstream, () => source).subscribe({
        next: (value) => {
          work.take(value);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          work.end();
        },
      });
    });
}

/** The results of one value, kept until it is their turn. */
interface Slot<R> {
  readonly results: { readonly value: R }[];
  done: boolean;
}

class Work<T, R> implements Unsubscribable {
  readonly #handler: (value: T) => Handled<R>;
  readonly #concurrency: number;
  readonly #ordered: boolean;
  readonly #holder: Holder;
  readonly #subscriber: Subscriber<R>;
  /** What was already on its way when the source was made to stand still. */
  readonly #queue = new Denque<T>();
  /** Of the values that are being handled, in their order. */
  readonly #slots: Slot<R>[] = [];
  #active = 0;
  #ended = false;
  #looping = false;
  #emitting = false;

  constructor(
    handler: (value: T) => Handled<R>,
    concurrency: number,
    ordered: boolean,
    holder: Holder,
    subscriber: Subscriber<R>,
  ) {
    this.#handler = handler;
    this.#concurrency = concurrency;
    this.#ordered = ordered;
    this.#holder = holder;
    this.#subscriber = subscriber;
  }

  take(value: T): void {
    this.#queue.push(value);
    this.#handleNext();
  }

  /** The source has ended: what is at hand is still handled. */
  end(): void {
    this.#ended = true;
    this.#handleNext();
  }

  unsubscribe(): void {
    this.#queue.clear();
    this.#holder.release();
  }

  /** In order, results that wait for a slow one before them are still at hand: they are bounded like the others. */
  get #atHand(): number {
    return this.#ordered ? this.#slots.length : this.#active;
  }

  /** Runs in one loop, however many handlers answer at once. */
  #handleNext(): void {
    if (this.#looping) return;
    this.#looping = true;
    while (this.#atHand < this.#concurrency && this.#queue.length > 0) {
      const slot: Slot<R> = { results: [], done: false };
      this.#active += 1;
      if (this.#ordered) this.#slots.push(slot);
      if (this.#atHand === this.#concurrency) this.#holder.hold();
      this.#handle(this.#queue.shift() as T, slot);
    }
    this.#looping = false;
    if (this.#atHand < this.#concurrency) this.#holder.release();
    if (this.#ended && this.#active + this.#slots.length + this.#queue.length === 0) this.#subscriber.complete();
  }

  #handle(value: T, slot: Slot<R>): void {
    joined(this.#subscriber, () => resultsOf(this.#handler(value))).subscribe({
      next: (value) => {
        if (!this.#ordered) {
          this.#subscriber.next(value);
          return;
        }
        slot.results.push({ value });
        this.#emitInOrder();
      },
      error: (error: unknown) => {
        this.#subscriber.error(error);
      },
      complete: () => {
        slot.done = true;
        this.#active -= 1;
        if (this.#ordered) this.#emitInOrder();
        this.#handleNext();
      },
    });
  }

  /**
   * Emits what is ready in the first slot, and goes on to the next when that one is done. A subscriber may make handlers
   * give more, or end, while a result is emitted to it: the loop that is running takes that too.
   */
  #emitInOrder(): void {
    if (this.#emitting) return;
    this.#emitting = true;
    for (let first = this.#slots[0]; first; first = this.#slots[0]) {
      for (let result = first.results.shift(); result; result = first.results.shift())
        this.#subscriber.next(result.value);
      if (!first.done) break;
      this.#slots.shift();
    }
    this.#emitting = false;
    // Places may have become free, and the last of them may have been the end.
    this.#handleNext();
  }
}

function resultsOf<R>(handled: Handled<R>): Observable<R> {
  if (isObservable(handled)) return handled;
  const isObject = typeof handled === 'object' && handled !== null;
  if (isObject && ('then' in handled || Symbol.asyncIterator in handled)) return from(handled);
  return of(handled);
}
