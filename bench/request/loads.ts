import { setTimeout as sleep } from 'node:timers/promises';

import type { Figures } from '../contest/subject.js';
import { sample, sampleCandidate } from '../messages.js';
import type { Ask } from './contender.js';

/** All loads one after the other, in replies a second. */
export async function measure(ask: Ask, seconds: number): Promise<Figures> {
  const hundred = await inFlight(100, ask, seconds * 1000, 1000);
  const single = await inFlight(1, ask, 1000);
  return { hundred: hundred.perSecond, single: single.perSecond };
}

export interface Load {
  readonly perSecond: number;
  /** What each took of this process's time on a processor. */
  readonly cpuUs: number;
}

/** So many requests at any time: each reply makes place for the next. What comes in the warm-up is left out. */
export async function inFlight(count: number, ask: Ask, ms: number, warmUpMs = 0): Promise<Load> {
  let replies = 0;
  let unanswered = 0;
  let last: (() => void) | undefined;
  const next = (): void => {
    unanswered += 1;
    ask(sample, answered);
  };
  const answered = (candidate: string | undefined): void => {
    if (candidate !== sampleCandidate) throw new Error(`a reply carries the candidate ${String(candidate)}`);
    replies += 1;
    unanswered -= 1;
    if (!last) next();
    else if (unanswered === 0) last();
  };
  for (let each = 0; each < count; each++) next();
  await sleep(warmUpMs);
  const [before, start, cpu] = [replies, performance.now(), process.cpuUsage()];
  await sleep(ms);
  const [counted, took, { user, system }] = [replies - before, performance.now() - start, process.cpuUsage(cpu)];
  await new Promise<void>((resolve) => (last = resolve));
  return { perSecond: (counted / took) * 1000, cpuUs: (user + system) / counted };
}
