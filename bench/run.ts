import { writeFile } from 'node:fs/promises';

import type { Settings } from './flags.js';
import { audit, countsOf } from './kill/audit.js';
import { kill } from './kill/kill.js';
import { report as reportOfKill } from './kill/report.js';
import { measure } from './throughput/experiment.js';
import { report as reportOfThroughput } from './throughput/report.js';
import { summarise } from './throughput/summary.js';

/** Does what `npm start` does; true if all of it was as promised. */
export async function run(settings: Settings): Promise<boolean> {
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
  if (settings.json !== undefined) {
    const serverSaw = countsOf(saw.flat());
    const results = { remote, kill: { pids, signal, books, serverSaw, delivered, recoveryMs, balanced } };
    await writeFile(settings.json, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  return remote.inOrder.outOfOrder === 0 && balanced;
}
