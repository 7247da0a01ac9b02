import { rowsOf } from './rows.js';
import type { Launch } from './contest.js';
import type { Ratio } from './subject.js';

/** A ratio with its value; none if one of the two did not run. */
export interface Found extends Ratio {
  readonly value?: number;
}

export function find(ratios: readonly Ratio[], launches: readonly Launch[]): Found[] {
  return ratios.map((ratio) => {
    const rows = rowsOf(launches, ratio.load);
    const median = (name: string): number => rows.find(({ contender }) => contender === name)?.perSecond.median ?? NaN;
    const value = Number((median(ratio.of) / median(ratio.over)).toFixed(2));
    return Number.isFinite(value) ? { ...ratio, value } : ratio;
  });
}

/** What `--check` says of a ratio; nothing of one that need not be anything. */
export function verdictOf({ value, must }: Found): 'pass' | 'fail' | 'fail: not measured' | undefined {
  if (must === undefined) return undefined;
  if (value === undefined) return 'fail: not measured';
  return value >= must ? 'pass' : 'fail';
}

export const passed = (ratios: readonly Found[]): boolean =>
  ratios.every((ratio) => !verdictOf(ratio)?.startsWith('fail'));
