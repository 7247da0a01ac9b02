// time limit: 300 s
import { readFileSync } from 'node:fs';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { runFile } from './support/child.js';
import { filesBelow } from './support/files.js';
import { causes } from './support/warnings.js';

const limitSeconds = 60;

const child = 'spec/support/children/warning.ts';
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
let runs = 0;

/** What a process writes that does it three times, and how the process ends. */
function run(cause: string, how: 'wrong' | 'right'): ReturnType<typeof runFile> {
  const lane = (runs += 1) % lanes.length;
  const ending = (lanes[lane] as Promise<unknown>).then(() => runFile(child, limitSeconds, [cause, how]));
  lanes[lane] = ending;
  return ending;
}

/** The warnings on stderr, which has nothing else but Node's hint. */
function warningsOn(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('(Use `node --trace-warnings'))
    .map((line) => line.replace(/^\(node:\d+\) /, ''));
}

for (const [name, { code, text }] of Object.entries(causes)) {
  const [wrong, right] = [run(name, 'wrong'), run(name, 'right')];

  test(`${name}: a process is told of it once, however often it happens, and goes on`, async () => {
    const { exitCode, timedOut, stdout, stderr } = await wrong;
    assert.equal({ exitCode, timedOut, stdout }, { exitCode: 0, timedOut: false, stdout: 'done\n' }, stderr);
    const warnings = warningsOn(stderr);
    assert.is(warnings.length, 1, stderr);
    assert.is(warnings[0]?.slice(0, `[${code}] RxDuplexWarning: ${text}`.length), `[${code}] RxDuplexWarning: ${text}`);
  });

  test(`${name}: a process that does it right is told nothing`, async () => {
    const { exitCode, timedOut, stdout, stderr } = await right;
    const silent = { exitCode: 0, timedOut: false, stdout: 'done\n', stderr: '' };
    assert.equal({ exitCode, timedOut, stdout, stderr }, silent);
  });
}

test('every code by which the library warns is among them, and it warns in no other way', () => {
  const sources = filesBelow('lib').map((path) => [path, readFileSync(path, 'utf8')] as const);
  const warned = sources.flatMap(([, text]) => [...text.matchAll(/\bwarnOnce\(\s*'(\w+)'/g)].map(([, code]) => code));
  const calls = sources.flatMap(([, text]) => [...text.matchAll(/(?<!function )\bwarnOnce\(/g)]);
  assert.is(warned.length, calls.length, 'a code is not written where it is warned of');
  assert.equal([...new Set(warned)].sort(), [...new Set(Object.values(causes).map(({ code }) => code))].sort());
  const says = /^(?! *\*).*\b(?:emitWarning|console|stderr)\b/m;
  const others = sources.filter(([, text]) => says.test(text)).map(([path]) => path);
  assert.equal(others, ['lib/warning.ts']);
});

test.run();
