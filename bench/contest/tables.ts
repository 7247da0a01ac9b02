import { grouped } from '../table.js';
import type { Circumstances, Measured, Outcome } from './outcome.js';
import { isJudged, verdictOf } from './ratios.js';
import type { Found } from './ratios.js';

/** Rows of cells, the first of them the heads of the columns. */
export type Cells = readonly (readonly string[])[];

/** What was measured, a table for each measure, and the ratios between the contenders; with `check`, what was decided. */
export function tablesOf({ measured, ratios }: Outcome, check: boolean): Cells[] {
  const all = [...measured.map(cellsOf), cellsOfRatios(ratios, check)];
  return all.filter(({ length }) => length > 1);
}

export function tellCircumstances({ machine, versions }: Circumstances): string {
  const { cores, cpu, stealPercent } = machine;
  const steal = stealPercent === 'unknown' ? stealPercent : `${stealPercent} %`;
  return `${cores} cores, ${cpu}, Node ${versions['node'] ?? ''}; steal ${steal}`;
}

function cellsOf({ measure: { name, unit }, rows }: Measured): Cells {
  const lines = rows.map(({ contender, figures: { median, min, max }, launches }) => [
    contender,
    ...[median, min, max, launches].map(grouped),
  ]);
  return [[`${name} (${unit.told})`, 'median', 'lowest', 'highest', 'launches'], ...lines];
}

/** Those that could be formed, and those that had to be. */
function cellsOfRatios(ratios: readonly Found[], check: boolean): Cells {
  const lines = ratios
    .filter((ratio) => ratio.value !== undefined || (check && isJudged(ratio)))
    .map((ratio) => [
      `${ratio.name}: ${ratio.of} ÷ ${typeof ratio.over === 'number' ? grouped(ratio.over) : ratio.over}, ${ratio.measure}`,
      told(ratio.value),
      [told(ratio.must), ratio.most === undefined ? '' : `≤ ${told(ratio.most)}`].join(''),
      told(ratio.aim),
      ...(check ? [verdictOf(ratio) ?? ''] : []),
    ]);
  return [['ratio of medians', 'value', 'must', 'aim', ...(check ? ['check'] : [])], ...lines];
}

const told = (value: number | undefined): string => value?.toFixed(2) ?? '';
