import { Subject } from 'rxjs';
import type { Observable, Observer } from 'rxjs';
import { onAbort, signalOf } from '../abort.js';
import type { Abortable } from '../abort.js';
import { RxDuplexError, codeOf, textOf } from '../errors.js';
import { whyNoMessage } from '../message.js';
import { badOption } from '../options.js';
import { handled, reported } from '../promises.js';
import type { OutboundStats } from '../stats.js';
import { warnOnce } from '../warning.js';
import { entryOf } from './entry.js';
import type { Dropped, Entry, Follower, Outcome, Reason } from './entry.js';
import { feed } from './feed.js';
import type { FeedReport } from './feed.js';
import { Held } from './held.js';
import type { Lease, Taker } from './lease.js';
import { checked } from './options.js';
import type { OutgoingOptions, Settings } from './options.js';
import { Sending } from './sending.js';
import type { MessageSource } from './source.js';

/** What becomes of a message for which there is no room: the strategy decides, or it waits. */
type WithoutRoom = 'refused' | 'bounded' | 'unbounded';

const manyRefused = 10;

/**
 * A Subject with a backpressure buffer: the messages on their way out, which outlive the calls that carry them.
 * Bounded in messages and bytes in every state of the connection. What is queued when a call dies stays queued for
 * the next one; what was handed to the call and not flushed is lost, counted, and never written again.
 *
 * Nothing here throws into a producer, and nothing disappears in silence: what is not sent is told on `dropped$`. What
 * is refused while nobody listens there, and nobody is told of it otherwise, is warned of once.
 */
export class Outgoing<T> implements Observer<T> {
  /** Each message as it is handed to a call: once, and again only if that call never came about. */
  readonly taken$: Observable<T>;
  /**
   * Each message that will not be sent, with where it ended and why. It never completes, since a buffer that is closed
   * still refuses messages.
   */
  readonly dropped$: Observable<Dropped<T>>;
  /** Emits when the buffer has been full, or has refused a message, and is at most half full again. */
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
  #state: 'open' | 'completed' | 'cancelled' | 'failed' = 'open';
  #cause: unknown;
  #saturated = false;
  /** How many messages were refused for want of room since there last was room. */
  #refusedInARow = 0;
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

  /**
   * Offers a message. True if the buffer has taken it. False if it was refused; if that was for want of room, `ready$`
   * emits when there is room again.
   */
  next(message: T): boolean {
    return this.#offer(message, undefined, 'refused').place !== 'gone';
  }

  /** Whether there is no room for another message now. */
  get full(): boolean {
    return !this.#held.roomy;
  }

