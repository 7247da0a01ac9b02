import { readFileSync, statSync } from 'node:fs';

import { runFile } from './child.js';
import { specFiles } from './files.js';
import { judge } from './verdict.js';
import type { Verdict } from './verdict.js';

const lanes = 2;
const usualLimitSeconds = 120;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const files = chosen(process.argv.slice(2));
const verdicts: Verdict[] = [];
const remaining = files.values();
await Promise.all(Array.from({ length: lanes }, runRemaining));

if (files.length === 0) console.log('no spec file is chosen');
const failed = files.length === 0 ? 1 : sum('failed');
console.log(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** An argument is a file, or a part of the paths of several. */
function chosen(args: readonly string[]): string[] {
  const all = specFiles();
  if (args.length === 0) return all;
  return [...new Set(args.flatMap((arg) => (isFile(arg) ? arg : all.filter((path) => path.includes(arg)))))];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function runRemaining(): Promise<void> {
  for (const file of remaining) {
    const begin = performance.now();
    const ending = await runFile(file, limitSeconds(file));
    const verdict = judge(ending);
    verdicts.push(verdict);
    report(file, verdict, (performance.now() - begin) / 1000);
    if (verdict.fault !== undefined) console.log(ending.output);
  }
}

/** A file asks for more by a comment in its first lines: `// time limit: 300 s`. */
function limitSeconds(file: string): number {
  const head = readFileSync(file, 'utf8').split('\n', 5).join('\n');
  return Number(/^\/\/ time limit: (\d+) s$/m.exec(head)?.[1] ?? usualLimitSeconds);
}

function report(file: string, { passed, failed, fault }: Verdict, seconds: number): void {
  const mark = fault === undefined ? 'ok  ' : 'FAIL';
  const reason = fault === undefined ? '' : `  ${fault}`;
  console.log(`${mark}  ${file}  ${passed}/${passed + failed}  ${seconds.toFixed(1)} s${reason}`);
}

function sum(count: 'passed' | 'failed' | 'skipped'): number {
  return verdicts.reduce((total, verdict) => total + verdict[count], 0);
}
