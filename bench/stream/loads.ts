import { setTimeout as sleep } from 'node:timers/promises';

import type { Figures } from '../contest/subject.js';
import { median } from '../spread.js';
import type { StreamContender } from './contender.js';
import { Exchange } from './exchange.js';

const burstSize = 5_000;
const bursts = 9;

/** All loads one after the other, in replies a second, each on a stream of its own. */
export async function measure(contender: StreamContender, port: number, seconds: number): Promise<Figures> {
  const open = (): Promise<Exchange> => Exchange.open(contender, port);
  return {
    sustained: await sustained(await open(), seconds * 1000),
    burst: await burst(open),
    single: await single(await open()),
  };
}

/** The stream is kept full; the first second is left out. */
export async function sustained(exchange: Exchange, ms: number): Promise<number> {
  const answered = exchange.send(Infinity);
  await sleep(1000);
  const [before, start] = [exchange.replies, performance.now()];
  await sleep(ms);
  const rate = perSecond(exchange.replies - before, start);
  exchange.stop();
  await answered;
  return rate;
}

/** All at once, until all are answered. */
async function burst(open: () => Promise<Exchange>): Promise<number> {
  const rates: number[] = [];
  while (rates.length < bursts) {
    const exchange = await open();
    const start = performance.now();
    await exchange.send(burstSize);
    rates.push(perSecond(burstSize, start));
  }
  return median(rates);
}

/** One in flight, for a second, once the processes have learnt to wake each other. */
async function single(exchange: Exchange): Promise<number> {
  await oneByOne(exchange, 500);
  const [before, start] = [exchange.replies, performance.now()];
  await oneByOne(exchange, 1000);
  return perSecond(exchange.replies - before, start);
}

async function oneByOne(exchange: Exchange, ms: number): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < ms) await exchange.send(1);
}

const perSecond = (count: number, start: number): number => (count / (performance.now() - start)) * 1000;
