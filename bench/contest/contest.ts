import { progress } from '../progress.js';
import { grouped } from '../table.js';
import { plan } from './plan.js';
import type { Rates, Subject } from './subject.js';

/** A launch that was made. */
export interface Launch {
  readonly contender: string;
  readonly rates: Rates;
}

export interface Extent {
  readonly subject: Subject;
  readonly contenders: readonly string[];
  /** How often each contender is launched. */
  readonly launches: number;
  readonly seconds: number;
}

/** Makes all launches of the plan, one after the other. */
export async function contest({ subject, contenders, launches, seconds }: Extent): Promise<Launch[]> {
  const bar = progress(subject.title, contenders.length * launches);
  const made: Launch[] = [];
  for (const { round, contender } of plan(contenders, launches)) {
    const rates = await subject.launch(contender, seconds);
    made.push({ contender, rates });
    const told = Object.entries(rates).map(([load, rate]) => `${load} ${grouped(Math.round(rate))}`);
    bar.step(`round ${round} of ${launches}, ${contender}: ${told.join(', ')}`);
  }
  bar.stop();
  return made;
}
