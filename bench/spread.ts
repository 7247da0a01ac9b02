export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What lies in the middle of several measurements, and their extremes; in whole numbers. */
export function spread(values: readonly number[]): Spread {
  return {
    median: Math.round(median(values)),
    min: Math.round(Math.min(...values)),
    max: Math.round(Math.max(...values)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
