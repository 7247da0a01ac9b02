import { Queue } from '../queue.js';
import { handled } from '../promises.js';
import type { CallBooks } from '../stats.js';
import { afterTurns } from '../turns.js';
import { Books } from './books.js';
import { Drained } from './failure.js';
import type { Outcome } from './halves.js';
import type { LiveCall } from './live-call.js';

/** What became of the calls, and of the messages of all of them, ended and open. */
export interface ServingStats extends CallBooks {
  /** Calls whose status has not been written yet. */
  readonly open: number;
  /** Calls that ended with OK. */
  readonly completed: number;
  /** Calls that ended with another status of the server's: `failures$` has told of each. */
  readonly failed: number;
  /** Calls that were cut off: cancelled by the client, past their deadline, or lost with their connection. */
  readonly cancelled: number;
}

/** How long a drain waits for the last statuses to be written: a client that reads nothing keeps its own from it. */
const lastStatusesMs = 1_000;

/** grpc-js says that a call has ended a little before its status has left the process. */
const turnsToWritten = 2;

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

  /** Whether no more calls are taken. */
  get draining(): boolean {
    return this.#drained !== undefined;
  }

  add(call: LiveCall): void {
    this.#calls.push(call);
    this.#open += 1;
  }

  end(call: LiveCall, outcome: Outcome): void {
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
    return (this.#drained ??= handled(this.#drain(graceMs)));
  }

  #drain(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = (): void => {
        timer = setTimeout(resolve, lastStatusesMs);
        for (const call of [...this.#calls]) call.fail(new Drained());
      };
      let timer = graceMs === Infinity ? undefined : setTimeout(giveUp, graceMs);
      this.#empty = () => {
        clearTimeout(timer);
        afterTurns(turnsToWritten, resolve);
      };
      for (const call of [...this.#calls]) call.drain();
      if (this.#open === 0) this.#empty();
    });
  }
}
