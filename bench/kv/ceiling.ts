import type { Concurrency } from './contender.js';
import { workOf } from './simulated-work.js';
import type { Operation } from './workload.js';

type Drawn = Pick<Operation, 'kind' | 'key'>;

export interface Asked {
  /** What was answered while it was measured. */
  readonly measured: readonly Drawn[];
  /** All that was asked for, in its order. */
  readonly asked: readonly Drawn[];
  /** How much had been asked for when measuring began, and when it ended. */
  readonly from: number;
  readonly to: number;
  readonly concurrency: Concurrency;
  readonly inFlight: number;
}

/** How many RPCs a second there would be, if nothing took time but the simulated work. */
export function ceiling({ measured, asked, from, to, concurrency, inFlight }: Asked): number {
  const meanMs = measured.reduce((sum, operation) => sum + workOf(operation), 0) / measured.length;
  switch (concurrency) {
    case 'global':
      return 1_000 / meanMs;
    case 'free':
      return (inFlight * 1_000) / meanMs;
    case 'per-key': {
      const began = beginnings(asked.slice(0, to), inFlight);
      return ((to - from) * 1_000) / ((began[to - 1] ?? NaN) - (began[from - 1] ?? NaN));
    }
  }
}

/**
 * When each operation takes a free place among those in flight, in ms. It keeps it until it is done, and it cannot be
 * begun before the one before it on the same key is done: that is work which no client could have done sooner.
 */
function beginnings(operations: readonly Drawn[], inFlight: number): readonly number[] {
  const free = new Array<number>(inFlight).fill(0);
  const idleFrom = new Map<string, number>();
  return operations.map((operation) => {
    const place = indexOfLeast(free);
    const taken = free[place] as number;
    const done = Math.max(taken, idleFrom.get(operation.key) ?? 0) + workOf(operation);
    free[place] = done;
    idleFrom.set(operation.key, done);
    return taken;
  });
}

function indexOfLeast(values: readonly number[]): number {
  let least = 0;
  for (let at = 1; at < values.length; at++) if ((values[at] as number) < (values[least] as number)) least = at;
  return least;
}
