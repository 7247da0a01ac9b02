import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { help, parse, parsePeers, parseReplicas } from '../../bench/flags.js';

test('without flags the whole experiment is run, and nothing is written', () => {
  assert.equal(parse([]), {
    messages: 5000,
    rounds: 5,
    buffers: [512, 1024, 2048, 3072, 4096, 5120],
    modes: ['sync', 'async', 'in-order'],
  });
});

test('each flag changes its own setting', () => {
  const args = ['--messages', '200', '--rounds=1', '--buffers', '8,16', '--modes', 'async', '--json', 'a.json'];
  assert.equal(parse([...args, '--svg', 'spec/a.svg']), {
    messages: 200,
    rounds: 1,
    buffers: [8, 16],
    modes: ['async'],
    json: 'a.json',
    svg: 'spec/a.svg',
  });
});

test('--help is answered, whatever else is asked', () => {
  assert.is(parse(['--messages', '1', '--help']), 'help');
});

test('the help names every flag', () => {
  for (const flag of ['messages', 'rounds', 'buffers', 'modes', 'json', 'svg', 'help', 'kills', 'seconds', 'counts'])
    assert.match(help, `--${flag} `);
});

test('the replicas are killed three times without flags, and each flag changes its own setting', () => {
  assert.equal(parseReplicas([]), { kills: 3, seconds: 3 });
  assert.equal(parseReplicas(['--kills', '20', '--seconds=1', '--json', 'a.json']), {
    kills: 20,
    seconds: 1,
    json: 'a.json',
  });
  assert.is(parseReplicas(['--kills', '0', '--help']), 'help');
});

test('what is wrong with a flag of the replicas is told, too', () => {
  const complaintOf = (...args: readonly string[]): string => complaint(args, parseReplicas);
  assert.is(complaintOf('--kills', '0'), "--kills: expected a whole number from 1 to 9999999, got '0'");
  assert.is(complaintOf('--seconds'), '--seconds: expected a whole number from 1 to 9999999, got nothing');
  assert.is(complaintOf('--json', 'spec'), "--json: expected the path of a file in a folder that exists, got 'spec'");
  assert.is(
    complaintOf('--rounds', '1'),
    "--rounds: expected one of --kills, --seconds, --json, --help, got '--rounds'",
  );
  assert.is(complaintOf('twice'), "arguments: expected flags only, got 'twice'");
});

test('the counts of peers are whole numbers', () => {
  assert.equal(parsePeers([]), [10, 100]);
  assert.equal(parsePeers(['--counts', '7']), [7]);
  assert.is(
    complaint(['--counts', '1,some'], parsePeers),
    "--counts: expected a whole number from 1 to 9999999, got 'some'",
  );
});

test('a bad value is told with its flag, what was expected and what came', () => {
  assert.is(complaint(['--messages', '0']), "--messages: expected a whole number from 1 to 9999999, got '0'");
  assert.is(complaint(['--rounds', 'two']), "--rounds: expected a whole number from 1 to 9999999, got 'two'");
  assert.is(complaint(['--messages', '-5']), "--messages: expected a whole number from 1 to 9999999, got '-5'");
  assert.is(complaint(['--messages', '1.5']), "--messages: expected a whole number from 1 to 9999999, got '1.5'");
  assert.is(complaint(['--buffers', '512,']), "--buffers: expected a whole number from 1 to 9999999, got ''");
  assert.is(complaint(['--buffers', '8,8']), "--buffers: expected each value once, got '8,8'");
  assert.is(complaint(['--modes', 'sync,fast']), "--modes: expected any of sync, async, in-order, got 'fast'");
});

test('a flag without its value is told', () => {
  assert.is(complaint(['--messages']), '--messages: expected a whole number from 1 to 9999999, got nothing');
  assert.is(complaint(['--json']), '--json: expected the path of a file in a folder that exists, got nothing');
});

test('a file that could not be written is told before anything is measured', () => {
  const expected = '--json: expected the path of a file in a folder that exists';
  assert.is(complaint(['--json', 'nowhere/a.json']), `${expected}, got 'nowhere/a.json'`);
  assert.is(complaint(['--json', 'spec']), `${expected}, got 'spec'`);
});

test('an unknown flag is told with those that there are', () => {
  assert.is(
    complaint(['--turbo']),
    "--turbo: expected one of --messages, --rounds, --buffers, --modes, --json, --svg, --help, got '--turbo'",
  );
  assert.is(complaint(['fast']), "arguments: expected flags only, got 'fast'");
});

function complaint(args: readonly string[], read: (args: readonly string[]) => unknown = parse): string {
  try {
    return `nothing was wrong: ${JSON.stringify(read(args))}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test.run();
