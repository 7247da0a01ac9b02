import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

import type { Figures } from '../contest/subject.js';
import { requests } from '../messages.js';
import type { Offering } from './contender.js';

/** Enough to tell what is bounded from what is not; where nothing else ends it, this does. */
const offered = 1_000_000;
/** As many as a producer offers in one turn of the event loop. */
const perTurn = 1000;

/** What the process holds more of than when its call was just open. */
export async function measure({ offer, held }: Offering): Promise<Figures> {
  const before = await taken();
  let number = 0;
  for (const message of requests(offered)) {
    offer(message);
    number += 1;
    if (number % perTurn === 0) await turn();
  }
  const after = await taken();
  return { heap: after.heap - before.heap, rss: after.rss - before.rss, held: held() };
}

/** The heap and what lies outside of it for the heap's sake, without garbage; and the whole process. */
async function taken(): Promise<{ readonly heap: number; readonly rss: number }> {
  // Twice, with a pause: what finalizers let go, and what is still on its way to the socket.
  for (let times = 0; times < 2; times++) {
    await sleep(250);
    globalThis.gc?.();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}
