import type { Records } from '../records.js';
import { question } from './news.js';

/** What one run of a replica wrote down of what one run of another had sent. */
export interface Reading {
  /** Messages and questions. */
  readonly count: number;
  /** The numbers of the messages, as they came; a new range begins where one does not follow the one before. */
  readonly ranges: readonly Range[];
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

interface Growing {
  count: number;
  ranges: { from: number; to: number }[];
}

/** What is written in the records, by the runs of those who sent it. */
export function readings(records: Pick<Records, 'entries'>): ReadonlyMap<number, Reading> {
  const all = new Map<number, Growing>();
  for (const [sender, number] of records.entries()) {
    const reading = all.get(sender) ?? { count: 0, ranges: [] };
    all.set(sender, reading);
    reading.count += 1;
    if (number === question) continue;
    const last = reading.ranges.at(-1);
    if (last && number === last.to + 1) last.to = number;
    else reading.ranges.push({ from: number, to: number });
  }
  return all;
}

export const nothing: Reading = { count: 0, ranges: [] };
