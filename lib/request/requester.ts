import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { ConnectionLostError, NoReplyError, RxDuplexError } from '../errors.js';
import { failOnAbort } from '../fail-on-abort.js';
import { count, milliseconds } from '../options.js';
import { errorOf } from '../outgoing/entry.js';
import type { Dropped } from '../outgoing/entry.js';
import type { Gate } from '../gate.js';
import type { Outgoing } from '../outgoing/outgoing.js';
import { Queue } from '../queue.js';
import { Deadlines } from './deadlines.js';
import { matchingOf } from './matching.js';
import type { Matching } from './matching.js';
import type { RequestOptions, Requests } from './options.js';
import { Pending } from './pending.js';

/** Requests and replies over a stream. */
export class Requester<Out, In> {
  readonly #outgoing: Outgoing<Out>;
  readonly #gate: Gate;
  readonly #maxPending: number;
  readonly #matching: Matching<Out, In>;
  readonly #changed: () => void;
  readonly #deadlines = new Deadlines<Pending<Out, In>>(({ subscriber, place }) => {
    subscriber.error(new NoReplyError(this.#gate.held ? 'GATE_HELD' : 'TIMEOUT', place === 'written'));
  });
  /** Requests that wait for the window to let them through. */
  readonly #line = new Queue<Pending<Out, In>>();
  /** Requests handed to the live call; in order, with those given up whose reply may still come. */
  readonly #written = new Queue<Pending<Out, In>>();
  #onTheirWay = 0;
  #pending = 0;
  #late = 0;

  /** `changed` is called when there begin to be pending requests, and when there are none left. */
  constructor(outgoing: Outgoing<Out>, requests: Requests<Out, In>, gate: Gate, changed: () => void) {
    this.#outgoing = outgoing;
    this.#gate = gate;
    this.#maxPending = count('requests.maxPending', requests.maxPending ?? 1024);
    this.#matching = matchingOf(requests, this.#written);
    this.#changed = changed;
  }

  /** How many requests have neither been answered nor given up. */
  get pending(): number {
    return this.#pending;
  }

  /** How many replies came for a request that had been given up, or had been answered. */
  get late(): number {
    return this.#late;
  }

  /** Sends `message` when subscribed, gives the reply and completes. */
  request(message: Out, { timeoutMs = 30_000, signal }: RequestOptions = {}): Observable<In> {
    milliseconds('timeoutMs', timeoutMs);
    return new Observable<In>((subscriber) => {
      if (signal) failOnAbort(subscriber, signal);
      if (subscriber.closed) return;
      if (this.#pending >= this.#maxPending) {
        subscriber.error(new RxDuplexError('OVERFLOW', `${String(this.#pending)} requests are pending: maxPending`));
      } else this.#begin(message, subscriber, timeoutMs);
    });
  }

  /** Gives a reply to its request. False if the message is the reply to none. */
  claim(message: In): boolean {
    const match = this.#matching.match(message);
    if (match === undefined) return false;
    if (match === 'late') {
      this.#late += 1;
      return false;
    }
    const late = match.settled;
    this.#settle(match);
    this.#leave(match);
    if (late) {
      this.#late += 1;
      return false;
    }
    match.subscriber.next(message);
    match.subscriber.complete();
    return true;
  }

  /** The call is over: what was handed to it will not be answered any more. */
  connectionLost(cause?: unknown): void {
    for (let pending = this.#written.first; pending; pending = this.#written.first) {
      const { settled, wasFlushed, subscriber } = pending;
      this.#settle(pending);
      this.#matching.giveUp(pending);
      this.#leave(pending);
      if (!settled) subscriber.error(new ConnectionLostError(wasFlushed, cause));
    }
  }

  /** Nothing will be sent any more. */
  close(): void {
    for (let pending = this.#line.first; pending; pending = this.#line.first) {
      this.#settle(pending);
      this.#leave(pending);
      pending.subscriber.error(new RxDuplexError('CLOSED', 'no more messages are taken'));
    }
  }

  taken(pending: Pending<Out, In>): void {
    pending.place = 'written';
    this.#written.push(pending);
  }

  ended(pending: Pending<Out, In>, dropped: Dropped<unknown>): void {
    const { settled, subscriber } = pending;
    this.#settle(pending);
    this.#matching.giveUp(pending);
    this.#leave(pending);
    if (!settled) subscriber.error(errorOf(dropped));
  }

  left(pending: Pending<Out, In>): void {
    if (pending.deadline) this.#deadlines.clear(pending.deadline);
    this.#giveUp(pending);
  }

  #begin(message: Out, subscriber: Subscriber<In>, timeoutMs: number): void {
    const pending = new Pending(message, subscriber, this);
    pending.deadline = this.#deadlines.set(pending, timeoutMs);
    subscriber.add(pending);
    this.#pending += 1;
    if (this.#pending === 1) this.#changed();
    this.#line.push(pending);
    this.#letThrough();
  }

  #letThrough(): void {
    for (;;) {
      const pending = this.#line.first;
      if (!pending || this.#onTheirWay >= this.#matching.window) return;
      this.#line.remove(pending);
      this.#send(pending);
    }
  }

  #send(pending: Pending<Out, In>): void {
    pending.place = 'offered';
    this.#onTheirWay += 1;
    try {
      const message = this.#matching.mark(pending);
      pending.entry = this.#outgoing.offer(message, pending);
    } catch (error) {
      pending.subscriber.error(error);
    }
    // Given up by somebody who was told of something on the way.
    if (pending.settled && pending.entry) this.#outgoing.withdraw(pending.entry);
  }

  #giveUp(pending: Pending<Out, In>): void {
    if (pending.settled) return;
    this.#settle(pending);
    if (pending.entry && this.#outgoing.withdraw(pending.entry)) return;
    if (!this.#matching.giveUp(pending)) this.#leave(pending);
  }

  #settle(pending: Pending<Out, In>): void {
    if (pending.settled) return;
    pending.settled = true;
    this.#pending -= 1;
    if (this.#pending === 0) this.#changed();
  }

  /** Takes a request out of wherever it stands, and lets the next in line through. */
  #leave(pending: Pending<Out, In>): void {
    const { place } = pending;
    pending.place = 'gone';
    if (place === 'gone') return;
    if (place === 'line') this.#line.remove(pending);
    else this.#onTheirWay -= 1;
    if (place === 'written') this.#written.remove(pending);
    this.#letThrough();
  }
}
