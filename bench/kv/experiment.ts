import { progress } from '../progress.js';
import { launch } from './launch.js';
import type { Launch } from './launch.js';
import { plan } from './plan.js';
import type { Case } from './plan.js';
import type { Measurement } from './summary.js';

/** Launches each case once a round, and tells what comes of it. */
export async function measure(cases: readonly Case[], rounds: number, how: Launch): Promise<Measurement[]> {
  const launches = [...plan(cases, rounds)];
  const bar = progress('Key-values', launches.length);
  const measurements: Measurement[] = [];
  for (const { round, ...each } of launches) {
    const figures = await launch(each, how);
    measurements.push({ ...each, ...figures });
    const { concurrency, inFlight, contender, api } = each;
    const rate = `${figures.rpcsPerSecond.toFixed(1)} RPCs/s, ${(figures.rpcsPerSecond / figures.ceiling).toFixed(3)} of the ceiling`;
    bar.step(`round ${round} of ${rounds}, ${concurrency} with ${inFlight} in flight, ${contender} ${api}: ${rate}`);
  }
  bar.stop();
  return measurements;
}
