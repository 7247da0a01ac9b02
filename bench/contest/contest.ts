import { progress } from '../progress.js';
import { grouped } from '../table.js';
import { plan } from './plan.js';
import type { Figures, Subject } from './subject.js';

/** A launch that was made. */
export interface Launch {
  readonly contender: string;
  readonly figures: Figures;
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
    const figures = await subject.launch(contender, seconds);
    made.push({ contender, figures });
    const told = Object.entries(figures).map(([measure, figure]) => `${measure} ${grouped(Math.round(figure))}`);
    bar.step(`round ${round} of ${launches}, ${contender}: ${told.join(', ')}`);
  }
  bar.stop();
  return made;
}
