import { RxDuplexError } from '../errors.js';
import { Gate } from '../gate.js';
import type { Gated } from '../gate.js';
import { Holder } from '../holder.js';
import { Listeners } from '../listeners.js';
import { orderly } from '../orderly.js';
import { inbound } from '../stats.js';
import type { Inbound } from '../stats.js';
import { afterTurns } from '../turns.js';
import { Reader } from '../wire/reader.js';
import type { Source, Unpack } from '../wire/reader.js';
import type { Requests } from './halves.js';
import { HandledRequests } from './handled-requests.js';

/** When the client's process is this one, grpc-js tells of its cancel this many turns of the event loop later. */
const turnsToCancelled = 2;

/** How requests are taken apart, and for how long a half-close may turn out to be a cancel. */
export interface Receiving<In> {
  readonly unpack: Unpack<In> | undefined;
  readonly halfCloseGraceMs: number;
}

/**
 * A stream of requests, which is hot and shared. Reading begins with the first subscription. A request that comes while
 * nobody is subscribed is kept, and then no more are read, so that the next subscriber goes on where the last one left.
 */
export class RequestStream<In> implements Requests<Gated<In>> {
  readonly input: Gated<In>;
  /** While it is held nothing is read, and HTTP/2's flow control slows the client. */
  readonly gate: Gate = new Gate();
  readonly books: Inbound = inbound();
  subscribed = false;

  readonly #call: Source<In>;
  readonly #subscribers = new Listeners<In>();
  readonly #unpack: Unpack<In> | undefined;
  readonly #halfCloseGraceMs: number;
  readonly #failed: (error: unknown) => void;
  /** Holds the gate while there are requests that nobody has subscribed to. */
  readonly #holder = new Holder(this.gate.hold);
  readonly #kept: In[] = [];
  /** Whether somebody may still subscribe to what is not read now. */
  #awaited = true;
  #halfClosed = false;
  #ending: NodeJS.Timeout | undefined;
  #over = false;
  /** The error that a handler need not know of. */
  #cancelled: RxDuplexError | undefined;
  #reader: Reader<In> | undefined;
  #whenRead: (() => void) | undefined;
  #whenLeft: (() => void) | undefined;

  /** `failed` is called if the handler fails in what it does with them, and if a message cannot be taken apart. */
  constructor(call: Source<In>, { unpack, halfCloseGraceMs }: Receiving<In>, failed: (error: unknown) => void) {
    this.#call = call;
    this.#unpack = unpack;
    this.#halfCloseGraceMs = halfCloseGraceMs;
    this.#failed = failed;
    this.input = new HandledRequests(this.gate, this.#handlerFailed, (subscriber) => {
      this.subscribed = true;
      this.#subscribers.add(subscriber);
      if (!this.#over) this.#read();
      // Not at once: others who subscribe in this turn are to see the same requests.
      if (this.#holder.holds) process.nextTick(this.#goOn);
      return this.#left;
    });
  }

  whenRead(read: () => void): void {
    if (this.#over) read();
    else this.#whenRead = read;
  }

  whenLeft(left: () => void): void {
    if (this.#subscribers.observed) this.#whenLeft = left;
    else left();
  }

  leave(): void {
    this.#awaited = false;
    this.#goOn();
    this.#read();
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#awaited = false;
    clearTimeout(this.#ending);
    this.#goOn();
    this.#subscribers.complete();
    this.#whenRead?.();
  }

  cancel(): void {
    this.#over = true;
    clearTimeout(this.#ending);
    this.#awaited = false;
    this.books.received += this.#kept.length;
    this.books.unrouted += this.#kept.splice(0).length;
    this.#cancelled ??= cancelled();
    this.#subscribers.error(this.#cancelled);
    this.#goOn();
  }

  #read(): void {
    if (this.#reader) return;
    this.#reader = new Reader<In>(this.#call, this.gate, {
      next: (message) => this.#receive(message),
      failed: this.#failed,
      end: () => {
        afterTurns(turnsToCancelled, () => {
          this.#ending = setTimeout(this.#halfClose, this.#halfCloseGraceMs);
        });
      },
    });
    if (this.#unpack) this.#reader.unpackBy(this.#unpack);
  }

  #receive(message: In): void {
    if (this.#subscribers.observed || !this.#awaited) {
      this.#give(message);
      return;
    }
    this.#kept.push(message);
    this.#holder.hold();
  }

  #give(message: In): void {
    this.books.received += 1;
    if (this.#subscribers.observed) {
      this.books.routed += 1;
      this.#subscribers.next(message);
    } else this.books.unrouted += 1;
  }

  /** Gives what was kept, and reads on. */
  readonly #goOn = (): void => {
    while (this.#kept.length > 0) {
      if (this.#awaited && !this.#subscribers.observed) return;
      this.#give(this.#kept.shift() as In);
    }
    this.#holder.release();
    if (this.#halfClosed && this.#kept.length === 0) this.end();
  };

  readonly #halfClose = (): void => {
    this.#halfClosed = true;
    if (this.#kept.length === 0) this.end();
  };

  readonly #handlerFailed = (error: unknown): void => {
    if (error !== this.#cancelled) this.#failed(error);
  };

  readonly #left = (): void => {
    if (!this.#subscribers.observed) this.#whenLeft?.();
  };
}

const cancelled = (): RxDuplexError =>
  orderly(
    new RxDuplexError(
      'CANCELLED',
      'the call has ended before its requests: it was cancelled, its deadline has passed, its connection was lost, or ' +
        'the server has ended it. A stream that is made from requests$ by anything but its operators (merge, concat, a ' +
        'Subject, new Observable) needs an error function or catchError',
    ),
  );
