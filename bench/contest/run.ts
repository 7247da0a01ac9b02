import { writeFile } from 'node:fs/promises';

import { contest } from './contest.js';
import type { Settings } from './flags.js';
import { install } from './install.js';
import { machine } from './machine.js';
import { outcomeOf } from './outcome.js';
import { passed } from './ratios.js';
import { report } from './report.js';
import { results } from './results.js';
import { watchSteal } from './steal.js';
import { versions } from './versions.js';

/** Does what `npm run bench` does; false if a check was asked for and failed. */
export async function run(settings: Settings): Promise<boolean> {
  const { subject, contenders, check, json, svg, markdown } = settings;
  const foreign = contenders.filter((name) => subject.foreign.includes(name));
  await install(foreign);

  const stealSince = await watchSteal();
  const launches = await contest(settings);
  const circumstances = { machine: machine(await stealSince()), versions: await versions(foreign.length > 0) };

  const outcome = outcomeOf(subject, launches, circumstances);
  console.log(`\n${report(outcome, check)}`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results(outcome), undefined, 2)}\n`);
  if (svg !== undefined) {
    const { draw } = await import('./chart.js');
    await writeFile(svg, await draw(outcome));
  }
  if (markdown !== undefined) {
    const { writeSection } = await import('./markdown.js');
    await writeSection(markdown, settings.command, outcome);
  }
  return !check || passed(outcome.ratios);
}
