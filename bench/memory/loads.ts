import { setImmediate as turn } from 'node:timers/promises';

import type { Figures } from '../contest/subject.js';
import { footprint } from '../footprint.js';
import { requests } from '../messages.js';
import type { Offering } from './contender.js';

/** Enough to tell what is bounded from what is not; where nothing else ends it, this does. */
const offered = 1_000_000;
/** As many as a producer offers in one turn of the event loop. */
const perTurn = 1000;

/** What the process holds more of than when its call was just open. */
export async function measure({ offer, held }: Offering): Promise<Figures> {
  const before = await footprint();
  let number = 0;
  for (const message of requests(offered)) {
    offer(message);
    number += 1;
    if (number % perTurn === 0) await turn();
  }
  const after = await footprint();
  return { heap: after.heap - before.heap, rss: after.rss - before.rss, held: held() };
}
