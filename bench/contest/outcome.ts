import type { Launch } from './contest.js';
import type { Machine } from './machine.js';
import { find } from './ratios.js';
import type { Found } from './ratios.js';
import { rowsOf } from './rows.js';
import type { Row } from './rows.js';
import type { Measure, Subject } from './subject.js';
import type { Versions } from './versions.js';

/** What a contest was run on. */
export interface Circumstances {
  readonly machine: Machine;
  readonly versions: Versions;
}

/** All that was measured by one measure. */
export interface Measured {
  readonly measure: Measure;
  readonly rows: readonly Row[];
}

/** What came of a contest, to be told in one way or another. */
export interface Outcome extends Circumstances {
  readonly subject: Subject;
  /** As the subject has its measures. */
  readonly measured: readonly Measured[];
  readonly ratios: readonly Found[];
}

export function outcomeOf(subject: Subject, launches: readonly Launch[], circumstances: Circumstances): Outcome {
  return {
    ...circumstances,
    subject,
    measured: subject.measures.map((measure) => ({ measure, rows: rowsOf(launches, measure.name) })),
    ratios: find(subject.ratios, launches),
  };
}
