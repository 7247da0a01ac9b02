import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { help, parseAsking, parseServe } from '../../../../bench/kv/cli/commands.js';

test('serve has a store in memory and a port of its own, until it is told otherwise', () => {
  assert.equal(parseServe([]), { host: '127.0.0.1', port: 50_051, store: 'memory', dir: '', graceMs: 5_000 });
  const args = ['--host', '0.0.0.0', '--port', '0', '--store', 'level', '--dir', 'data', '--grace-ms', '100'];
  assert.equal(parseServe(args), { host: '0.0.0.0', port: 0, store: 'level', dir: 'data', graceMs: 100 });
});

test('a store on disk needs a directory, and one in memory has none', () => {
  assert.is(complaint(parseServe, ['--store', 'level']), '--dir: expected a directory, got nothing');
  assert.is(complaint(parseServe, ['--dir', 'a']), "--dir: expected none with --store memory, got 'a'");
  assert.is(complaint(parseServe, ['--store', 'tape']), "--store: expected any of memory, level, got 'tape'");
  assert.is(complaint(parseServe, ['--port', '65536']), "--port: expected a whole number from 1 to 65535, got '65536'");
});

test('each command says what it asks', () => {
  const [key, value] = [Buffer.from('k'), Buffer.from('v')];
  const [start, end, none] = [Buffer.from('a'), Buffer.from('b'), Buffer.alloc(0)];
  assert.equal(question('get', 'k'), { ask: 'get', key });
  assert.equal(question('put', 'k', 'v'), { ask: 'put', key, value });
  assert.equal(question('cas', 'k', '3', 'v'), { ask: 'put', key, value, version: 3 });
  assert.equal(question('cas', 'k', '0', 'v'), { ask: 'put', key, value, version: 0 });
  assert.equal(question('del', 'k', '--version', '3'), { ask: 'del', key, version: 3 });
  assert.equal(question('range'), { ask: 'range', start: none, end: none, limit: Infinity });
  assert.equal(question('range', 'a', 'b', '--limit', '2'), { ask: 'range', start, end, limit: 2 });
  const from = 1_795_815_430_110_000;
  assert.equal(question('watch', 'a', '--from', String(from)), {
    ask: 'watch',
    start,
    end: none,
    limit: Infinity,
    from,
  });
});

test('keys and values can be written in hexadecimal digits', () => {
  assert.equal(question('put', '--hex', '00ff', ''), {
    ask: 'put',
    key: Buffer.from([0, 255]),
    value: Buffer.alloc(0),
  });
  assert.is(complaint(parseAsking, ['get', '--hex', 'abc']), "get: expected pairs of hexadecimal digits, got 'abc'");
});

test('bad usage is told with what was expected and what came', () => {
  assert.match(complaint(parseAsking, []), 'command: expected any of get, put, cas, del, range, watch, got nothing');
  assert.is(complaint(parseAsking, ['put', 'k']), "put: expected 2 of what it is about, got 'k'");
  assert.is(
    complaint(parseAsking, ['range', 'a', 'b', 'c']),
    "range: expected 0 to 2 of what it is about, got 'a b c'",
  );
  assert.is(complaint(parseAsking, ['get', '']), "get: expected a key that is not empty, got ''");
  const revision = 'a whole number from 1 to 9007199254740991';
  assert.is(complaint(parseAsking, ['cas', 'k', 'x', 'v']), `cas: expected ${revision}, got 'x'`);
  const many = ['watch', '--from', '9007199254740992'];
  assert.is(complaint(parseAsking, many), `--from: expected ${revision}, got '9007199254740992'`);
  assert.match(complaint(parseAsking, ['get', 'k', '--limit', '1']), '--limit: expected one of --address');
});

test('the help names every command', () => {
  for (const command of ['serve', 'get', 'put', 'cas', 'del', 'range', 'watch']) assert.match(help, `-- ${command}`);
});

const question = (...args: readonly string[]): unknown => parseAsking(args).question;

function complaint(parse: (args: readonly string[]) => unknown, args: readonly string[]): string {
  try {
    return `nothing was wrong: ${JSON.stringify(parse(args))}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test.run();
