import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

const books = ['offered', 'accepted', 'sent', 'lost', 'queued', 'inFlight'];

test('npm start measures, kills, writes what it found, and ends with 0', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const json = join(folder, 'out.json');
  const svg = join(folder, 'out.svg');
  const { code, stdout } = await npmStart(
    '--messages',
    '200',
    '--rounds',
    '2',
    '--buffers',
    '64',
    '--json',
    json,
    '--svg',
    svg,
  );
  const results = JSON.parse(await readFile(json, 'utf8')) as Results;
  const chart = await readFile(svg, 'utf8');
  await rm(folder, { recursive: true });

  assert.is(code, 0);
  assert.match(stdout, 'round 2 of 2 done');
  assert.match(stdout, 'The books balance, and agree with the independent counts.');
  assert.match(chart, /^<svg /);

  assert.equal(Object.keys(results), ['remote', 'kill']);
  const { runs, asyncOverSync, inOrder } = results.remote;
  assert.equal(
    runs.map(({ contender, mode, bufferSize, messages }) => [mode, contender, bufferSize, messages].join()),
    ['sync', 'async', 'in-order'].flatMap((mode) => [`${mode},rxduplex,64,200`, `${mode},grpc-js,64,200`]),
  );
  for (const {
    messagesPerSecond: { median, min, max },
  } of runs)
    assert.ok(0 < min && min <= median && median <= max);
  assert.ok(asyncOverSync > 0);
  assert.equal(inOrder, { checked: 400, outOfOrder: 0 });

  const { kill } = results;
  assert.equal(Object.keys(kill), ['pids', 'signal', 'books', 'serverSaw', 'delivered', 'recoveryMs', 'balanced']);
  assert.is(new Set(kill.pids).size, 2);
  assert.is(kill.signal, 'SIGKILL');
  assert.ok(books.every((name) => typeof kill.books.outbound[name] === 'number'));
  assert.ok(kill.recoveryMs > 0);
  assert.is(kill.balanced, true);
});

test('--help prints the flags and ends with 0', async () => {
  const { code, stdout } = await npmStart('--help');
  assert.is(code, 0);
  assert.match(stdout, '--buffers a,b,c');
});

test('a bad flag is told on stderr, and ends with 2', async () => {
  const { code, stdout, stderr } = await npmStart('--messages', 'many');
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, "--messages: expected a whole number from 1 to 9999999, got 'many'");
});

test('an interrupt ends the servers, too', async () => {
  const running = start('--messages', '200', '--rounds', '9999', '--buffers', '64');
  await once(running.stdout, 'data');
  running.kill('SIGINT');
  // The servers have the same standard output, which is closed when the last of them has ended.
  const [, signal] = (await once(running, 'close')) as unknown[];
  assert.is(signal, 'SIGINT');
});

test('npm start -- app runs until it is interrupted, drains, and prints the last books', async () => {
  const running = start('app');
  const printed = text(running.stdout);
  const opened = new Promise<void>((resolve) => {
    running.stdout.on('data', (line: Buffer) => {
      if (line.includes('open, connection 1')) resolve();
    });
  });
  await opened;
  running.kill('SIGINT');
  const [code] = (await once(running, 'close')) as unknown[];
  assert.is(code, 0);
  assert.match(await printed, /The last books: offered [\d,]+, accepted [\d,]+, .*sent [\d,]+/);
  assert.match(await printed, 'The observatory has had all that was sent.');
});

test('the app stops by itself when it is told how long to run, and a bad flag of its own is exit 2', async () => {
  const { code, stdout } = await npmStart('app', '--seconds', '1');
  assert.is(code, 0);
  assert.match(stdout, 'The last books');
  const bad = await npmStart('app', '--seconds', 'soon');
  assert.is(bad.code, 2);
  assert.match(bad.stderr, "--seconds: expected a whole number from 1 to 9999999, got 'soon'");
});

function start(...flags: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', 'bench/start.ts', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function npmStart(...flags: readonly string[]): Promise<Record<'stdout' | 'stderr', string> & { code: unknown }> {
  const running = start(...flags);
  const [stdout, stderr, [code]] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    once(running, 'close') as Promise<unknown[]>,
  ]);
  return { code, stdout, stderr };
}

interface Results {
  readonly remote: {
    readonly runs: readonly {
      readonly contender: string;
      readonly mode: string;
      readonly bufferSize: number;
      readonly messages: number;
      readonly messagesPerSecond: { readonly median: number; readonly min: number; readonly max: number };
    }[];
    readonly asyncOverSync: number;
    readonly inOrder: object;
  };
  readonly kill: {
    readonly pids: readonly number[];
    readonly signal: string;
    readonly books: { readonly outbound: Readonly<Record<string, unknown>> };
    readonly recoveryMs: number;
    readonly balanced: boolean;
  };
}

test.run();
