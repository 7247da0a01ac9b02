import type { Launch } from './contest.js';
import { rowsOf } from './rows.js';
import type { Ratio } from './subject.js';

/** A ratio with its value; none if one of the two did not run. */
export interface Found extends Ratio {
  readonly value?: number;
}

export function find(ratios: readonly Ratio[], launches: readonly Launch[]): Found[] {
  return ratios.map((ratio) => {
    const rows = rowsOf(launches, ratio.measure);
    const median = (name: string): number => rows.find(({ contender }) => contender === name)?.figures.median ?? NaN;
    const over = typeof ratio.over === 'number' ? ratio.over : median(ratio.over);
    const value = Number((median(ratio.of) / over).toFixed(2));
    return Number.isFinite(value) ? { ...ratio, value } : ratio;
  });
}

/** Whether `--check` has anything to say of it. */
export const isJudged = ({ must, most }: Ratio): boolean => must !== undefined || most !== undefined;

/** What `--check` says of a ratio; nothing of one that need not be anything. */
export function verdictOf(ratio: Found): 'pass' | 'fail' | 'fail: not measured' | undefined {
  const { value, must = -Infinity, most = Infinity } = ratio;
  if (!isJudged(ratio)) return undefined;
  if (value === undefined) return 'fail: not measured';
  return must <= value && value <= most ? 'pass' : 'fail';
}

export const passed = (ratios: readonly Found[]): boolean =>
  ratios.every((ratio) => !verdictOf(ratio)?.startsWith('fail'));
