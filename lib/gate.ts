import { Observable } from 'rxjs';
import type { Subscriber, TeardownLogic, UnaryFunction } from 'rxjs';
import { Holder } from './holder.js';

/**
 * Counts those who ask a stream to stand still. It stands while anybody holds it, and goes on when the last of them has
 * let go; what feeds it is slowed meanwhile, up to the peer.
 */
export class Gate {
  readonly #watchers = new Set<(held: boolean) => void>();
  #holds = 0;

  get held(): boolean {
    return this.#holds > 0;
  }

  /** Holds the gate until the function that it gives is called; calling that again does nothing. */
  readonly hold = (): (() => void) => {
    let holding = true;
    this.#holds += 1;
    if (this.#holds === 1) this.#tell();
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

type Stage = UnaryFunction<unknown, unknown>;

/**
 * An Observable whose source can be made to stand still. Its `pipe` keeps the gate through every stage: `map`, `share`
 * and `mergeMap` are gated as their source is. `merge(a, b)` and `switchMap(() => gated)` are new streams, without it.
 */
export class Gated<T> extends Observable<T> {
  readonly gate: Gate;

  constructor(gate: Gate, subscribe: (subscriber: Subscriber<T>) => TeardownLogic) {
    super(subscribe);
    this.gate = gate;
  }

  override readonly pipe: Observable<T>['pipe'] = ((...stages: Stage[]) =>
    stages.reduce<unknown>((source, stage) => gated(stage(source), this.gate), this)) as Observable<T>['pipe'];
}

/** A wrapper costs nothing a message: the source is given the subscriber itself. */
function gated(stream: unknown, gate: Gate): unknown {
  if (!(stream instanceof Observable) || stream instanceof Gated) return stream;
  return new Gated<unknown>(gate, (subscriber) => stream.subscribe(subscriber));
}

/** The gate of a stream, if it has one. */
export const gateOf = (stream: unknown): Gate | undefined => (stream instanceof Gated ? stream.gate : undefined);
