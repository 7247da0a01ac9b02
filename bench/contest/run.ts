import { writeFile } from 'node:fs/promises';

import { contest } from './contest.js';
import type { Settings } from './flags.js';
import { install } from './install.js';
import { machine } from './machine.js';
import { find, passed } from './ratios.js';
import { report } from './report.js';
import { results } from './results.js';
import { watchSteal } from './steal.js';
import { versions } from './versions.js';

/** Does what `npm run bench` does; false if a check was asked for and failed. */
export async function run(settings: Settings): Promise<boolean> {
  const { subject, contenders, check, json, svg } = settings;
  const foreign = contenders.filter((name) => subject.foreign.includes(name));
  await install(foreign);

  const stealSince = await watchSteal();
  const launches = await contest(settings);
  const circumstances = { machine: machine(await stealSince()), versions: await versions(foreign.length > 0) };

  const ratios = find(subject.ratios, launches);
  const found = results(subject, launches, ratios, circumstances);
  console.log(`\n${report(subject, found, ratios, check)}`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(found, undefined, 2)}\n`);
  if (svg !== undefined) {
    const { draw } = await import('./chart.js');
    await writeFile(svg, await draw(subject, found));
  }
  return !check || passed(ratios);
}