  /**
   * Resolves when the buffer has taken the message; under `block` it waits its turn. Rejects with an `RxDuplexError`
   * when the message is refused, or with the signal's reason. Nobody has to await it.
   */
  send(message: T, options: Abortable = {}): Promise<void> {
    const signal = signalOf('send', options);
    return this.put(message, this.#waits, signal);
  }

  /**
   * Sends what `source` gives, and never completes the buffer. An Observable is subscribed to, and under `block` its
   * messages wait while there is no room, up to `maxWaiting` and `maxWaitingBytes`. An iterable or async iterable is
   * asked for its next message only when there is room, so that it loses none whatever the overflow strategy. What a
   * promise gives is looked at in the same way. A message that cannot be sent is refused alone.
   *
   * Resolves when the source has ended and nothing of it waits, and when the buffer is completed or closed, with the
   * numbers of messages taken and refused. Rejects with the source's error, with the signal's reason, with `OVERFLOW`
   * when more messages would have to wait than may, and with `CLOSED` when the buffer has failed, or takes no more when
   * the feed begins. Nobody has to await it: a failure of the source and an overflow are warned of then.
   */
  feed(source: MessageSource<T>, options: Abortable = {}): Promise<FeedReport> {
    return feed(this, source, signalOf('feed', options));
  }

  /** Takes no more. What is queued or waits is still sent; then the call is half-closed. */
  complete(): void {
    if (this.closed) return;
    this.#state = 'completed';
    this.#closing.complete();
    this.#taker?.wake();
    this.#noteBusy();
  }

  /** Takes no more and cancels the call: what is in flight is lost, what is queued undelivered. */
  error(error: unknown): void {
    this.#end('failed', error);
  }

  /** The same, asked for by the owner of the buffer: it is no failure. `cause` is what those are told whose messages it ends. */
  cancel(cause?: unknown): void {
    this.#end('cancelled', cause);
  }

  /** The books: what became of every message, in messages and in bytes. */
  stats(): OutboundStats {
    return this.#held.stats();
  }

  get closed(): boolean {
    return this.#state !== 'open';
  }

  /** Whether it was `error` that closed it, and with what. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#state === 'failed' ? { error: this.#cause } : undefined;
  }

  /** Whether any message is held: waiting, queued or in flight. */
  get busy(): boolean {
    return this.#held.busy;
  }

  /** Whether nothing is left to take and nothing will ever come again. */
  get finished(): boolean {
    return this.closed && this.#held.exhausted;
  }

  /** Like `send`, but `wait` decides whether a full buffer is waited for, whatever the strategy. */
  put(message: T, wait: boolean, signal?: AbortSignal): Promise<void> {
    const sending = new Sending();
    const entry = signal?.aborted
      ? this.#turnAway(message, sending, 'aborted', signal.reason)
      : this.#offer(message, sending, wait ? 'bounded' : 'refused');
    if (entry.place === 'waiting') {
      const sent = new Promise<void>((resolve, reject) => {
        sending.settleBy(resolve, reject, signal && onAbort(signal, (reason) => this.withdraw(entry, reason)));
      });
      return handled(sent);
    }
    entry.follower = undefined;
    const { refused } = sending;
    if (!refused) return Promise.resolve();
    return reported(Promise.reject(sending.error as Error), () => this.#warnOf(refused));
  }

  /** Like `send`, with a `follower` who is told of every step of the message's way instead of a promise. */
  offer(message: T, follower: Follower): Entry<T> {
    return this.#offer(message, follower, this.#waits ? 'bounded' : 'refused');
  }

  /** Like `next`, but under `block` the message may wait, and if `unbounded` then whatever waits already. */
  push(message: T, unbounded = false): void {
    this.#offer(message, undefined, this.#waits ? (unbounded ? 'unbounded' : 'bounded') : 'refused');
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

  /** Takes back all messages of `follower` that wait. */
  withdrawAll(follower: Follower, reason: unknown): void {
    for (const entry of this.#held.allWaiting) if (entry.follower === follower) this.withdraw(entry, reason);
  }

  /** Lets one call take from the buffer. Throws `BUSY` while another does, `CLOSED` after `error` and `cancel`. */
  lease(taker: Taker): Lease<T> {
    if (this.#taker) throw new RxDuplexError('BUSY', 'this Outgoing already feeds a live call');
    if (this.#state === 'failed' || this.#state === 'cancelled') {
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
      release: (cause, neverLeft = false) => {
        if (this.#taker !== taker) return;
        this.#taker = undefined;
        if (neverLeft && this.#state !== 'failed' && this.#state !== 'cancelled') this.#requeue();
        else this.#lose(cause);
        this.#roomMade();
      },
    };
  }

  /** Whether a message may wait for room. */
  get #waits(): boolean {
    return this.#settings.strategy === 'block';
  }

  #end(state: 'failed' | 'cancelled', cause: unknown): void {
    if (this.#state === 'failed' || this.#state === 'cancelled') return;
    const wasOpen = this.#state === 'open';
    this.#state = state;
    this.#cause = cause;
    if (wasOpen) this.#closing.complete();
    const waiting = this.#held.takeOut('waiting');
    const queued = this.#held.takeOut('queued');
    for (const entry of waiting) {
      this.#held.book(entry, 'waiting', 'rejected');
      this.#tell(entry, 'rejected', 'closed', cause);
    }
    for (const entry of queued) {
      this.#held.book(entry, 'queued', 'undelivered');
      this.#tell(entry, 'undelivered', 'closed', cause);
    }
    this.#taker?.fail(cause);
    this.#noteBusy();
  }

  #offer(message: T, follower: Follower | undefined, withoutRoom: WithoutRoom): Entry<T> {
    if (this.closed) return this.#turnAway(message, follower, 'closed', this.#cause);
    let entry: Entry<T>;
    try {
      entry = this.#measure(message, follower);
    } catch (error) {
      return this.#turnAway(message, follower, 'unserialisable', error);
    }
    const waits = withoutRoom !== 'refused';
    this.#held.offer(entry);
    if (entry.size > this.#settings.maxBytes) this.#refuse(entry, 'rejected', 'too-large');
    else if (this.#held.fits(entry) && !(this.#held.someWait && (waits || this.#waits))) this.#accept(entry);
    else if (waits) this.#wait(entry, withoutRoom);
    else if (this.#settings.onFull === 'refuse') this.#overflow(entry, 'rejected');
    else if (this.#settings.onFull === 'evict' && this.#held.fitsBesideInFlight(entry)) this.#evictFor(entry);
    else this.#overflow(entry, 'dropped');
    // The new one may be smaller than what it drove out.
    this.#admit();
    this.#noteBusy();
    return entry;
  }

  #measure(message: T, follower: Follower | undefined): Entry<T> {
    const { encode, sizeOf, key } = this.#settings;
    const why = whyNoMessage(message);
    if (why !== undefined) throw new TypeError(`a message must not be ${why}`);
    const payload = encode && this.#encoded(encode, message);
    const size = payload ? payload.length : sizeOf ? sizeOf(message) : 0;
    if (!(size >= 0 && Number.isSafeInteger(size))) {
      throw badOption('sizeOf', 'a function that gives a whole number of bytes', size);
    }
    return entryOf(message, follower, payload, size, key?.(message));
  }

  /** A message that cannot be serialised yet is serialised when it is written, and counts as one of no bytes until then. */
  #encoded(encode: (message: T) => Uint8Array, message: T): Uint8Array | undefined {
    try {
      return encode(message);
    } catch (error) {
      if (codeOf(error) === 'OPEN_FAILED') return undefined;
      throw error;
    }
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
    if (this.full) this.#saturated = true;
    entry.follower?.accepted?.(entry);
    if (older) this.#tell(older, 'dropped', 'replaced');
    this.#taker?.wake();
  }

  #wait(entry: Entry<T>, how: WithoutRoom): void {
    if (how === 'unbounded' || this.#held.mayWait(entry)) {
      this.#held.wait(entry);
      this.#saturated = true;
    } else this.#overflow(entry, 'rejected');
  }

  #overflow(entry: Entry<T>, outcome: 'rejected' | 'dropped'): void {
    this.#saturated = true;
    if (outcome === 'rejected') this.#refusedInARow += 1;
    this.#refuse(entry, outcome, 'overflow');
    this.#overflowed();
  }

  #overflowed(): void {
    if (!this.#settings.fatal || this.closed) return;
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
    const { follower } = entry;
    if (!follower && !this.#dropped.observed && outcome !== 'rejected') return;
    const dropped: Dropped<T> = { message: entry.message, outcome, reason, ...(error !== undefined && { error }) };
    if (!follower) this.#warnOf(dropped);
    follower?.ended(dropped);
    this.#dropped.next(dropped);
  }

  /**
   * A producer that waits for `ready$` is refused once before each wait. One that is refused again and again does not
   * listen, and would never learn of it.
   */
  #warnOf({ reason, error }: Dropped<unknown>): void {
    if (this.#dropped.observed) return;
    if (reason === 'overflow' && this.#refusedInARow >= manyRefused) {
      warnOnce(
        'RXDUPLEX_OVERFLOW',
        `${String(manyRefused)} messages in a row were refused because a buffer is full, and nobody listens to dropped$: ` +
          'wait for ready$ or use send or feed, or choose an overflow strategy that drops',
      );
    } else if (reason === 'unserialisable' || reason === 'too-large') {
      const why = error === undefined ? '' : `: ${textOf(error)}`;
      warnOnce(
        'RXDUPLEX_MESSAGE_REFUSED',
        `a message was refused as ${reason}, and nobody listens to dropped$${why}`,
        `RXDUPLEX_MESSAGE_REFUSED ${reason}`,
      );
    }
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

  #lose(cause: unknown): void {
    for (const entry of this.#held.takeOut('inFlight')) {
      this.#held.book(entry, 'inFlight', 'lost');
      this.#tell(entry, 'lost', 'connection-lost', cause);
    }
  }

  #requeue(): void {
    const { returned, replaced } = this.#held.requeue();
    for (const entry of replaced) this.#tell(entry, 'dropped', 'replaced');
    for (const entry of returned) entry.follower?.returned?.(entry);
  }

  #roomMade(): void {
    this.#admit();
    if (this.#saturated && this.#held.halfEmpty) {
      this.#saturated = false;
      this.#refusedInARow = 0;
      this.#ready.next();
    }
    this.#noteBusy();
  }

  /** Lets those who wait in, in their order, as far as there is room. */
  #admit(): void {
    for (let entry = this.#held.waited(); entry; entry = this.#held.waited()) this.#accept(entry);
  }

  #noteBusy(): void {
    const { busy } = this.#held;
    if (busy !== this.#wasBusy) {
      this.#wasBusy = busy;
      if (this.#busy.observed) this.#busy.next(busy);
    }
    if (!this.closed || this.#wasBusy) return;
    for (const subject of [this.#taken, this.#ready, this.#busy]) subject.complete();
  }
}
