import type { PeerRequest } from 'rxduplex/peer';

import { sample, sampleCandidate } from '../messages.js';
import type { Flow } from '../stream/contender.js';

/**
 * Messages that become due at a fixed rate. A reply is measured from the time at which its message was due, not from
 * when it could be sent: a stall is told by all messages that it has kept waiting. Replies come in the order of messages.
 */
export class Scheduled implements Flow {
  readonly now: () => number;
  readonly #perMs: number;
  readonly #fromMs: number;
  readonly #record: (latencyMs: number) => void;
  #due = 0;
  #sent = 0;
  #replies = 0;

  /** `record` is told of messages that are due `fromMs` after the first, or later. */
  constructor(
    perSecond: number,
    fromMs: number,
    record: (latencyMs: number) => void,
    clock: () => number = () => performance.now(),
  ) {
    const start = clock();
    this.now = () => clock() - start;
    this.#perMs = perSecond / 1000;
    this.#fromMs = fromMs;
    this.#record = record;
  }

  /** What is due by now is there to be sent. */
  becomeDue(): void {
    this.#due = Math.floor(this.now() * this.#perMs) + 1;
  }

  get unanswered(): number {
    return this.#due - this.#replies;
  }

  readonly next = (): PeerRequest | undefined => {
    if (this.#sent === this.#due) return undefined;
    this.#sent += 1;
    return sample;
  };

  readonly replied = (candidate: string | undefined): void => {
    if (candidate !== sampleCandidate) throw new Error(`a reply carries the candidate ${String(candidate)}`);
    const dueMs = this.#replies / this.#perMs;
    this.#replies += 1;
    if (dueMs >= this.#fromMs) this.#record(this.now() - dueMs);
  };
}
