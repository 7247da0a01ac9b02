import { Subject } from 'rxjs';
import type { Observable, ObservableInput, Observer } from 'rxjs';
import { RxDuplexError } from '../errors.js';
import { badOption } from '../options.js';
import { Queue } from '../queue.js';
import { Ledger } from '../stats.js';
import type { OutboundStats } from '../stats.js';
import { entryOf, errorOf } from './entry.js';
import type { Dropped, Entry, Follower, Outcome, Reason } from './entry.js';
import { feed } from './feed.js';
import { checked } from './options.js';
import type { OutgoingOptions, Settings } from './options.js';

export interface Abortable {
  readonly signal?: AbortSignal;
}

/** What a call tells the buffer that feeds it. */
export interface Taker {
  /** There is something to take, or nothing will ever come again. */
  wake(): void;
  /** `error` was called: the call is to be cancelled. */
  fail(error: unknown): void;
}

/** The right of one live call to take from the buffer. Nobody else has it until it is released. */
export interface Lease<T> {
  /** The oldest queued message, if it has at most so many bytes; it is in flight from now on. */
  take(maxBytes?: number): Entry<T> | undefined;
  /** A write has left this process, and with it the oldest `count` messages in flight. */
  flushed(count?: number): void;
  /** The message just taken cannot be written. */
  discard(entry: Entry<T>, error: unknown): void;
  /** The call is over: what is in flight is lost. */
  release(cause?: unknown): void;
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
  readonly #ledger = new Ledger();
  readonly #waiting = new Queue<Entry<T>>();
  /** What is in flight, and after it what is queued. */
  readonly #held = new Queue<Entry<T>>();
  /** The oldest that is queued. */
  #oldest: Entry<T> | undefined;
  readonly #byKey = new Map<unknown, Entry<T>>();
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
    const waiting = this.#gone(this.#waiting, this.#waiting.first);
    const queued = this.#gone(this.#held, this.#oldest);
    this.#oldest = undefined;
    for (const entry of waiting) {
      this.#ledger.waiting.moveTo(this.#ledger.rejected, entry.size);
      this.#tell(entry, 'rejected', 'closed', error);
    }
    for (const entry of queued) {
      this.#ledger.queued.moveTo(this.#ledger.undelivered, entry.size);
      this.#tell(entry, 'undelivered', 'closed', error);
    }
    this.#taker?.fail(error);
    this.#noteBusy();
  }

  /** The books: what became of every message, in messages and in bytes. */
  stats(): OutboundStats {
    return this.#ledger.stats();
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
    const { waiting, queued, inFlight } = this.#ledger;
    return waiting.messages + queued.messages + inFlight.messages > 0;
  }

  /** Whether nothing is left to take and nothing will ever come again. */
  get finished(): boolean {
    return this.#closed && !this.#oldest && !this.#waiting.first;
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
      this.#waiting.remove(entry);
      this.#ledger.waiting.moveTo(this.#ledger.rejected, entry.size);
      this.#tell(entry, 'rejected', 'aborted', reason);
    } else if (entry.place === 'queued') {
      this.#removeQueued(entry);
      this.#endQueued(entry, 'cancelled');
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
    const { size } = entry;
    this.#ledger.offered.enter(size);
    if (size > this.#settings.maxBytes) this.#reject(entry, 'too-large');
    else if (this.#fits(entry) && !(this.#waiting.first && this.#inTurn(wait))) this.#accept(entry);
    else if (wait) this.#wait(entry);
    else if (this.#settings.onFull === 'refuse') this.#overflow(entry, 'rejected');
    else if (this.#settings.onFull === 'evict' && this.#canEvictFor(size)) this.#evictFor(entry);
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

  #sameKey(entry: Entry<T>): Entry<T> | undefined {
    return this.#settings.key && this.#byKey.get(entry.key);
  }

  #fits(entry: Entry<T>): boolean {
    const { queued, inFlight } = this.#ledger;
    const older = this.#sameKey(entry);
    return (
      queued.messages + inFlight.messages + (older ? 0 : 1) <= this.#settings.maxMessages &&
      queued.bytes + inFlight.bytes - (older?.size ?? 0) + entry.size <= this.#settings.maxBytes
    );
  }

  #canEvictFor(size: number): boolean {
    const { inFlight } = this.#ledger;
    return inFlight.messages < this.#settings.maxMessages && inFlight.bytes + size <= this.#settings.maxBytes;
  }

  /** Who is evicted is told only when the buffer is whole again: what they do then may come back here. */
  #evictFor(entry: Entry<T>): void {
    const older = this.#sameKey(entry);
    const evicted: Entry<T>[] = [];
    while (!this.#fits(entry)) {
      const oldest = this.#oldest === older ? older?.after : this.#oldest;
      if (!oldest) break;
      this.#removeQueued(oldest);
      this.#endQueued(oldest, 'dropped');
      evicted.push(oldest);
    }
    this.#accept(entry);
    for (const oldest of evicted) this.#tell(oldest, 'dropped', 'overflow');
    this.#overflowed();
  }

  #accept(entry: Entry<T>): void {
    const older = this.#sameKey(entry);
    this.#ledger.accepted.enter(entry.size);
    this.#ledger.queued.enter(entry.size);
    entry.place = 'queued';
    if (older) {
      this.#held.replace(older, entry);
      if (this.#oldest === older) this.#oldest = entry;
      this.#endQueued(older, 'dropped');
    } else {
      this.#held.push(entry);
      this.#oldest ??= entry;
    }
    if (this.#settings.key) this.#byKey.set(entry.key, entry);
    entry.follower?.accepted?.();
    if (older) this.#tell(older, 'dropped', 'replaced');
    this.#taker?.wake();
  }

  #wait(entry: Entry<T>): void {
    if (this.#ledger.waiting.messages >= this.#settings.maxWaiting) {
      this.#overflow(entry, 'rejected');
      return;
    }
    this.#ledger.waiting.enter(entry.size);
    entry.place = 'waiting';
    this.#waiting.push(entry);
  }

  #overflow(entry: Entry<T>, outcome: 'rejected' | 'dropped'): void {
    this.#saturated = true;
    if (outcome === 'dropped') this.#ledger.accepted.enter(entry.size);
    this.#ledger[outcome].enter(entry.size);
    this.#tell(entry, outcome, 'overflow');
    this.#overflowed();
  }

  #overflowed(): void {
    if (!this.#settings.fatal || this.#closed) return;
    queueMicrotask(() => {
      this.error(new RxDuplexError('OVERFLOW', 'the buffer is full, and its overflow is fatal'));
    });
  }

  #reject(entry: Entry<T>, reason: Reason, error?: unknown): void {
    this.#ledger.rejected.enter(entry.size);
    this.#tell(entry, 'rejected', reason, error);
  }

  /** Refuses a message that was never measured. */
  #turnAway(message: T, follower: Follower | undefined, reason: Reason, error: unknown): Entry<T> {
    const entry = entryOf(message, follower, undefined, 0, undefined);
    this.#ledger.offered.enter(0);
    this.#reject(entry, reason, error);
    return entry;
  }

  #endQueued(entry: Entry<T>, outcome: 'dropped' | 'cancelled' | 'undelivered'): void {
    this.#ledger.queued.moveTo(this.#ledger[outcome], entry.size);
    entry.place = 'gone';
    this.#forget(entry);
  }

  #removeQueued(entry: Entry<T>): void {
    if (this.#oldest === entry) this.#oldest = entry.after;
    this.#held.remove(entry);
  }

  /**
   * Takes out of a queue what is in it from `first` on, up to `end`. Nobody is told of their ends before they are out:
   * what is done then may come back here.
   */
  #gone(queue: Queue<Entry<T>>, first: Entry<T> | undefined, end?: Entry<T>): Entry<T>[] {
    const entries: Entry<T>[] = [];
    for (let entry = first; entry && entry !== end;) {
      const { after } = entry;
      queue.remove(entry);
      entry.place = 'gone';
      this.#forget(entry);
      entries.push(entry);
      entry = after;
    }
    return entries;
  }

  #forget(entry: Entry<T>): void {
    if (this.#settings.key && this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key);
  }

  #tell(entry: Entry<T>, outcome: Outcome, reason: Reason, error?: unknown): void {
    entry.place = 'gone';
    if (!entry.follower && !this.#dropped.observed) return;
    const dropped: Dropped<T> = { message: entry.message, outcome, reason, ...(error !== undefined && { error }) };
    entry.follower?.ended(dropped);
    this.#dropped.next(dropped);
  }

  #take(maxBytes: number): Entry<T> | undefined {
    const entry = this.#oldest;
    if (!entry || entry.size > maxBytes) return undefined;
    this.#oldest = entry.after;
    this.#forget(entry);
    this.#ledger.queued.moveTo(this.#ledger.inFlight, entry.size);
    entry.place = 'inFlight';
    entry.follower?.taken?.();
    if (this.#taken.observed) this.#taken.next(entry.message);
    return entry;
  }

  #flushed(taker: Taker, count: number): void {
    for (let left = count; left > 0; left -= 1) {
      // Whoever was told of the one before may have ended the call: what is in flight now is another's.
      const entry = this.#taker === taker ? this.#held.first : undefined;
      if (entry?.place !== 'inFlight') break;
      this.#held.remove(entry);
      this.#ledger.inFlight.moveTo(this.#ledger.sent, entry.size);
      entry.place = 'sent';
      entry.follower?.flushed?.();
    }
    this.#roomMade();
  }

  #discard(entry: Entry<T>, error: unknown): void {
    this.#held.remove(entry);
    this.#ledger.inFlight.moveTo(this.#ledger.dropped, entry.size);
    this.#tell(entry, 'dropped', 'unserialisable', error);
    this.#roomMade();
  }

  #release(cause: unknown): void {
    this.#taker = undefined;
    for (const entry of this.#gone(this.#held, this.#held.first, this.#oldest)) {
      this.#ledger.inFlight.moveTo(this.#ledger.lost, entry.size);
      this.#tell(entry, 'lost', 'connection-lost', cause);
    }
    this.#roomMade();
  }

  #roomMade(): void {
    this.#admit();
    if (this.#saturated && this.#halfEmpty()) {
      this.#saturated = false;
      this.#ready.next();
    }
    this.#noteBusy();
  }

  /** Lets those who wait in, in their order, as far as there is room. */
  #admit(): void {
    for (let entry = this.#waiting.first; entry && this.#fits(entry); entry = this.#waiting.first) {
      this.#waiting.remove(entry);
      this.#ledger.waiting.leave(entry.size);
      this.#accept(entry);
    }
  }

  #hasRoom(): boolean {
    const { queued, inFlight } = this.#ledger;
    const room =
      queued.messages + inFlight.messages < this.#settings.maxMessages &&
      queued.bytes + inFlight.bytes < this.#settings.maxBytes &&
      !this.#waiting.first;
    if (!room) this.#saturated = true;
    return room;
  }

  #halfEmpty(): boolean {
    const { queued, inFlight } = this.#ledger;
    return (
      queued.messages + inFlight.messages <= this.#settings.maxMessages / 2 &&
      queued.bytes + inFlight.bytes <= this.#settings.maxBytes / 2
    );
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.complete();
  }

  #noteBusy(): void {
    if (this.busy !== this.#wasBusy) {
      this.#wasBusy = this.busy;
      if (this.#busy.observed) this.#busy.next(this.#wasBusy);
    }
    if (!this.#closed || this.#wasBusy) return;
    for (const subject of [this.#taken, this.#dropped, this.#ready, this.#busy]) subject.complete();
  }
}
