import type { Observable, Subscriber } from 'rxjs';
import { checkedSignal, failOnAbort } from '../abort.js';
import { ConnectionLostError, NoReplyError, RxDuplexError } from '../errors.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { count, milliseconds } from '../options.js';
import { OrderlyObservable, ignoreAbort, ignoreOrderly, orderly } from '../orderly.js';
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

/** The stream that carries requests. */
export interface Carrier {
  /** While it is held no reply is read. */
  readonly gate: Gate;
  /** Called when there begin to be pending requests, and when there are none left. */
  changed(): void;
  /** Cancels the call and opens another: `cause` is why the other requests are given up. */
  restart(cause: Error): void;
}

const names: Names<RequestOptions> = { timeoutMs: true, signal: true };

/** Requests and replies over a stream. */
export class Requester<Out, In> {
  readonly #outgoing: Outgoing<Out>;
  readonly #carrier: Carrier;
  readonly #maxPending: number;
  readonly #matching: Matching<Out, In>;
  /** Whether a missing reply restarts the call. */
  readonly #restarts: boolean;
  readonly #deadlines = new Deadlines<Pending<Out, In>>((pending, since) => this.#due(pending, since));
  /** Requests that wait for the window to let them through. */
  readonly #line = new Queue<Pending<Out, In>>();
  /** Requests handed to the live call; in order, with those given up whose reply may still come. */
  readonly #written = new Queue<Pending<Out, In>>();
  #onTheirWay = 0;
  #pending = 0;
  /** Requests that were given up, and are in order with those whose reply is awaited. */
  #awaitedByNobody = 0;
  #restarting = false;
  #late = 0;

  constructor(outgoing: Outgoing<Out>, requests: Requests<Out, In>, carrier: Carrier) {
    this.#outgoing = outgoing;
    this.#carrier = carrier;
    this.#maxPending = count('requests.maxPending', requests.maxPending ?? 1024);
    this.#matching = matchingOf(requests, this.#written);
    this.#restarts = requests.mode !== 'by-id' && (requests.restartOnTimeout ?? true);
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
  request(message: Out, options: RequestOptions = {}): Observable<In> {
    checkNames('request', options, names);
    const { timeoutMs = 30_000, signal } = options;
    milliseconds('timeoutMs', timeoutMs);
    checkedSignal(signal);
    return new OrderlyObservable<In>(signal ? ignoreAbort(signal) : ignoreOrderly, (subscriber) => {
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

  /** The call is over: what was handed to it will not be answered any more. `asked` says that this was asked for. */
  connectionLost(cause?: unknown, asked = false): void {
    this.#restarting = false;
    for (let pending = this.#written.first; pending; pending = this.#written.first) {
      const { settled, wasFlushed, subscriber } = pending;
      this.#settle(pending);
      this.#matching.giveUp(pending);
      this.#leave(pending);
      if (settled) continue;
      const error = new ConnectionLostError(wasFlushed, cause);
      subscriber.error(asked ? orderly(error) : error);
    }
  }

  /** Nothing will be sent any more. `asked` says that this was asked for. */
  close(asked: boolean): void {
    for (let pending = this.#line.first; pending; pending = this.#line.first) {
      this.#settle(pending);
      this.#leave(pending);
      const error = new RxDuplexError('CLOSED', 'no more messages are taken');
      pending.subscriber.error(asked ? orderly(error) : error);
    }
  }

  taken(pending: Pending<Out, In>): void {
    pending.place = 'written';
    this.#written.push(pending);
  }

  /** The call that it was handed to never came about. */
  returned(pending: Pending<Out, In>): void {
    if (pending.place === 'written') {
      this.#written.remove(pending);
      pending.place = 'offered';
    }
    if (!pending.settled) return;
    if (pending.isGivenUp) this.#awaitedByNobody -= 1;
    pending.isGivenUp = false;
    if (pending.entry) this.#outgoing.withdraw(pending.entry);
  }

  ended(pending: Pending<Out, In>, dropped: Dropped<unknown>): void {
    const { settled, subscriber } = pending;
    this.#settle(pending);
    this.#matching.giveUp(pending);
    this.#leave(pending);
    if (settled) return;
    const error = errorOf(dropped);
    const asked = dropped.reason === 'closed' && !this.#outgoing.failure;
    subscriber.error(asked ? orderly(error) : error);
  }

  left(pending: Pending<Out, In>): void {
    this.#giveUp(pending);
  }

  /** Its time is up: that of its subscriber, or, if that has left, of the reply that others wait behind. */
  #due(pending: Pending<Out, In>, since: number): void {
    const handed = pending.place === 'written';
    const code = this.#carrier.gate.heldSince(since) ? 'GATE_HELD' : 'TIMEOUT';
    const blocked = pending.place === 'line' && this.#awaitedByNobody > 0;
    if (!pending.settled) pending.subscriber.error(new NoReplyError(code, handed));
    if (code === 'TIMEOUT' && (handed || blocked)) this.#restart();
  }

  /** In a turn of its own: others whose time is up as well are to be told that first. */
  #restart(): void {
    if (!this.#restarts || this.#restarting) return;
    this.#restarting = true;
    queueMicrotask(() => {
      if (!this.#restarting) return;
      this.#restarting = false;
      this.#carrier.restart(
        new RxDuplexError('TIMEOUT', 'a request was not answered in time, and the call was restarted'),
      );
    });
  }

  #begin(message: Out, subscriber: Subscriber<In>, timeoutMs: number): void {
    const pending = new Pending(message, subscriber, this);
    pending.deadline = this.#deadlines.set(pending, timeoutMs);
    subscriber.add(pending);
    this.#pending += 1;
    if (this.#pending === 1) this.#carrier.changed();
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
    if (!this.#matching.giveUp(pending)) {
      this.#leave(pending);
      return;
    }
    pending.isGivenUp = true;
    this.#awaitedByNobody += 1;
    if (this.#awaitedByNobody > this.#maxPending) this.#restart();
  }

  #settle(pending: Pending<Out, In>): void {
    if (pending.settled) return;
    pending.settled = true;
    this.#pending -= 1;
    if (this.#pending === 0) this.#carrier.changed();
  }

  /** Takes a request out of wherever it stands, and lets the next in line through. */
  #leave(pending: Pending<Out, In>): void {
    const { place } = pending;
    pending.place = 'gone';
    if (place === 'gone') return;
    if (pending.deadline) this.#deadlines.clear(pending.deadline);
    if (place === 'line') this.#line.remove(pending);
    else this.#onTheirWay -= 1;
    if (place === 'written') {
      this.#written.remove(pending);
      if (pending.isGivenUp) this.#awaitedByNobody -= 1;
    }
    this.#letThrough();
  }
}
