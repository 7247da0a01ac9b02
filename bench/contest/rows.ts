import { spread } from '../spread.js';
import type { Spread } from '../spread.js';
import type { Launch } from './contest.js';

/** What one contender did by one measure. */
export interface Row {
  readonly contender: string;
  readonly figures: Spread;
  readonly launches: number;
}

/** The launches that measured it by contender, in the order in which each was first launched. */
export function rowsOf(launches: readonly Launch[], measure: string): Row[] {
  const measured = launches.filter(({ figures }) => measure in figures);
  return [...new Set(measured.map(({ contender }) => contender))].map((contender) => {
    const own = measured.filter((launch) => launch.contender === contender);
    return { contender, figures: spread(own.map(({ figures }) => figures[measure] ?? NaN)), launches: own.length };
  });
}
