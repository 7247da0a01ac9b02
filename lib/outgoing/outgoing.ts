import { Subject } from 'rxjs';
import type { Observable, ObservableInput, Observer } from 'rxjs';
import { RxDuplexError } from '../errors.js';
import { badOption } from '../options.js';
import type { OutboundStats } from '../stats.js';
import { entryOf, errorOf } from './entry.js';
import type { Dropped, Entry, Follower, Outcome, Reason } from './entry.js';
import { feed } from './feed.js';
import { Held } from './held.js';
import type { Lease, Taker } from './lease.js';
import { checked } from './options.js';
import type { OutgoingOptions, Settings } from './options.js';

export interface Abortable {
  readonly signal?: AbortSignal;
}

/**
 * A Subject with a backpressure buffer: the messages on their way out, which outlive the calls that carry them.
 * Bounded in messages and bytes in every state of the connection. What is queued when a call dies stays queued for
 * the next one; what was handed to the call and not flushed is lost, counted, and never written again.
 *
 * Nothing here throws into a producer, and nothing disappears in silence: what is not sent is told on `dropped$`.
 */
export class Outgoing<T> implements Observer<T> {
  /** Each message once, as it is handed to a call. */
  readonly taken$: Observable<T>;
  /** Each message that will not be sent, with where it ended and why. */
  readonly dropped$: Observable<Dropped<T>>;
  /** Tells a producer that was refused, or told of no more room, that the buffer is at most half full again. */
  readonly ready$: Observable<void>;
  /** True when the buffer begins to hold messages, false when the last of them has left or ended. */
  readonly busy$: Observable<boolean>;
  /** Completes when no more is taken: `complete` or `error` was called. */
  readonly closing$: Observable<never>;
  /** How a message is serialised when it is offered, if it is. */
  readonly encode: ((message: T) => Uint8Array) | undefined;

  readonly #settings: Settings<T>;
  readonly #held: Held<T>;
  readonly #taken = new Subject<T>();
  readonly #dropped = new Subject<Dropped<T>>();
  readonly #ready = new Subject<void>();
  readonly #busy = new Subject<boolean>();
  readonly #closing = new Subject<never>();
  #taker: Taker | undefined;
  #closed = false;
  #cause: unknown;
  #failed = false;
  #saturated = false;
  #wasBusy = false;

  constructor(options: OutgoingOptions<T> = {}) {
    this.#settings = checked(options);
    this.#held = new Held(this.#settings);
    this.encode = this.#settings.encode;
    this.taken$ = this.#taken.asObservable();
    this.dropped$ = this.#dropped.asObservable();
    this.ready$ = this.#ready.asObservable();
    this.busy$ = this.#busy.asObservable();
    this.closing$ = this.#closing.asObservable();
  }

  /** Offers a message. False when it was not taken, or when there is no room for another: see `ready$`. */
  next(message: T): boolean {
    const { place } = this.#offer(message, undefined, false);
    return this.#hasRoom() && place !== 'gone';
  }

  /**
   * Like `next`, but under `block` a message for which there is no room waits its turn, as a `send` does. For a producer
   * that will stop at a `false`, and cannot know beforehand how large its next message is.
   */
  push(message: T): boolean {
    const { place } = this.#offer(message, undefined, this.#settings.strategy === 'block');
    return this.#hasRoom() && place !== 'gone';
  }

