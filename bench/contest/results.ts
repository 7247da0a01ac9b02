import type { Launch } from './contest.js';
import type { Machine } from './machine.js';
import type { Found } from './ratios.js';
import { rowsOf } from './rows.js';
import type { Row } from './rows.js';
import type { Subject } from './subject.js';
import type { Versions } from './versions.js';

/** What `--json` writes. */
export interface Results {
  readonly subject: string;
  readonly machine: Machine;
  readonly versions: Versions;
  /** Of the first load. */
  readonly rows: readonly Row[];
  /** Those whose contenders have both run. */
  readonly ratios: Readonly<Record<string, number>>;
  /** The other loads. */
  readonly loads: Readonly<Record<string, { readonly rows: readonly Row[] }>>;
}

export function results(
  { name, loads: [first, ...others] }: Subject,
  launches: readonly Launch[],
  ratios: readonly Found[],
  circumstances: Pick<Results, 'machine' | 'versions'>,
): Results {
  return {
    subject: name,
    ...circumstances,
    rows: rowsOf(launches, first),
    ratios: Object.fromEntries(ratios.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    loads: Object.fromEntries(others.map((load) => [load, { rows: rowsOf(launches, load) }])),
  };
}
