import { writeFile } from 'node:fs/promises';

import { measure } from './experiment.js';
import { help, parse } from './flags.js';
import { casesOf, shortCases } from './plan.js';
import { report } from './report.js';
import { summarise, toldIn } from './summary.js';
import type { Summary } from './summary.js';

/** Does what `npm start -- kv` does; true if every answer was right. */
export async function kv(args: readonly string[]): Promise<boolean> {
  const settings = parse(args);
  if (settings === 'help') {
    console.log(help);
    return true;
  }
  const { rounds, inFlight, json, svg, valueBytes } = settings;
  const cases = casesOf(inFlight);
  const measurements = await measure(cases, rounds, settings);
  const summary = summarise(cases, measurements);
  const told = toldIn(measurements);
  console.log(`\n${report(summary, told)}`);
  if (svg !== undefined) {
    const { draw } = await import('./chart.js');
    await writeFile(svg, await draw(summary.runs, { rounds, valueBytes }));
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ kv: summary }, undefined, 2)}\n`);
  return told.wrong === 0;
}

/** The article's before and after in short, for an `npm start` that shows everything: what came of it, and if it was right. */
export async function shortKv(): Promise<{ readonly kv: Summary; readonly right: boolean }> {
  const measurements = await measure(shortCases, 1, { seconds: 3, seed: 1, valueBytes: 65_536 });
  const summary = summarise(shortCases, measurements);
  const told = toldIn(measurements);
  console.log(`\n${report(summary, told)}\n`);
  return { kv: summary, right: told.wrong === 0 };
}
