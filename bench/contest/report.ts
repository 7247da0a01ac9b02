import { table } from '../table.js';
import type { Outcome } from './outcome.js';
import { tablesOf, tellCircumstances } from './tables.js';

/** The outcome for a terminal. */
export const report = (outcome: Outcome, check: boolean): string =>
  [...tablesOf(outcome, check).map(table), tellCircumstances(outcome)].join('\n\n');
