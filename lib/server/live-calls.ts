import { status } from '@grpc/grpc-js';
import { addTo, inbound, outbound } from '../stats.js';
import type { CallBooks } from '../stats.js';
import type { Refusal } from './failure.js';
import type { CallEnd, LiveCall } from './respond.js';

/** What became of the calls, and of the messages of all of them, ended and open. */
export interface ServingStats extends CallBooks {
  readonly open: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

const draining: Refusal = { code: status.UNAVAILABLE, details: 'the server is being drained' };

/** The books of several calls as one. */
class Books {
  readonly #requests = inbound();
  readonly #responses = outbound();
  readonly #bytes = outbound();

  add(books: CallBooks): void {
    addTo(this.#requests, books.inbound);
    addTo(this.#responses, books.outbound);
    addTo(this.#bytes, books.outbound.bytes);
  }

  stats(): CallBooks {
    return { inbound: { ...this.#requests }, outbound: { ...this.#responses, bytes: { ...this.#bytes } } };
  }
}

/** The calls that are being answered, until the last of them has ended. */
export class LiveCalls {
  readonly #calls = new Set<LiveCall>();
  readonly #ended = { completed: 0, failed: 0, cancelled: 0 };
  readonly #books = new Books();
  #drained: Promise<void> | undefined;
  #empty: (() => void) | undefined;

  /** Answers a call by `begin`, which is given what to call at its end; refuses it while draining. */
  answer(refuse: (error: Refusal) => void, begin: (ended: (end: CallEnd) => void) => LiveCall): void {
    if (this.#drained) {
      refuse(draining);
      return;
    }
    const call = begin((end) => {
      this.#ended[end.outcome] += 1;
      this.#calls.delete(call);
      this.#books.add(call.stats());
      if (this.#calls.size === 0) this.#empty?.();
    });
    this.#calls.add(call);
  }

  stats(): ServingStats {
    const books = new Books();
    for (const part of [this.#books, ...this.#calls]) books.add(part.stats());
    return { open: this.#calls.size, ...this.#ended, ...books.stats() };
  }

  drain(graceMs: number): Promise<void> {
    return (this.#drained ??= new Promise((resolve) => {
      const late =
        graceMs === Infinity
          ? undefined
          : setTimeout(() => {
              for (const call of this.#calls) call.fail(draining);
              resolve();
            }, graceMs);
      this.#empty = () => {
        clearTimeout(late);
        resolve();
      };
      for (const call of this.#calls) call.drain();
      if (this.#calls.size === 0) this.#empty();
    }));
  }
}
