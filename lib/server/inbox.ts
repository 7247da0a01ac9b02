import { RxDuplexError } from '../errors.js';
import { Gate, Gated } from '../gate.js';
import { Listeners } from '../listeners.js';
import { inbound } from '../stats.js';
import type { Inbound } from '../stats.js';
import { afterTurns } from '../turns.js';
import { Reader } from '../wire/reader.js';
import type { Source, Unpack } from '../wire/reader.js';
import type { Requests } from './halves.js';

/** A cancelled call looks like a half-closed one, until grpc-js says so this many turns of the event loop later. */
const turnsToCancelled = 2;

/** A stream of requests. */
export class Inbox<In> implements Requests<Gated<In>> {
  /** Hot and shared. Its first subscription begins the reading; before that the peer is held. */
  readonly input: Gated<In>;
  /** Held, it stops the reading, and the peer is slowed by HTTP/2's flow control. */
  readonly gate: Gate = new Gate();
  readonly books: Inbound = inbound();

  readonly #call: Source<In>;
  readonly #requests = new Listeners<In>();
  readonly #unpack: Unpack<In> | undefined;
  readonly #failed: (error: unknown) => void;
  #reader: Reader<In> | undefined;

  /** `failed` is told when a message could not be taken apart. */
  constructor(call: Source<In>, unpack: Unpack<In> | undefined, failed: (error: unknown) => void) {
    this.#call = call;
    this.#unpack = unpack;
    this.#failed = failed;
    this.input = new Gated(this.gate, (subscriber) => {
      this.#requests.add(subscriber);
      this.#read();
    });
  }

  cancel(): void {
    this.#requests.error(new RxDuplexError('CANCELLED', 'the call was cancelled, or its deadline passed'));
  }

  end(): void {
    this.#requests.complete();
  }

  #read(): void {
    if (this.#reader) return;
    this.#reader = new Reader<In>(this.#call, this.gate, {
      next: (message) => {
        this.#receive(message);
      },
      failed: this.#failed,
      end: () => {
        afterTurns(turnsToCancelled, () => {
          this.end();
        });
      },
    });
    if (this.#unpack) this.#reader.unpackBy(this.#unpack);
  }

  #receive(message: In): void {
    this.books.received += 1;
    if (!this.#requests.observed) {
      this.books.unrouted += 1;
      return;
    }
    this.books.routed += 1;
    this.#requests.next(message);
  }
}
