import { channel } from 'node:diagnostics_channel';
import type { Entry } from '../outgoing/entry.js';

/** What `write` of a call takes: messages, or their bytes. */
export type Wire = 'bytes' | 'objects';

/** A way to put several messages into one write. */
export interface Packing<T> {
  /** How many bytes a message takes at most beside its own. */
  readonly overhead: number;
  /** `chunks` are what each of the messages would be written as. If it throws, they are dropped, and the stream goes on. */
  pack(chunks: readonly unknown[], entries: readonly Entry<T>[]): unknown;
}

/** What subscribers of the diagnostics channel `rxduplex:joining` are given, once for each stream or service. */
export interface JoiningEnded {
  /**
   * `framing`: grpc-js did not frame the first message of a call as joining leans on, because of compression or of a
   * version that does it otherwise; each further call is tried anew. `limit`: several messages together were more than
   * a peer or the channel allows one to be; none are joined from now on.
   */
  readonly reason: 'framing' | 'limit';
}

const notices = channel('rxduplex:joining');

/** Whether messages may share writes, as far as is known. It outlives the calls. */
export class Joining {
  /** How much one write may carry. */
  readonly maxBytes: number;
  /** Whether they may without the peer's consent. */
  readonly coalesces: boolean;
  #allowed = true;
  #told = false;

  constructor(maxBytes: number, coalesces: boolean) {
    this.maxBytes = maxBytes;
    this.coalesces = coalesces;
  }

  get allowed(): boolean {
    return this.#allowed;
  }

  end(reason: JoiningEnded['reason']): void {
    if (reason === 'limit') this.#allowed = false;
    if (this.#told) return;
    this.#told = true;
    const notice: JoiningEnded = { reason };
    notices.publish(notice);
  }
}
