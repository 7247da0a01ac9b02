import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

interface Run {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

const broken: readonly (readonly [name: string, counts: string, fault: string])[] = [
  ['fails', '1/2', '1 of 2 failed'],
  ['before-throws', '0/1', '1 of 1 failed'],
  ['throws-no-error', '0/1', '1 of 1 failed'],
  ['never-run', '0/1', 'no summary, exit code 0'],
  ['empty', '0/1', 'no test was run'],
  ['breaks', '0/1', 'no summary, exit code 1'],
  ['leaves-early', '0/1', 'no summary, exit code 1'],
  ['runs-twice', '0/1', '2 summaries: run() was called again after the tests had begun'],
  ['skips', '1/2', '1 skipped'],
  ['rejects-late', '1/2', 'exit code 1'],
  ['lingers', '1/2', 'did not exit in time'],
];
let runOfBroken: Run;

test.before(async () => {
  runOfBroken = await run(...broken.map(([name]) => name));
});

for (const [name, counts, fault] of broken) {
  test(`the runner fails a file that ${name.replaceAll('-', ' ')}`, () => {
    const line = runOfBroken.lines.find((candidate) => candidate.includes(`/${name}.ts `)) ?? '';
    assert.is(line.replace(/[\d.]+ s /, 'N s '), `FAIL  spec/support/fixtures/${name}.ts  ${counts}  N s  ${fault}`);
  });
}

test('a run of bad files fails, and counts each as one failed test at least', () => {
  assert.is(runOfBroken.exitCode, 1);
  assert.is(runOfBroken.lines.at(-1), '4 passed, 11 failed, 1 skipped');
});

test('the runner passes a good file', async () => {
  const { exitCode, lines } = await run('good');
  assert.is(exitCode, 0);
  assert.match(lines[0] ?? '', /^ok {4}spec\/support\/fixtures\/good\.ts {2}2\/2 {2}[\d.]+ s$/);
  assert.is(lines.at(-1), '2 passed, 0 failed, 0 skipped');
});

test('one bad file among good ones fails the run, and all are counted', async () => {
  const { exitCode, lines } = await run('good', 'never-run', 'fails');
  assert.is(exitCode, 1);
  assert.is(lines.at(-1), '3 passed, 2 failed, 0 skipped');
});

test('the output of a failing file is shown, that of a good one is not', async () => {
  const { lines } = await run('good', 'fails');
  assert.ok(lines.some((line) => line.includes('as it should')));
  assert.is(lines.filter((line) => line.startsWith('  Total:')).length, 1);
});

test('a run in which no file is chosen fails', async () => {
  const { exitCode, lines } = await run('no-such-fixture');
  assert.is(exitCode, 1);
  assert.is(lines.at(-1), '0 passed, 1 failed, 0 skipped');
});

test('an interrupted run ends its children', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'waits-'));
  const pidFile = join(dir, 'pid');
  const runner = start(['waits'], { PID_FILE: pidFile });
  const pid = Number(await eventually(() => readFile(pidFile, 'utf8')));
  runner.kill('SIGINT');
  await once(runner, 'exit');
  await eventually(() => assert.throws(() => process.kill(pid, 0)));
  await rm(dir, { recursive: true });
});

async function run(...fixtures: string[]): Promise<Run> {
  const runner = start(fixtures);
  const [output, [exitCode]] = await Promise.all([text(runner.stdout), once(runner, 'close') as Promise<[number]>]);
  return { exitCode, lines: output.trimEnd().split('\n') };
}

function start(fixtures: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcessByStdio<null, Readable, null> {
  const files = fixtures.map((name) => `spec/support/fixtures/${name}.ts`);
  return spawn(process.execPath, ['--import', 'tsx', 'spec/support/run.ts', ...files], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function eventually<T>(attempt: () => T): Promise<Awaited<T>> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await setTimeout(20);
    }
  }
}

test.run();
