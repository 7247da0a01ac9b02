import { Observable } from 'rxjs';

import { Gated } from '../../lib/gate.js';
import type { Gate } from '../../lib/gate.js';

/** A source under a gate, whether it heeds it or not. */
export const under = <T>(gate: Gate, source: Observable<T>): Gated<T> =>
  new Gated(gate, (subscriber) => source.subscribe(subscriber));

/** In diagrams: `h` when the gate is held, `g` when all have let go. */
export const changesOf = (gate: Gate): Observable<string> =>
  new Observable((subscriber) => gate.watch((held) => subscriber.next(held ? 'h' : 'g')));

/** A source that heeds its gate: it counts on whenever it is not held, and at once when it is let go. */
export interface Counting extends Gated<number> {
  /** How many values it has given. */
  readonly given: number;
  readonly subscribers: number;
}

export function counting(gate: Gate, limit: number = Infinity): Counting {
  const counts = { given: 0, subscribers: 0 };
  const source = new Gated<number>(gate, (subscriber) => {
    let running = false;
    const run = (): void => {
      if (running) return;
      running = true;
      while (!gate.held && !subscriber.closed && counts.given < limit) subscriber.next(counts.given++);
      running = false;
      if (counts.given === limit) subscriber.complete();
    };
    counts.subscribers += 1;
    subscriber.add(() => (counts.subscribers -= 1));
    subscriber.add(gate.watch(run));
    run();
  });
  return Object.defineProperties(source, {
    given: { get: () => counts.given },
    subscribers: { get: () => counts.subscribers },
  }) as Counting;
}
