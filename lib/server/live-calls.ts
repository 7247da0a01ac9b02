import { status } from '@grpc/grpc-js';
import { Queue } from '../queue.js';
import type { CallBooks } from '../stats.js';
import { Books } from './books.js';
import type { Refusal } from './failure.js';
import type { CallEnd, LiveCall } from './live-call.js';

/** What became of the calls, and of the messages of all of them, ended and open. */
export interface ServingStats extends CallBooks {
  readonly open: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

const draining: Refusal = { code: status.UNAVAILABLE, details: 'the server is being drained' };

/**
 * The calls that are being answered, until the last of them has ended.
 *
 * They are no `Set`: when calls come and go, V8 replaces its table again and again, and each table that was given up
 * refers to the next. Once one of them is old, all that follow become old with their calls, and only a full collection
 * frees them. It was 6 KB for each call.
 */
export class LiveCalls {
  readonly #calls = new Queue<LiveCall>();
  readonly #ended = { completed: 0, failed: 0, cancelled: 0 };
  readonly #books = new Books();
  #open = 0;
  #drained: Promise<void> | undefined;
  #empty: (() => void) | undefined;

  /** Why no more calls are taken, if so. */
  get refusal(): Refusal | undefined {
    return this.#drained && draining;
  }

  add(call: LiveCall): void {
    this.#calls.push(call);
    this.#open += 1;
  }

  end(call: LiveCall, { outcome }: CallEnd): void {
    this.#calls.remove(call);
    this.#open -= 1;
    this.#ended[outcome] += 1;
    call.enterInto(this.#books);
    if (this.#open === 0) this.#empty?.();
  }

  stats(): ServingStats {
    const books = this.#books.copy();
    for (const call of this.#calls) call.enterInto(books);
    return { open: this.#open, ...this.#ended, ...books.stats() };
  }

  drain(graceMs: number): Promise<void> {
    return (this.#drained ??= new Promise((resolve) => {
      const late =
        graceMs === Infinity
          ? undefined
          : setTimeout(() => {
              for (const call of [...this.#calls]) call.fail(draining);
              resolve();
            }, graceMs);
      this.#empty = () => {
        clearTimeout(late);
        resolve();
      };
      for (const call of [...this.#calls]) call.drain();
      if (this.#open === 0) this.#empty();
    }));
  }
}
