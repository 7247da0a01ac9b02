import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { Results } from '../../bench/contest/results.js';

const short = ['--launches', '1', '--seconds', '1'];

test('npm run bench -- stream measures its contenders, and writes what it found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const json = join(folder, 'out.json');
  const svg = join(folder, 'out.svg');
  const { code, stdout } = await bench('stream', '--contenders', 'A1,rxduplex', ...short, '--json', json, '--svg', svg);
  const results = JSON.parse(await readFile(json, 'utf8')) as Results;
  const chart = await readFile(svg, 'utf8');
  await rm(folder, { recursive: true });

  assert.is(code, 0);
  assert.match(stdout, 'round 1 of 1, rxduplex: sustained ');
  assert.match(stdout, /^vsA1: rxduplex ÷ A1, sustained +[\d.]+ +4\.00 +5\.00$/m);
  assert.match(chart, /^<svg /);

  assert.equal(Object.keys(results), ['subject', 'machine', 'versions', 'rows', 'ratios', 'loads']);
  assert.is(results.subject, 'stream');
  assert.is(results.versions['node'], process.versions.node);
  assert.ok('stealPercent' in results.machine);
  assert.equal(Object.keys(results.ratios), ['vsA1', 'burstVsA1']);
  assert.equal(Object.keys(results.loads), ['burst', 'single']);
  for (const rows of [results.rows, ...Object.values(results.loads).map((load) => load.rows)]) {
    assert.equal(
      rows.map(({ contender, launches }) => [contender, launches]),
      [
        ['A1', 1],
        ['rxduplex', 1],
      ],
    );
    for (const { perSecond } of rows) assert.ok(perSecond.median > 0);
  }
});

test('a check that could not be made ends with 1', async () => {
  const { code, stdout } = await bench('request', '--contenders', 'http2', ...short, '--check');
  assert.is(code, 1);
  assert.match(stdout, /^vsUnary: .* +6\.00 +8\.00 +fail: not measured$/m);
});

test('--help prints the subjects and the flags, and ends with 0', async () => {
  const { code, stdout } = await bench('--help');
  assert.is(code, 0);
  assert.match(stdout, 'stream: ');
  assert.match(stdout, '--launches N');
});

test('a bad flag is told on stderr, and ends with 2', async () => {
  const { code, stdout, stderr } = await bench('stream', '--contenders', 'me');
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, '--contenders: expected any of rxduplex, ');
  assert.match(stderr, "got 'me'");
});

async function bench(...args: readonly string[]): Promise<Record<'stdout' | 'stderr', string> & { code: unknown }> {
  const running = spawn(process.execPath, ['--import', 'tsx', 'bench/bench.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    once(running, 'close') as Promise<unknown[]>,
  ]);
  return { code, stdout, stderr };
}

test.run();
