import { grouped, table } from '../table.js';
import { verdictOf } from './ratios.js';
import type { Found } from './ratios.js';
import type { Results } from './results.js';
import type { Row } from './rows.js';
import type { Subject } from './subject.js';

/** The results as tables, one a load, and the ratios between them; with `check`, what was decided. */
export function report(subject: Subject, results: Results, ratios: readonly Found[], check: boolean): string {
  const [first, ...others] = subject.loads;
  const { machine, versions } = results;
  return [
    tableOf(`${first} (${subject.unit})`, results.rows),
    ...others.map((load) => tableOf(load, results.loads[load]?.rows ?? [])),
    ...tableOfRatios(ratios, check),
    `${machine.cores} cores, ${machine.cpu}, Node ${versions['node'] ?? ''}; steal ${percent(machine.stealPercent)}`,
  ].join('\n\n');
}

const percent = (value: number | 'unknown'): string => (value === 'unknown' ? value : `${value} %`);

function tableOf(title: string, rows: readonly Row[]): string {
  const lines = rows.map(({ contender, perSecond: { median, min, max }, launches }) => [
    contender,
    ...[median, min, max, launches].map(grouped),
  ]);
  return table([[title, 'median', 'lowest', 'highest', 'launches'], ...lines]);
}

/** Those that could be formed, and those that had to be. */
function tableOfRatios(ratios: readonly Found[], check: boolean): string[] {
  const lines = ratios
    .filter(({ value, must }) => value !== undefined || (check && must !== undefined))
    .map((ratio) => [
      `${ratio.name}: ${ratio.of} ÷ ${ratio.over}, ${ratio.load}`,
      ...[ratio.value, ratio.must, ratio.aim].map((value) => value?.toFixed(2) ?? ''),
      ...(check ? [verdictOf(ratio) ?? ''] : []),
    ]);
  const title = ['ratio of medians', 'value', 'must', 'aim', ...(check ? ['check'] : [])];
  return lines.length === 0 ? [] : [table([title, ...lines])];
}
