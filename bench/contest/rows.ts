import { spread } from '../spread.js';
import type { Spread } from '../spread.js';
import type { Launch } from './contest.js';

/** What one contender did under one load. */
export interface Row {
  readonly contender: string;
  readonly perSecond: Spread;
  readonly launches: number;
}

/** The launches by contender, in the order in which each was first launched. */
export function rowsOf(launches: readonly Launch[], load: string): Row[] {
  return [...new Set(launches.map(({ contender }) => contender))].map((contender) => {
    const rates = launches.filter((launch) => launch.contender === contender).map(({ rates }) => rates[load] ?? NaN);
    return { contender, perSecond: spread(rates), launches: rates.length };
  });
}
