import { start } from '../child.js';
import type { Settings } from '../flags.js';
import { requests } from '../messages.js';
import { progress } from '../progress.js';
import type { Contender, ContenderName, Outcome } from './contender.js';
import { grpcJs } from './grpc-js.js';
import { plan } from './plan.js';
import type { Planned } from './plan.js';
import { rxduplex } from './rxduplex.js';

/** A run that was made. */
export interface Measurement extends Planned {
  readonly messages: number;
  readonly messagesPerSecond: number;
  /** Replies that came to another's request, or out of order. */
  readonly misplaced: number;
}

/** Makes all runs of the plan against servers in another process; those of the warm-up are left out. */
export async function measure(settings: Settings): Promise<Measurement[]> {
  await using servers = await start<Record<ContenderName, number>>('servers', import.meta.url);
  const contenders: Readonly<Record<ContenderName, Contender>> = {
    rxduplex: rxduplex(`127.0.0.1:${servers.greeting.rxduplex}`),
    'grpc-js': grpcJs(`127.0.0.1:${servers.greeting['grpc-js']}`),
  };
  const serversEnded = servers.ended.then((how) => {
    throw new Error(`the servers ended with ${how} in the middle of a run`);
  });
  const messages = [...requests(settings.messages)];
  const runs = [...plan(settings)];
  const bar = progress('Throughput', runs.length);
  const measurements: Measurement[] = [];
  // No garbage is collected by force between runs: V8 would throw away optimised code with it.
  for (const [index, run] of runs.entries()) {
    const outcome = await Promise.race([contenders[run.contender].run({ ...run, messages }), serversEnded]);
    if (run.round > 0) measurements.push(measurementOf(run, settings.messages, outcome));
    bar.step(run.round === runs[index + 1]?.round ? undefined : roundDone(run.round, settings.rounds));
  }
  bar.stop();
  for (const contender of Object.values(contenders)) contender.close();
  return measurements;
}

function measurementOf(run: Planned, messages: number, { seconds, expected }: Outcome): Measurement {
  const misplaced = messages - expected;
  if (misplaced > 0 && run.mode !== 'in-order') throw new Error(`${misplaced} replies came to another's request`);
  return { ...run, messages, messagesPerSecond: messages / seconds, misplaced };
}

const roundDone = (round: number, rounds: number): string =>
  round === 0 ? 'warmed up' : `round ${round} of ${rounds} done`;
