import { Queue } from '../queue.js';
import { Ledger } from '../stats.js';
import type { OutboundStats } from '../stats.js';
import type { Entry, Outcome } from './entry.js';
import type { Settings } from './options.js';

/** Where a message stands that is held. */
type Standing = 'waiting' | 'queued' | 'inFlight';

/**
 * The messages that a buffer holds, and its books. Each move of a message is made here, in its queue, its place, its key
 * and its accounts at once; why it moves, and who is told, is not known here.
 */
export class Held<T> {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #maxWaiting: number;
  readonly #maxWaitingBytes: number;
  readonly #keyed: boolean;
  readonly #ledger = new Ledger();
  readonly #waiting = new Queue<Entry<T>>();
  /** What is in flight, and after it what is queued. */
  readonly #entries = new Queue<Entry<T>>();
  /** The oldest that is queued. */
  #oldest: Entry<T> | undefined;
  readonly #byKey = new Map<unknown, Entry<T>>();

  constructor({ maxMessages, maxBytes, maxWaiting, maxWaitingBytes, key }: Settings<T>) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
    this.#maxWaiting = maxWaiting;
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#keyed = key !== undefined;
  }

  stats(): OutboundStats {
    return this.#ledger.stats();
  }

  get busy(): boolean {
    const { waiting, queued, inFlight } = this.#ledger;
    return waiting.messages + queued.messages + inFlight.messages > 0;
  }

  /** Whether nothing is left that was not taken. */
  get exhausted(): boolean {
    return !this.#oldest && !this.#waiting.first;
  }

  get someWait(): boolean {
    return this.#waiting.first !== undefined;
  }

  /** Whether there is room for one more, of at least a byte. */
  get roomy(): boolean {
    const { queued, inFlight } = this.#ledger;
    return (
      queued.messages + inFlight.messages < this.#maxMessages &&
      queued.bytes + inFlight.bytes < this.#maxBytes &&
      !this.#waiting.first
    );
  }

  get halfEmpty(): boolean {
    const { queued, inFlight } = this.#ledger;
    return (
      queued.messages + inFlight.messages <= this.#maxMessages / 2 &&
      queued.bytes + inFlight.bytes <= this.#maxBytes / 2
    );
  }

  fits(entry: Entry<T>): boolean {
    const { queued, inFlight } = this.#ledger;
    const older = this.#sameKey(entry);
    return (
      queued.messages + inFlight.messages + (older ? 0 : 1) <= this.#maxMessages &&
      queued.bytes + inFlight.bytes - (older?.size ?? 0) + entry.size <= this.#maxBytes
    );
  }

  /** Whether it would fit if nothing were queued. */
  fitsBesideInFlight({ size }: Entry<T>): boolean {
    const { inFlight } = this.#ledger;
    return inFlight.messages < this.#maxMessages && inFlight.bytes + size <= this.#maxBytes;
  }

  offer({ size }: Entry<T>): void {
    this.#ledger.offered.enter(size);
  }

  /** It was offered, and goes no further. */
  refuse({ size }: Entry<T>, outcome: 'rejected' | 'dropped'): void {
    if (outcome === 'dropped') this.#ledger.accepted.enter(size);
    this.#ledger[outcome].enter(size);
  }

  /** Whether one more may wait. */
  mayWait({ size }: Entry<T>): boolean {
    const { waiting } = this.#ledger;
    return waiting.messages < this.#maxWaiting && waiting.bytes + size <= this.#maxWaitingBytes;
  }

  wait(entry: Entry<T>): void {
    this.#ledger.waiting.enter(entry.size);
    entry.place = 'waiting';
    this.#waiting.push(entry);
  }

  /** Those that wait, in their order. */
  get allWaiting(): readonly Entry<T>[] {
    return [...this.#waiting];
  }

  /** The one that has waited longest, if it fits now: it waits no more. */
  waited(): Entry<T> | undefined {
    const entry = this.#waiting.first;
    if (!entry || !this.fits(entry)) return undefined;
    this.#waiting.remove(entry);
    this.#ledger.waiting.leave(entry.size);
    return entry;
  }

  /** Queues it: last, or in the place of the older one of its key, which is dropped and given back. */
  accept(entry: Entry<T>): Entry<T> | undefined {
    const older = this.#sameKey(entry);
    this.#ledger.accepted.enter(entry.size);
    this.#ledger.queued.enter(entry.size);
    entry.place = 'queued';
    if (older) {
      this.#entries.replace(older, entry);
      if (this.#oldest === older) this.#oldest = entry;
      this.book(older, 'queued', 'dropped');
      older.place = 'gone';
    } else {
      this.#entries.push(entry);
      this.#oldest ??= entry;
    }
    if (this.#keyed) this.#byKey.set(entry.key, entry);
    return older;
  }

  /** Drops the oldest that are queued until `entry` fits, but not the one whose place it is to take. */
  evictFor(entry: Entry<T>): Entry<T>[] {
    const older = this.#sameKey(entry);
    const evicted: Entry<T>[] = [];
    while (!this.fits(entry)) {
      const oldest = this.#oldest === older ? older?.after : this.#oldest;
      if (!oldest) break;
      this.end(oldest, 'queued', 'dropped');
      evicted.push(oldest);
    }
    return evicted;
  }

  /** The oldest that is queued, if it has at most so many bytes, is in flight now. */
  take(maxBytes: number): Entry<T> | undefined {
    const entry = this.#oldest;
    if (!entry || entry.size > maxBytes) return undefined;
    this.#oldest = entry.after;
    this.#forget(entry);
    this.#ledger.queued.moveTo(this.#ledger.inFlight, entry.size);
    entry.place = 'inFlight';
    return entry;
  }

  /** The oldest that is in flight is sent now. */
  flush(): Entry<T> | undefined {
    const entry = this.#entries.first;
    if (entry?.place !== 'inFlight') return undefined;
    this.#entries.remove(entry);
    this.#ledger.inFlight.moveTo(this.#ledger.sent, entry.size);
    entry.place = 'sent';
    return entry;
  }

  /** Takes one out, to where it ends. */
  end(entry: Entry<T>, standing: Standing, outcome: Outcome): void {
    if (this.#oldest === entry) this.#oldest = entry.after;
    (standing === 'waiting' ? this.#waiting : this.#entries).remove(entry);
    this.#forget(entry);
    entry.place = 'gone';
    this.book(entry, standing, outcome);
  }

  /** Takes out all that stand so; each is to be booked to where it ends. */
  takeOut(standing: Standing): Entry<T>[] {
    const queue = standing === 'waiting' ? this.#waiting : this.#entries;
    const end = standing === 'inFlight' ? this.#oldest : undefined;
    const entries: Entry<T>[] = [];
    for (let entry = standing === 'queued' ? this.#oldest : queue.first; entry && entry !== end;) {
      const { after } = entry;
      queue.remove(entry);
      entry.place = 'gone';
      this.#forget(entry);
      entries.push(entry);
      entry = after;
    }
    if (standing === 'queued') this.#oldest = undefined;
    return entries;
  }

  /** What is in flight is queued again, before all else. Under `latest` one that has been replaced meanwhile is given back. */
  requeue(): { readonly returned: readonly Entry<T>[]; readonly replaced: readonly Entry<T>[] } {
    const returned: Entry<T>[] = [];
    const replaced: Entry<T>[] = [];
    // From the newest on, so that of two with the same key the newer one stays.
    for (const entry of [...this.#entries].filter(({ place }) => place === 'inFlight').reverse()) {
      if (this.#sameKey(entry)) {
        this.end(entry, 'inFlight', 'dropped');
        replaced.push(entry);
        continue;
      }
      this.#ledger.inFlight.moveTo(this.#ledger.queued, entry.size);
      entry.place = 'queued';
      if (this.#keyed) this.#byKey.set(entry.key, entry);
      returned.push(entry);
    }
    this.#oldest = this.#entries.first;
    return { returned, replaced };
  }

  book({ size }: Entry<T>, from: Standing, to: Outcome): void {
    this.#ledger[from].moveTo(this.#ledger[to], size);
  }

  #sameKey(entry: Entry<T>): Entry<T> | undefined {
    return this.#keyed ? this.#byKey.get(entry.key) : undefined;
  }

  #forget(entry: Entry<T>): void {
    if (this.#keyed && this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key);
  }
}