  /**
   * Resolves when the buffer has taken the message; under `block` it waits its turn. Rejects with an `RxDuplexError`
   * when the message is refused, or with the signal's reason.
   */
  send(message: T, { signal }: Abortable = {}): Promise<void> {
    return this.put(message, this.#settings.strategy === 'block', signal);
  }

  /**
   * Sends what `source` gives and settles when it ends; it never completes the buffer. An Observable is pushed, by
   * the rules of `next`. An iterable or async iterable is pulled: it is asked for its next value only when there is
   * room, so that it loses none whatever the overflow strategy. A message that cannot be sent is refused alone.
   * Rejects with the source's error, with the signal's reason, or with `CLOSED`.
   */
  feed(source: ObservableInput<T>, { signal }: Abortable = {}): Promise<void> {
    return feed(this, source, signal);
  }

  /** Takes no more. What is queued or waits is still sent; then the call is half-closed. */
  complete(): void {
    this.#close();
    this.#taker?.wake();
    this.#noteBusy();
  }

  /** Takes no more and cancels the call: what is in flight is lost, what is queued undelivered. */
  error(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#cause = error;
    this.#close();
    const waiting = this.#held.takeOut('waiting');
    const queued = this.#held.takeOut('queued');
    for (const entry of waiting) {
      this.#held.book(entry, 'waiting', 'rejected');
      this.#tell(entry, 'rejected', 'closed', error);
    }
    for (const entry of queued) {
      this.#held.book(entry, 'queued', 'undelivered');
      this.#tell(entry, 'undelivered', 'closed', error);
    }
    this.#taker?.fail(error);
    this.#noteBusy();
  }

  /** The books: what became of every message, in messages and in bytes. */
  stats(): OutboundStats {
    return this.#held.stats();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it was `error` that closed it, and with what. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failed ? { error: this.#cause } : undefined;
  }

  /** Whether any message is held: waiting, queued or in flight. */
  get busy(): boolean {
    return this.#held.busy;
  }

  /** Whether nothing is left to take and nothing will ever come again. */
  get finished(): boolean {
    return this.#closed && this.#held.exhausted;
  }

  /** Like `send`, but `wait` decides whether a full buffer is waited for, whatever the strategy. */
  put(message: T, wait: boolean, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let waiting: Entry<T> | undefined;
      const aborted = (): void => {
        if (waiting) this.withdraw(waiting, signal?.reason);
      };
      const settle = (): void => signal?.removeEventListener('abort', aborted);
      const follower: Follower = {
        accepted: () => {
          settle();
          resolve();
          if (waiting) waiting.follower = undefined;
        },
        ended: (dropped) => {
          settle();
          reject(dropped.reason === 'aborted' ? (dropped.error as Error) : errorOf(dropped));
        },
      };
      const entry = signal?.aborted
        ? this.#turnAway(message, follower, 'aborted', signal.reason)
        : this.#offer(message, follower, wait);
      if (entry.place === 'waiting') {
        waiting = entry;
        if (signal?.aborted) aborted();
        else signal?.addEventListener('abort', aborted);
      } else entry.follower = undefined;
    });
  }

  /** Like `send`, with a `follower` who is told of every step of the message's way instead of a promise. */
  offer(message: T, follower: Follower): Entry<T> {
    return this.#offer(message, follower, this.#settings.strategy === 'block');
  }

  /** Takes a message back that was not handed to a call yet; false when it is too late for that. */
  withdraw(entry: Entry<T>, reason?: unknown): boolean {
    if (entry.place === 'waiting') {
      this.#held.end(entry, 'waiting', 'rejected');
      this.#tell(entry, 'rejected', 'aborted', reason);
    } else if (entry.place === 'queued') {
      this.#held.end(entry, 'queued', 'cancelled');
      this.#tell(entry, 'cancelled', 'aborted', reason);
    } else return false;
    this.#roomMade();
    return true;
  }

  /** Lets one call take from the buffer. Throws `BUSY` while another does, `CLOSED` after `error`. */
  lease(taker: Taker): Lease<T> {
    if (this.#taker) throw new RxDuplexError('BUSY', 'this Outgoing already feeds a live call');
    if (this.#failed) {
      throw new RxDuplexError('CLOSED', 'the Outgoing has ended with an error', { cause: this.#cause });
    }
    this.#taker = taker;
    return {
      take: (maxBytes = Infinity) => {
        const entry = this.#taker === taker ? this.#take(maxBytes) : undefined;
        // Whoever was told of it may have ended the call: then it is lost already.
        return this.#taker === taker ? entry : undefined;
      },
      flushed: (count = 1) => {
        if (this.#taker === taker) this.#flushed(taker, count);
      },
      discard: (entry, error) => {
        if (this.#taker === taker) this.#discard(entry, error);
      },
      release: (cause) => {
        if (this.#taker === taker) this.#release(cause);
      },
    };
  }

  #offer(message: T, follower: Follower | undefined, wait: boolean): Entry<T> {
    if (this.#closed) return this.#turnAway(message, follower, 'closed', this.#cause);
    let entry: Entry<T>;
    try {
      entry = this.#measure(message, follower);
    } catch (error) {
      return this.#turnAway(message, follower, 'unserialisable', error);
    }
    this.#held.offer(entry);
    if (entry.size > this.#settings.maxBytes) this.#refuse(entry, 'rejected', 'too-large');
    else if (this.#held.fits(entry) && !(this.#held.someWait && this.#inTurn(wait))) this.#accept(entry);
    else if (wait) this.#wait(entry);
    else if (this.#settings.onFull === 'refuse') this.#overflow(entry, 'rejected');
    else if (this.#settings.onFull === 'evict' && this.#held.fitsBesideInFlight(entry)) this.#evictFor(entry);
    else this.#overflow(entry, 'dropped');
    // The new one may be smaller than what it drove out.
    this.#admit();
    this.#noteBusy();
    return entry;
  }

  /** Under `block` nobody overtakes those who wait. */
  #inTurn(wait: boolean): boolean {
    return wait || this.#settings.strategy === 'block';
  }

  #measure(message: T, follower: Follower | undefined): Entry<T> {
    const { encode, sizeOf, key } = this.#settings;
    const payload = encode?.(message);
    const size = payload ? payload.length : sizeOf ? sizeOf(message) : 0;
    if (!(size >= 0 && Number.isSafeInteger(size))) {
      throw badOption('sizeOf', 'a function that gives a whole number of bytes', size);
    }
    return entryOf(message, follower, payload, size, key?.(message));
  }

  /** Who is evicted is told only when the buffer is whole again: what they do then may come back here. */
  #evictFor(entry: Entry<T>): void {
    const evicted = this.#held.evictFor(entry);
    this.#accept(entry);
    for (const oldest of evicted) this.#tell(oldest, 'dropped', 'overflow');
    this.#overflowed();
  }

  #accept(entry: Entry<T>): void {
    const older = this.#held.accept(entry);
    entry.follower?.accepted?.();
    if (older) this.#tell(older, 'dropped', 'replaced');
    this.#taker?.wake();
  }

  #wait(entry: Entry<T>): void {
    if (!this.#held.wait(entry)) this.#overflow(entry, 'rejected');
  }

  #overflow(entry: Entry<T>, outcome: 'rejected' | 'dropped'): void {
    this.#saturated = true;
    this.#refuse(entry, outcome, 'overflow');
    this.#overflowed();
  }

  #overflowed(): void {
    if (!this.#settings.fatal || this.#closed) return;
    queueMicrotask(() => {
      this.error(new RxDuplexError('OVERFLOW', 'the buffer is full, and its overflow is fatal'));
    });
  }

  #refuse(entry: Entry<T>, outcome: 'rejected' | 'dropped', reason: Reason, error?: unknown): void {
    this.#held.refuse(entry, outcome);
    this.#tell(entry, outcome, reason, error);
  }

  /** Refuses a message that was never measured. */
  #turnAway(message: T, follower: Follower | undefined, reason: Reason, error: unknown): Entry<T> {
    const entry = entryOf(message, follower, undefined, 0, undefined);
    this.#held.offer(entry);
    this.#refuse(entry, 'rejected', reason, error);
    return entry;
  }

  #tell(entry: Entry<T>, outcome: Outcome, reason: Reason, error?: unknown): void {
    entry.place = 'gone';
    if (!entry.follower && !this.#dropped.observed) return;
    const dropped: Dropped<T> = { message: entry.message, outcome, reason, ...(error !== undefined && { error }) };
    entry.follower?.ended(dropped);
    this.#dropped.next(dropped);
  }

  #take(maxBytes: number): Entry<T> | undefined {
    const entry = this.#held.take(maxBytes);
    if (!entry) return undefined;
    entry.follower?.taken?.();
    if (this.#taken.observed) this.#taken.next(entry.message);
    return entry;
  }

  #flushed(taker: Taker, count: number): void {
    for (let left = count; left > 0; left -= 1) {
      // Whoever was told of the one before may have ended the call: what is in flight now is another's.
      const entry = this.#taker === taker ? this.#held.flush() : undefined;
      if (!entry) break;
      entry.follower?.flushed?.();
    }
    this.#roomMade();
  }

  #discard(entry: Entry<T>, error: unknown): void {
    this.#held.end(entry, 'inFlight', 'dropped');
    this.#tell(entry, 'dropped', 'unserialisable', error);
    this.#roomMade();
  }

  #release(cause: unknown): void {
    this.#taker = undefined;
    for (const entry of this.#held.takeOut('inFlight')) {
      this.#held.book(entry, 'inFlight', 'lost');
      this.#tell(entry, 'lost', 'connection-lost', cause);
    }
    this.#roomMade();
  }

  #roomMade(): void {
    this.#admit();
    if (this.#saturated && this.#held.halfEmpty) {
      this.#saturated = false;
      this.#ready.next();
    }
    this.#noteBusy();
  }

  /** Lets those who wait in, in their order, as far as there is room. */
  #admit(): void {
    for (let entry = this.#held.waited(); entry; entry = this.#held.waited()) this.#accept(entry);
  }

  #hasRoom(): boolean {
    const room = this.#held.roomy;
    if (!room) this.#saturated = true;
    return room;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.complete();
  }

  #noteBusy(): void {
    const { busy } = this.#held;
    if (busy !== this.#wasBusy) {
      this.#wasBusy = busy;
      if (this.#busy.observed) this.#busy.next(busy);
    }
    if (!this.#closed || this.#wasBusy) return;
    for (const subject of [this.#taken, this.#dropped, this.#ready, this.#busy]) subject.complete();
  }
}
