import Denque from 'denque';
import { Observable, Subscription, isObservable } from 'rxjs';
import { latestValueFrom, nextValueFrom } from 'rxjs-for-await';
import { checkedSignal, failOnAbort, onAbort } from '../abort.js';
import type { Holder } from '../holder.js';
import { joined } from '../joined.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, count, oneOf } from '../options.js';
import { handled } from '../promises.js';
import { checkGate, holderOf } from './reader-gate.js';
import type { GateOption } from './reader-gate.js';

export interface IterateOptions extends GateOption {
  /** How many values may wait to be asked for before the source is made to stand still. Default 16, Node's own. */
  readonly highWaterMark?: number;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal;
}

export interface LossyOptions {
  /**
   * `latest`: only the newest value waits to be asked for. `next`: none does, and a value that comes while nobody asks
   * is gone. Neither slows the source.
   */
  readonly lossy: 'latest' | 'next';
  readonly signal?: AbortSignal;
}

const names: Names<IterateOptions | LossyOptions> = { highWaterMark: true, signal: true, gate: true, lossy: true };

/**
 * The values of `source`, one after the other as they are asked for. It is subscribed at the call, keeps up to
 * `highWaterMark` values, and makes the source stand still beyond that. Leaving the loop, `return`, `throw`, an abort and
 * the end of the source all settle a `next` that waits; leaving and aborting drop what is kept and unsubscribe. Nobody has
 * to await what `next` gives.
 */
export function iterate<T>(
  source: Observable<T>,
  options: IterateOptions | LossyOptions = {},
): AsyncIterableIterator<T> {
  if (!isObservable(source)) throw badOption('source', 'an Observable', source);
  checkNames('iterate', options, names);
  const signal = checkedSignal(options.signal);
  if ('lossy' in options) {
    const form = oneOf('lossy', options.lossy, ['latest', 'next']) === 'latest' ? latestValueFrom : nextValueFrom;
    return quiet(form(signal ? source.pipe(endedBy(signal)) : source));
  }
  const { highWaterMark = 16 } = options;
  checkGate(options);
  return new Iteration(source, count('highWaterMark', highWaterMark), holderOf(source, options), signal);
}

/** The same iterator, whose promises nobody has to await. */
function quiet<T>(values: AsyncIterableIterator<T>): AsyncIterableIterator<T> {
  return {
    next: () => handled(values.next()),
    return: (value?: unknown) => handled(values.return?.(value) ?? Promise.resolve({ value: undefined, done: true })),
    throw: (error?: unknown) => handled(values.throw?.(error) ?? Promise.reject(error as Error)),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function endedBy(signal: AbortSignal): <T>(source: Observable<T>) => Observable<T> {
  return (source) =>
    new Observable((subscriber) => {
      failOnAbort(subscriber, signal);
      if (!subscriber.closed) subscriber.add(source.subscribe(subscriber));
    });
}

/** A `next` that waits. */
class Asker<T> {
  resolve: (result: IteratorResult<T, undefined>) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;
  readonly promise = new Promise<IteratorResult<T, undefined>>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

class Iteration<T> implements AsyncIterableIterator<T, undefined> {
  readonly #highWaterMark: number;
  readonly #holder: Holder;
  readonly #values = new Denque<T>();
  readonly #askers: Asker<T>[] = [];
  #end: { readonly error?: unknown } | undefined;
  readonly #subscription = new Subscription();
  readonly #signal: AbortSignal | undefined;
  readonly #stopListening: (() => void) | undefined;

  constructor(source: Observable<T>, highWaterMark: number, holder: Holder, signal: AbortSignal | undefined) {
    this.#highWaterMark = highWaterMark;
    this.#holder = holder;
    this.#signal = signal;
    if (signal?.aborted) {
      this.#aborted();
      return;
    }
    this.#stopListening = signal && onAbort(signal, this.#aborted);
    joined(this.#subscription, () => source).subscribe({
      next: (value) => {
        this.#take(value);
      },
      error: (error: unknown) => {
        this.#finish({ error });
      },
      complete: () => {
        this.#finish({});
      },
    });
    // The source is left before the gate is let go: what comes then is no longer for this reader.
    this.#subscription.add(() => {
      this.#holder.release();
    });
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#values.length > 0) return Promise.resolve({ value: this.#shift(), done: false });
    const asker = new Asker<T>();
    if (this.#end) this.#tellEnd(asker);
    else this.#askers.push(asker);
    return asker.promise;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#leave();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: Error): Promise<IteratorResult<T, undefined>> {
    this.#leave();
    return handled(Promise.reject(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(value: T): void {
    const asker = this.#askers.shift();
    if (asker) {
      asker.resolve({ value, done: false });
      return;
    }
    this.#values.push(value);
    if (this.#values.length >= this.#highWaterMark) this.#holder.hold();
  }

  #shift(): T {
    const value = this.#values.shift() as T;
    if (this.#values.length < this.#highWaterMark) this.#holder.release();
    this.#settle();
    return value;
  }

  #leave(): void {
    this.#values.clear();
    this.#finish({});
  }

  /** Goes before an end of the source that nobody was told of yet. */
  readonly #aborted = (): void => {
    this.#values.clear();
    this.#end = undefined;
    this.#finish({ error: this.#signal?.reason });
  };

  #finish(end: { readonly error?: unknown }): void {
    this.#end ??= end;
    this.#subscription.unsubscribe();
    this.#settle();
    for (const asker of this.#askers.splice(0)) this.#tellEnd(asker);
  }

  /** An end with nothing kept before it can no longer be aborted. */
  #settle(): void {
    if (this.#end && this.#values.length === 0) this.#stopListening?.();
  }

  /** An error is told once; after it the iteration is over like any other. */
  #tellEnd({ promise, resolve, reject }: Asker<T>): void {
    const end = this.#end ?? {};
    this.#end = {};
    if (!('error' in end)) {
      resolve({ value: undefined, done: true });
      return;
    }
    reject(end.error);
    void handled(promise);
  }
}
