import type { PeerRequest } from 'rxduplex/peer';

import { sample, sampleCandidate } from '../messages.js';
import type { Flow, Send, StreamContender } from './contender.js';

/** A stream of a contender that sends as much as it is told to. */
export class Exchange implements Flow {
  /** Replies that have come. */
  replies = 0;
  readonly #send: Send;
  #sent = 0;
  #unsent = 0;
  #allAnswered: (() => void) | undefined;

  private constructor({ open }: StreamContender, port: number) {
    this.#send = open(port, this);
  }

  /** Opens a stream, which has carried a message there and back before any clock starts. */
  static async open(contender: StreamContender, port: number): Promise<Exchange> {
    const exchange = new Exchange(contender, port);
    await exchange.send(1);
    return exchange;
  }

  /** Sends so many messages, all at once as far as the contender lets it; resolves when all are answered. */
  send(count: number): Promise<void> {
    this.#unsent += count;
    const answered = new Promise<void>((resolve) => (this.#allAnswered = resolve));
    this.#send();
    return answered;
  }

  /** Sends no more of what it was told to send. */
  stop(): void {
    this.#unsent = 0;
    this.#settle();
  }

  readonly next = (): PeerRequest | undefined => {
    if (this.#unsent === 0) return undefined;
    this.#unsent -= 1;
    this.#sent += 1;
    return sample;
  };

  readonly replied = (candidate: string | undefined): void => {
    if (candidate !== sampleCandidate) throw new Error(`a reply carries the candidate ${String(candidate)}`);
    this.replies += 1;
    this.#settle();
  };

  #settle(): void {
    if (this.replies === this.#sent && this.#unsent === 0) this.#allAnswered?.();
  }
}
