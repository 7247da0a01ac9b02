// time limit: 240 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { Summary } from '../../../bench/kv/summary.js';

test('npm start -- kv measures every way in every concurrency, finds all answers right, and writes what it found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const [json, svg] = [join(folder, 'out.json'), join(folder, 'out.svg')];
  const short = ['--seconds', '1', '--rounds', '1', '--in-flight', '1', '--value-bytes', '1024'];
  const { code, stdout } = await kv(...short, '--json', json, '--svg', svg);
  const results = JSON.parse(await readFile(json, 'utf8')) as { readonly kv: Summary };
  const chart = await readFile(svg, 'utf8');
  await rm(folder, { recursive: true });

  assert.is(code, 0, stdout);
  assert.match(stdout, 'every retrieve told what had been written');
  assert.match(chart, /^<svg /);
  assert.equal(Object.keys(results), ['kv']);
  assert.equal(Object.keys(results.kv), ['runs', 'speedup', 'unarySpeedup']);
  assert.type(results.kv.speedup, 'number');
  assert.equal(
    results.kv.runs.map(({ concurrency, contender, api, inFlight }) => [concurrency, contender, api, inFlight].join()),
    ['global', 'free', 'per-key'].flatMap((concurrency) => [
      `${concurrency},grpc-js,unary,1`,
      `${concurrency},rxduplex,unary,1`,
      `${concurrency},rxduplex,session,1`,
    ]),
  );
  for (const run of results.kv.runs) {
    assert.equal(Object.keys(run), ['contender', 'concurrency', 'inFlight', 'api', 'rpcsPerSecond', 'ofCeiling']);
    const { median, min, max } = run.rpcsPerSecond;
    assert.ok(0 < min && min <= median && median <= max);
    assert.ok(run.ofCeiling > 0);
  }
});

test('a bad flag is told on stderr, and ends with 2', async () => {
  const { code, stdout, stderr } = await kv('--in-flight', 'many');
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, "--in-flight: expected a whole number from 1 to 9999999, got 'many'");
});

async function kv(...flags: readonly string[]): Promise<Record<'stdout' | 'stderr', string> & { code: unknown }> {
  const running = spawn(process.execPath, ['--import', 'tsx', 'bench/start.ts', 'kv', ...flags], {
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
