import { writeFile } from 'node:fs/promises';

import type { ReplicaSettings, Settings } from './flags.js';
import { audit, countsOf } from './kill/audit.js';
import { kill } from './kill/kill.js';
import { report as reportOfKill } from './kill/report.js';
import { shortKv } from './kv/start.js';
import { replicas } from './replicas/replicas.js';
import { report as reportOfReplicas } from './replicas/report.js';
import { measure } from './throughput/experiment.js';
import { report as reportOfThroughput } from './throughput/report.js';
import { summarise } from './throughput/summary.js';

/** What was found, by its name in the file, and whether all of it was as promised. */
export interface Found {
  readonly results: Readonly<Record<string, unknown>>;
  readonly isAsPromised: boolean;
}

export async function runStreams(settings: Settings): Promise<Found> {
  const remote = summarise(await measure(settings), settings.buffers);
  console.log(`\n${reportOfThroughput(remote)}\n`);
  if (settings.svg !== undefined) {
    const { draw } = await import('./throughput/chart.js');
    await writeFile(settings.svg, await draw(remote.runs, settings.rounds));
  }

  const killed = await kill();
  const claims = audit(killed);
  console.log(reportOfKill(killed, claims));

  const { pids, signal, books, saw, delivered, recoveryMs } = killed;
  const balanced = claims.every(({ holds }) => holds);
  const serverSaw = countsOf(saw.flat());
  return {
    results: { remote, kill: { pids, signal, books, serverSaw, delivered, recoveryMs, balanced } },
    isAsPromised: remote.inOrder.outOfOrder === 0 && balanced,
  };
}

export async function runReplicas(settings: Omit<ReplicaSettings, 'json'>): Promise<Found> {
  const outcome = await replicas(settings, console.log);
  console.log(`\n${reportOfReplicas(outcome)}`);
  const { messagesPerSecond, kills, links, broken } = outcome;
  return { results: { replicas: { messagesPerSecond, kills, links } }, isAsPromised: broken.length === 0 };
}

export async function runKv(): Promise<Found> {
  const { kv, right } = await shortKv();
  return { results: { kv }, isAsPromised: right };
}

/** Takes one step after the other and writes what all of them found; true if all of it was as promised. */
export async function run(json: string | undefined, ...steps: readonly (() => Promise<Found>)[]): Promise<boolean> {
  const found: Found[] = [];
  for (const step of steps) found.push(await step());
  if (json !== undefined) {
    const results = Object.fromEntries(found.flatMap((each) => Object.entries(each.results)));
    await writeFile(json, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  return found.every(({ isAsPromised }) => isAsPromised);
}
