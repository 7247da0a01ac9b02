import { Subscription, from, isObservable } from 'rxjs';
import type { Observable } from 'rxjs';
import { onAbort } from '../abort.js';
import { RxDuplexError, textOf } from '../errors.js';
import { joined } from '../joined.js';
import { reported } from '../promises.js';
import { warnOnce } from '../warning.js';
import { closedError, errorOf } from './entry.js';
import type { Dropped, Entry, Follower } from './entry.js';
import { checkSource, givesMessages, isPromiseLike } from './source.js';
import type { MessageSource } from './source.js';

/** How many messages of a source the buffer has taken, and how many it has refused. */
export interface FeedReport {
  readonly taken: number;
  /** Each was reported on `dropped$`, with the reason. */
  readonly refused: number;
}

/** The buffer that a source is fed into. */
export interface Sink<T> {
  readonly closed: boolean;
  /** The error that ended it, if it has failed. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Completes when it takes no more. */
  readonly closing$: Observable<never>;
  /** Offers a message, which may wait for room if the overflow strategy is `block`. */
  offer(message: T, follower: Follower): Entry<T>;
  /** Resolves when the message has been taken; `wait` says whether it may wait for room, whatever the strategy. */
  put(message: T, wait: boolean, signal?: AbortSignal): Promise<void>;
  /** Takes back all messages of `follower` that still wait. */
  withdrawAll(follower: Follower, reason: unknown): void;
}

export function feed<T>(sink: Sink<T>, source: MessageSource<T>, signal?: AbortSignal): Promise<FeedReport> {
  checkSource('source', source);
  const fed = new Promise<FeedReport>((resolve, reject) => {
    if (signal?.aborted) reject(signal.reason as Error);
    else if (sink.closed) reject(closedError(sink.failure?.error));
    else new Feed(sink, resolve, reject, signal).start(source);
  });
  return reported(fed, (error) => {
    if (signal?.aborted && error === signal.reason) return;
    if (RxDuplexError.is(error) && error.code === 'CLOSED') return;
    warnOnce('RXDUPLEX_FEED_FAILED', `a feed has failed, and nothing awaits its promise: ${textOf(error)}`);
  });
}

/** One source on its way into a buffer. It follows each message until that is taken or refused, and no further. */
class Feed<T> implements Follower {
  readonly #sink: Sink<T>;
  readonly #resolve: (report: FeedReport) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  /** The subscription to the source, or the wait for its next message. */
  readonly #reading = new Subscription();
  /** What to stop listening to at the end. */
  readonly #listening = new Subscription();
  #offered = 0;
  #taken = 0;
  #refused = 0;
  /** The source has ended or was left. What waits in the buffer may still be taken. */
  #ended = false;
  #settled = false;

  constructor(
    sink: Sink<T>,
    resolve: (report: FeedReport) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#sink = sink;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    this.#listening.add(sink.closing$.subscribe({ complete: () => this.#end() }));
    if (signal) this.#listening.add(onAbort(signal, (reason) => this.#aborted(reason)));
  }

  start(source: MessageSource<T>): void {
    if (isPromiseLike(source)) void this.#await(source);
    else if (isObservable(source)) this.#push(source);
    else if (Symbol.asyncIterator in source) void this.#pull(source[Symbol.asyncIterator]());
    else if (Symbol.iterator in source) void this.#pull(source[Symbol.iterator]());
    else this.#push(from(source));
  }

  accepted(entry: Entry<unknown>): void {
    entry.follower = undefined;
    this.#taken += 1;
    this.#settle();
  }

  ended(dropped: Dropped<unknown>): void {
    this.#refused += 1;
    if (dropped.reason === 'overflow' && dropped.outcome === 'rejected') this.#fail(errorOf(dropped));
    else this.#settle();
  }

  /** What a promise gives is looked at as the source itself would have been; anything else is one message. */
  async #await(promise: PromiseLike<unknown>): Promise<void> {
    try {
      const given = await this.#unlessLeft(promise);
      if (!this.#ended) this.start(givesMessages<T>(given) ? given : [given as T]);
    } catch (error) {
      this.#fail(error);
    }
  }

  #push(source: Observable<T>): void {
    joined(this.#reading, () => source).subscribe({
      next: (message) => {
        this.#offered += 1;
        this.#sink.offer(message, this);
      },
      error: (error: unknown) => this.#fail(error),
      complete: () => this.#end(),
    });
  }

  /** The source is asked for a message only after the buffer has taken the one before. */
  async #pull(source: Iterator<T> | AsyncIterator<T>): Promise<void> {
    let isOver = false;
    try {
      while (!this.#ended) {
        // A source that fails when it is asked is over.
        isOver = true;
        const asked = source.next();
        const result = isPromiseLike(asked) ? await this.#unlessLeft(asked) : asked;
        isOver = result?.done === true;
        if (!result || isOver) break;
        await this.#put(result.value as T);
      }
      this.#end();
    } catch (error) {
      this.#fail(error);
    }
    if (!isOver) void leave(source);
  }

  async #put(message: T): Promise<void> {
    this.#offered += 1;
    try {
      await this.#sink.put(message, true, this.#signal);
      this.#taken += 1;
    } catch (error) {
      this.#refused += 1;
      // A closed buffer ends the feed by itself.
      if (!this.#sink.closed && !isRefusedAlone(error)) throw error;
    }
    this.#settle();
  }

  /** What `promise` gives, or nothing if the source is left before: it cannot be asked to give up waiting. */
  #unlessLeft<R>(promise: PromiseLike<R>): Promise<R | undefined> {
    return new Promise<R | undefined>((resolve, reject) => {
      const left = (): void => resolve(undefined);
      this.#reading.add(left);
      promise.then((value) => {
        this.#reading.remove(left);
        resolve(value);
      }, reject);
    });
  }

  #end(): void {
    this.#ended = true;
    this.#reading.unsubscribe();
    this.#settle();
  }

  #settle(): void {
    if (!this.#ended || this.#settled || this.#offered > this.#taken + this.#refused) return;
    const { failure } = this.#sink;
    if (failure) {
      this.#fail(closedError(failure.error));
      return;
    }
    this.#stop();
    this.#resolve({ taken: this.#taken, refused: this.#refused });
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#stop();
    this.#reject(error);
  }

  #aborted(reason: unknown): void {
    this.#fail(reason);
    this.#sink.withdrawAll(this, reason);
  }

  #stop(): void {
    this.#settled = this.#ended = true;
    this.#reading.unsubscribe();
    this.#listening.unsubscribe();
  }
}

/** A message that no buffer could take says nothing about the next one. */
const isRefusedAlone = (error: unknown): boolean =>
  RxDuplexError.is(error) && (error.code === 'TOO_LARGE' || error.code === 'UNSERIALISABLE');

async function leave(source: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // The feed has ended already, for a reason of its own.
  }
}
