import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Subject } from 'rxjs';
import { RxDuplexError } from '../errors.js';
import { Gate, Gated } from '../gate.js';
import { inbound } from '../stats.js';
import type { Inbound } from '../stats.js';
import { afterTurns } from '../turns.js';

/** A cancelled call looks like a half-closed one, until grpc-js says so this many turns of the event loop later. */
const turnsToCancelled = 2;

/** The inbound half of a server's call. */
export class Inbox<In> {
  /** Hot and shared. Its first subscription begins the reading; before that the peer is held. */
  readonly requests$: Gated<In>;
  /** Held, it stops the reading, and the peer is slowed by HTTP/2's flow control. */
  readonly gate: Gate = new Gate();
  readonly books: Inbound = inbound();

  readonly #call: ServerDuplexStream<In, unknown>;
  readonly #requests = new Subject<In>();
  #reading = false;

  constructor(call: ServerDuplexStream<In, unknown>) {
    this.#call = call;
    this.gate.watch((held) => {
      if (held) call.pause();
      else if (this.#reading) call.resume();
    });
    this.requests$ = new Gated(this.gate, (subscriber) => {
      subscriber.add(this.#requests.subscribe(subscriber));
      this.#read();
    });
  }

  /** The call was given up: there will be no more requests, and what came is no complete conversation. */
  cancel(): void {
    this.#requests.error(new RxDuplexError('CANCELLED', 'the call was cancelled, or its deadline passed'));
  }

  /** The call has ended by the handler's own doing. */
  end(): void {
    this.#requests.complete();
  }

  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#call.on('data', (message: In) => {
      this.books.received += 1;
      if (!this.#requests.observed) {
        this.books.unrouted += 1;
        return;
      }
      this.books.routed += 1;
      this.#requests.next(message);
    });
    this.#call.on('end', () => {
      afterTurns(turnsToCancelled, () => {
        this.end();
      });
    });
    if (this.gate.held) this.#call.pause();
  }
}
