/** What one client asked and was told. Times are any that grow; what was never answered ends at `Infinity`. */
export interface Happened<O> {
  readonly began: number;
  readonly ended: number;
  readonly operation: O;
}

/** What a single thing would do, one operation after the other. */
export interface Model<S, O> {
  readonly initial: S;
  /** How it is after an operation that was answered like this: `state` itself, if as before; nothing, if it cannot be. */
  readonly step: (state: S, operation: O) => S | undefined;
  readonly hash: (state: S) => string;
}

/**
 * Whether there is an order in which each operation took effect at one moment between its begin and its end, as the model
 * would have it: the search of Wing and Gong, which goes no way twice (Lowe). What was never answered may have taken
 * effect, or not.
 */
export function linearizable<S, O>({ initial, step, hash }: Model<S, O>, history: readonly Happened<O>[]): boolean {
  const tried = new Set<string>();
  const search = (state: S, done: bigint, open: readonly Numbered<O>[]): boolean => {
    const firstEnd = open.reduce((first, { ended }) => Math.min(first, ended), Infinity);
    if (firstEnd === Infinity) return true;
    const way = `${done.toString(36)} ${hash(state)}`;
    if (tried.has(way)) return false;
    tried.add(way);
    const possible = open.flatMap((next) => {
      const after = next.began < firstEnd ? step(state, next.operation) : undefined;
      return after === undefined ? [] : [{ next, after }];
    });
    // What changes nothing may as well be the first: whatever else may come next may still come after it.
    const unchanging = possible.find(({ after }) => after === state);
    return (unchanging ? [unchanging] : possible).some(({ next, after }) =>
      search(
        after,
        done | next.bit,
        open.filter((other) => other !== next),
      ),
    );
  };
  const numbered = history.map((happened, at) => ({ ...happened, bit: 1n << BigInt(at) }));
  return search(initial, 0n, numbered);
}

interface Numbered<O> extends Happened<O> {
  readonly bit: bigint;
}
