import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { help, parse } from '../../../bench/kv/flags.js';

test('without flags the whole of it is run, with one and with a hundred in flight, and nothing is written', () => {
  assert.equal(parse([]), { seconds: 4, rounds: 3, inFlight: [1, 100], valueBytes: 65_536, seed: 1 });
});

test('each flag changes its own setting', () => {
  const args = ['--seconds', '1', '--rounds=2', '--in-flight', '20', '--value-bytes', '1024', '--seed', '7'];
  assert.equal(parse([...args, '--json', 'a.json', '--svg', 'a.svg']), {
    seconds: 1,
    rounds: 2,
    inFlight: [1, 20],
    valueBytes: 1024,
    seed: 7,
    json: 'a.json',
    svg: 'a.svg',
  });
});

test('one in flight is measured once', () => {
  assert.equal((parse(['--in-flight', '1']) as { inFlight: unknown }).inFlight, [1]);
});

test('--help is answered, whatever else is asked, and names every flag', () => {
  assert.is(parse(['--seconds', '1', '--help']), 'help');
  for (const flag of ['seconds', 'rounds', 'in-flight', 'value-bytes', 'seed', 'json', 'svg', 'help'])
    assert.match(help, `--${flag} `);
});

test('a bad value is told with its flag, what was expected and what came', () => {
  assert.is(complaint(['--seconds', '0']), "--seconds: expected a whole number from 1 to 9999999, got '0'");
  assert.is(complaint(['--rounds', 'two']), "--rounds: expected a whole number from 1 to 9999999, got 'two'");
  assert.is(complaint(['--in-flight', '10001']), "--in-flight: expected a whole number from 1 to 10000, got '10001'");
  assert.is(
    complaint(['--value-bytes', '262145']),
    "--value-bytes: expected a whole number from 1 to 262144, got '262145'",
  );
  assert.is(complaint(['--seed', '-1']), "--seed: expected a whole number from 1 to 9999999, got '-1'");
  assert.is(
    complaint(['--json', 'nowhere/a.json']),
    "--json: expected the path of a file in a folder that exists, got 'nowhere/a.json'",
  );
  assert.is(complaint(['--svg']), '--svg: expected the path of a file in a folder that exists, got nothing');
});

test('an unknown flag is told with those that there are', () => {
  assert.match(complaint(['--turbo']), '--turbo: expected one of --seconds, --rounds, --in-flight');
  assert.is(complaint(['fast']), "arguments: expected flags only, got 'fast'");
});

function complaint(args: readonly string[]): string {
  try {
    return `nothing was wrong: ${JSON.stringify(parse(args))}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test.run();
