import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

import type { Figures } from '../contest/subject.js';
import type { StreamContender } from '../stream/contender.js';
import { Exchange } from '../stream/exchange.js';
import { sustained } from '../stream/loads.js';
import { Scheduled } from './scheduled.js';

/** How long the contender is kept full to find what it can sustain. */
const probeMs = 1000;
const warmUpMs = 1000;

/** The same for all, and easy for all. */
const lightPerSecond = 5_000;

/** At half of what was sustained just before, and at the light rate, each on a stream of its own; in microseconds. */
export async function measure(contender: StreamContender, port: number, seconds: number): Promise<Figures> {
  const offered = (await sustained(await Exchange.open(contender, port), probeMs)) / 2;
  const half = await atRate(offered, contender, port, seconds * 1000);
  const light = await atRate(lightPerSecond, contender, port, seconds * 1000);
  return {
    ...percentiles('', half),
    offered,
    ...percentiles('light ', light),
  };
}

/**
 * Sends by the clock, whether replies come or not. Timers tick once a millisecond, so every turn of the event loop sends
 * what is due in it instead: the client never sleeps, and what it is late by counts as latency.
 */
async function atRate(
  perSecond: number,
  contender: StreamContender,
  port: number,
  ms: number,
): Promise<RecordableHistogram> {
  const histogram = createHistogram();
  const record = (latencyMs: number): void => histogram.record(Math.max(1, Math.round(latencyMs * 1e6)));
  // What is due in the first second is left out.
  const flow = new Scheduled(perSecond, warmUpMs, record);
  const send = contender.open(port, flow);
  while (flow.now() < warmUpMs + ms) {
    flow.becomeDue();
    send();
    await turn();
  }
  while (flow.unanswered > 0) await turn();
  return histogram;
}

const percentiles = (load: string, histogram: RecordableHistogram): Figures =>
  Object.fromEntries([50, 99, 99.9].map((each) => [`${load}p${each}`, histogram.percentile(each) / 1000]));
