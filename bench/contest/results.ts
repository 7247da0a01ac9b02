import type { Spread } from '../spread.js';
import type { Machine } from './machine.js';
import type { Measured, Outcome } from './outcome.js';
import type { Unit } from './subject.js';
import type { Versions } from './versions.js';

/** What one contender did by one measure, under the name of its unit. */
export type WrittenRow = { readonly contender: string; readonly launches: number } & {
  readonly [field in Unit['field']]?: Spread;
};

/** What `--json` writes. */
export interface Results {
  readonly subject: string;
  readonly machine: Machine;
  readonly versions: Versions;
  /** By the first measure. */
  readonly rows: readonly WrittenRow[];
  /** Those whose contenders have both run. */
  readonly ratios: Readonly<Record<string, number>>;
  /** By the other measures, which are loads, percentiles or scales. */
  readonly loads: Readonly<Record<string, { readonly rows: readonly WrittenRow[] }>>;
}

export function results({ subject, machine, versions, measured, ratios }: Outcome): Results {
  const [first, ...others] = measured;
  return {
    subject: subject.name,
    machine,
    versions,
    rows: first ? written(first) : [],
    ratios: Object.fromEntries(ratios.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    loads: Object.fromEntries(others.map((other) => [other.measure.name, { rows: written(other) }])),
  };
}

const written = ({ measure: { unit }, rows }: Measured): WrittenRow[] =>
  rows.map(({ contender, figures, launches }) => ({ contender, [unit.field]: figures, launches }));
