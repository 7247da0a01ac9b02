// time limit: 300 s
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

test('npm start -- streams measures, kills, writes what it found, and ends with 0', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const json = join(folder, 'out.json');
  const svg = join(folder, 'out.svg');
  const { code, stdout } = await npmStart(
    'streams',
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

test('npm start runs the streams, the replicas and the key-value service, and writes what it found of each', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const json = join(folder, 'out.json');
  const { code, stdout } = await npmStart('--messages', '200', '--rounds', '1', '--buffers', '64', '--json', json);
  const results = JSON.parse(await readFile(json, 'utf8')) as Results;
  await rm(folder, { recursive: true });
  assert.is(code, 0);
  assert.match(stdout, /The books balance, and agree[^]*kill 1 of 1: [^]*The books of every link balance/);
  assert.equal(Object.keys(results), ['remote', 'kill', 'replicas', 'kv']);
});

test('npm start -- replicas kills and restarts, tells the status and the books of each link, and writes them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const json = join(folder, 'out.json');
  const { code, stdout } = await npmStart('replicas', '--kills', '2', '--seconds', '1', '--json', json);
  const { replicas, ...others } = JSON.parse(await readFile(json, 'utf8')) as Results;
  await rm(folder, { recursive: true });

  assert.is(code, 0);
  assert.match(stdout, /a → b {2}open[^]*kill 1 of 2: [abc], process \d+\n[^]* reconnecting\n[^]*kill 2 of 2: /);
  assert.match(stdout, /^link +offered +sent +lost +cancelled +replies +reconnects +balanced$/m);
  assert.match(stdout, /^[\d,]+ messages\/s between three processes/m);
  assert.match(stdout, 'The books of every link balance, agree with the independent counts');

  assert.equal(others, {});
  assert.equal(Object.keys(replicas), ['messagesPerSecond', 'kills', 'links']);
  assert.ok(replicas.messagesPerSecond > 0);
  assert.is(replicas.kills, 2);
  assert.equal(
    replicas.links.map(({ from, to, balanced }) => [from, to, balanced].join()),
    ['a,b,true', 'a,c,true', 'b,a,true', 'b,c,true', 'c,a,true', 'c,b,true'],
  );
  for (const link of replicas.links) {
    assert.equal(Object.keys(link).sort(), ['balanced', 'books', 'from', 'reconnects', 'to']);
    assert.ok(books.every((name) => typeof link.books.outbound[name] === 'number'));
  }
  assert.ok(replicas.links.some(({ reconnects }) => reconnects > 0));
});

test('npm start -- peers tells what each number of peers takes', async () => {
  const { code, stdout } = await npmStart('peers', '--counts', '1,2');
  assert.is(code, 0);
  assert.match(stdout, /^peers +start ms .* stop ms .*\n1 +[\d.]+ .*\n2 +[\d.]+ /);
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

test('a bad flag of the replicas is told, too', async () => {
  const { code, stdout, stderr } = await npmStart('replicas', '--kills', 'often');
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, "--kills: expected a whole number from 1 to 9999999, got 'often'");
});

test('an interrupt ends the replicas, too', async () => {
  const running = start('replicas', '--seconds', '9999');
  await once(running.stdout, 'data');
  running.kill('SIGINT');
  // They have the same standard output, which is closed when the last of them has ended.
  const [, signal] = (await once(running, 'close')) as unknown[];
  assert.is(signal, 'SIGINT');
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
  readonly replicas: {
    readonly messagesPerSecond: number;
    readonly kills: number;
    readonly links: readonly {
      readonly from: string;
      readonly to: string;
      readonly books: { readonly outbound: Readonly<Record<string, unknown>> };
      readonly balanced: boolean;
      readonly reconnects: number;
    }[];
  };
}

test.run();
