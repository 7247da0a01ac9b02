import { status } from '@grpc/grpc-js';
import type { CallEnd, LiveCall } from './respond.js';

export interface ServingStats {
  readonly open: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

const draining = { code: status.UNAVAILABLE, details: 'the server is being drained' };

/** The calls that are being answered, until the last of them has ended. */
export class LiveCalls {
  readonly #calls = new Set<LiveCall>();
  readonly #ended = { completed: 0, failed: 0, cancelled: 0 };
  #drained: Promise<void> | undefined;
  #empty: (() => void) | undefined;

  /** Answers a call by `begin`, which is given what to call at its end; refuses it while draining. */
  answer(refuse: (error: object) => void, begin: (ended: (end: CallEnd) => void) => LiveCall): void {
    if (this.#drained) {
      refuse(draining);
      return;
    }
    const call = begin((end) => {
      this.#ended[end.outcome] += 1;
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#empty?.();
    });
    this.#calls.add(call);
  }

  stats(): ServingStats {
    return { open: this.#calls.size, ...this.#ended };
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
