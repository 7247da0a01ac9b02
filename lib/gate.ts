import type { Subscriber, TeardownLogic } from 'rxjs';
import { Holder } from './holder.js';
import { OrderlyObservable, report } from './orderly.js';
import type { Unhandled } from './orderly.js';

/**
 * Counts those who ask a stream to stand still. It stands while anybody holds it, and goes on when the last of them has
 * let go; what feeds it is slowed meanwhile, up to the peer.
 */
export class Gate {
  readonly #watchers = new Set<(held: boolean) => void>();
  #holds = 0;
  #heldSince = 0;

  get held(): boolean {
    return this.#holds > 0;
  }

  /** Whether it is held and has been held all the time since `moment`, in milliseconds of `performance.now()`. */
  heldSince(moment: number): boolean {
    return this.held && this.#heldSince <= moment;
  }

  /** Holds the gate until the function that it gives is called; calling that again does nothing. */
  readonly hold = (): (() => void) => {
    let holding = true;
    this.#holds += 1;
    if (this.#holds === 1) {
      this.#heldSince = performance.now();
      this.#tell();
    }
    return () => {
      if (!holding) return;
      holding = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#tell();
    };
  };

  /** Tells `watcher` of each change until the function that it gives is called. */
  watch(watcher: (held: boolean) => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Is held whenever `other` is, until the function that it gives is called. */
  follow(other: Gate): () => void {
    const holder = new Holder(this.hold);
    const follow = (held: boolean): void => {
      if (held) holder.hold();
      else holder.release();
    };
    follow(other.held);
    const unwatch = other.watch(follow);
    return () => {
      unwatch();
      holder.release();
    };
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher(this.held);
  }
}

/**
 * An Observable whose source can be made to stand still. What the operators of RxJS make of it is gated as it is: `map`,
 * `share`, `mergeMap`, and operators that are put together with RxJS's `pipe`. Only what comes from the source stands
 * still: what an operator mixes in or delays does not. `merge(a, b)`, `concat(a, b)`, `race`, `defer` and `new Observable`
 * make new streams, without a gate.
 */
export class Gated<T> extends OrderlyObservable<T> {
  readonly gate: Gate;

  /** `unhandled` is called with an error when a final `subscribe` has no error function. Default: as RxJS reports it. */
  constructor(gate: Gate, subscribe?: (subscriber: Subscriber<T>) => TeardownLogic, unhandled: Unhandled = report) {
    super(unhandled, subscribe);
    this.gate = gate;
  }

  protected override like<R>(subscribe?: (subscriber: Subscriber<R>) => TeardownLogic): Gated<R> {
    return new Gated<R>(this.gate, subscribe, this.unhandled);
  }
}

/** The gate of a stream, if it has one. */
export const gateOf = (stream: unknown): Gate | undefined => (stream instanceof Gated ? stream.gate : undefined);
