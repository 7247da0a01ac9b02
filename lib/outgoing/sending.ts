import type { Dropped, Entry, Follower } from './entry.js';
import { errorOf } from './entry.js';

/** One message of a `send`, until the buffer has taken or refused it. */
export class Sending implements Follower {
  /** What became of it, if it was refused. */
  refused: Dropped<unknown> | undefined;
  #resolve: (() => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #stopListening: (() => void) | undefined;

  /** It waits: what becomes of it is still to come. */
  settleBy(resolve: () => void, reject: (error: unknown) => void, stopListening: (() => void) | undefined): void {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#stopListening = stopListening;
  }

  accepted(entry: Entry<unknown>): void {
    entry.follower = undefined;
    this.#stopListening?.();
    this.#resolve?.();
  }

  ended(dropped: Dropped<unknown>): void {
    this.refused = dropped;
    this.#stopListening?.();
    this.#reject?.(this.error);
  }

  /** What its sender is told. */
  get error(): Error | undefined {
    if (!this.refused) return undefined;
    return this.refused.reason === 'aborted' ? (this.refused.error as Error) : errorOf(this.refused);
  }
}
