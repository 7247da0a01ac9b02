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

/** At half of what was sustained just before, on a stream of its own; in microseconds. */
export async function measure(contender: StreamContender, port: number, seconds: number): Promise<Figures> {
  const offered = (await sustained(await Exchange.open(contender, port), probeMs)) / 2;
  const histogram = createHistogram();
  await atRate(offered, contender, port, seconds * 1000, histogram);
  return {
    p50: microseconds(histogram, 50),
    p99: microseconds(histogram, 99),
    'p99.9': microseconds(histogram, 99.9),
    offered,
  };
}

/**
 * Sends by the clock, whether replies come or not. Timers tick once a millisecond, so every turn of the event loop sends
 * what is due in it instead: the client never sleeps, and what lateness that brings counts as latency.
 */
async function atRate(
  rate: number,
  contender: StreamContender,
  port: number,
  ms: number,
  histogram: RecordableHistogram,
): Promise<void> {
  // What is due in a first second is left out.
  const flow = new Scheduled(rate, warmUpMs, (latencyMs) => histogram.record(Math.max(1, Math.round(latencyMs * 1e6))));
  const send = contender.open(port, flow);
  while (flow.now() < warmUpMs + ms) {
    flow.becomeDue();
    send();
    await turn();
  }
  while (flow.unanswered > 0) {
    send();
    await turn();
  }
}

const microseconds = (histogram: RecordableHistogram, percentile: number): number =>
  histogram.percentile(percentile) / 1000;
