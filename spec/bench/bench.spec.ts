// time limit: 300 s
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
    for (const { perSecond } of rows) assert.ok((perSecond?.median ?? 0) > 0);
  }
});

test('unary calls through rx, limited or not, are measured beside bare ones, with what they cost the client', async () => {
  const contenders = ['rxduplex', 'rxduplex-limited', 'grpc-js'];
  const { rows, loads, ratios } = await resultsOf('unary', '--contenders', contenders.join());
  assert.equal(
    rows.map(({ contender }) => contender),
    contenders,
  );
  assert.ok(rows.every(({ perSecond }) => (perSecond?.median ?? 0) > 0));
  assert.equal(Object.keys(loads), ['single', 'client cpu']);
  assert.ok(loads['client cpu']?.rows.every(({ microseconds }) => (microseconds?.median ?? 0) > 0));
  assert.equal(Object.keys(ratios), ['limitedVsGrpcJs', 'bothVsGrpcJs', 'bothSingleVsGrpcJs']);
});

test('latency is told in microseconds, with the rate at which it was offered', async () => {
  const { rows, loads } = await resultsOf('latency', '--contenders', 'rxduplex');
  assert.ok((rows[0]?.microseconds?.median ?? 0) > 0);
  assert.equal(Object.keys(loads), ['p99', 'p99.9', 'offered', 'light p50', 'light p99', 'light p99.9']);
  assert.ok((loads['offered']?.rows[0]?.perSecond?.median ?? 0) > 0);
});

test('what a stalled reader leaves in memory is told in bytes, and how many messages that is', async () => {
  const { rows, loads } = await resultsOf('memory', '--contenders', 'A1');
  assert.type(rows[0]?.bytes?.median, 'number');
  assert.equal(Object.keys(loads), ['rss', 'held']);
  const held = loads['held']?.rows[0]?.messages?.median ?? 0;
  assert.ok(0 < held && held < 1_000_000);
});

test('what a message costs is told in nanoseconds, alone and over a connection', async () => {
  const { rows, loads } = await resultsOf('cost', '--contenders', 'depth-10,types-10,size-16,streams-10');
  assert.ok((rows[0]?.nanoseconds?.median ?? 0) > 0);
  for (const axis of ['types', 'size', 'streams']) {
    assert.ok((loads[axis]?.rows[0]?.nanoseconds?.median ?? 0) > 0, axis);
  }
  assert.equal(loads['subscribers']?.rows, []);
});

test('the key-value service is told in RPCs a second, in times what a lock lets through, and in parts of the ceiling', async () => {
  const { rows, loads, ratios } = await resultsOf('kv', '--contenders', 'rxduplex-session');
  assert.ok((rows[0]?.perSecond?.median ?? 0) > 0);
  assert.equal(Object.keys(loads), ['small', 'global', 'speedup', 'free of ceiling', 'small of ceiling']);
  assert.ok((loads['speedup']?.rows[0]?.times?.median ?? 0) > 0);
  assert.ok((loads['small of ceiling']?.rows[0]?.permille?.median ?? 0) > 0);
  assert.equal(Object.keys(ratios), ['speedup', 'smallOfCeiling', 'ofCeiling']);
});

test('what many keys take is told in bytes a key, beside what is got of them a second', async () => {
  const { rows, loads } = await resultsOf('keys', '--contenders', 'keys-10000');
  const bytes = rows[0]?.bytes?.median ?? 0;
  assert.ok(bytes > 124 && bytes < 2_000, String(bytes));
  for (const load of ['get', 'get unary', 'range']) {
    assert.ok((loads[load]?.rows[0]?.perSecond?.median ?? 0) > 0, load);
  }
});

test('a document gets a section of what was found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const file = join(folder, 'OUT.md');
  const { code } = await bench('cost', '--contenders', 'types-1', ...short, '--markdown', file);
  const document = await readFile(file, 'utf8');
  await rm(folder, { recursive: true });
  assert.is(code, 0);
  assert.match(document, /^# .*^## cost$.*^\| types-1 +\|/ms);
  assert.match(document, `\`npm run bench -- cost --contenders types-1 ${short.join(' ')} --markdown ${file}\``);
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
  assert.match(stdout, 'unary: ');
  assert.match(stdout, '--launches N');
});

test('the guard takes no arguments', async () => {
  const { code, stderr } = await bench('guard', '--launches', '1');
  assert.is(code, 2);
  assert.match(stderr, "guard: expected no arguments, got '--launches'");
});

test('a bad flag is told on stderr, and ends with 2', async () => {
  const { code, stdout, stderr } = await bench('stream', '--contenders', 'me');
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, '--contenders: expected any of rxduplex, ');
  assert.match(stderr, "got 'me'");
});

async function resultsOf(...args: readonly string[]): Promise<Results> {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const json = join(folder, 'out.json');
  const { code } = await bench(...args, ...short, '--json', json);
  assert.is(code, 0);
  const results = JSON.parse(await readFile(json, 'utf8')) as Results;
  await rm(folder, { recursive: true });
  return results;
}

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
