import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { helpOn, parse } from '../../../bench/contest/flags.js';
import { race } from './fixture.js';

const other = { ...race, name: 'swim', contenders: ['fish'] };
const subjects = [race, other];

test('without flags all contenders are launched three times, and nothing is decided or written', () => {
  assert.equal(parse(['race'], subjects), {
    subject: race,
    contenders: ['ours', 'theirs', 'guest'],
    launches: 3,
    seconds: 3,
    check: false,
    command: 'npm run bench -- race',
  });
});

test('each flag changes its own setting', () => {
  const args = ['race', '--contenders', 'guest,ours', '--launches=5', '--seconds', '1', '--check', '--json', 'a.json'];
  assert.equal(parse([...args, '--svg', 'spec/a.svg', '--markdown', 'spec/A.md'], subjects), {
    subject: race,
    contenders: ['guest', 'ours'],
    launches: 5,
    seconds: 1,
    check: true,
    json: 'a.json',
    svg: 'spec/a.svg',
    markdown: 'spec/A.md',
    command: `npm run bench -- ${args.join(' ')} --svg spec/a.svg --markdown spec/A.md`,
  });
});

test('--help is answered, whatever else is asked', () => {
  assert.is(parse(['--help'], subjects), 'help');
  assert.is(parse(['race', '--launches', 'no', '--help'], subjects), 'help');
});

test('the help names every subject with its contenders, and every flag', () => {
  const help = helpOn(subjects);
  for (const word of ['race: A race', 'of ours, theirs, guest', 'swim: ', 'of fish', 'guard: '])
    assert.match(help, word);
  for (const flag of ['contenders', 'launches', 'seconds', 'check', 'json', 'svg', 'markdown', 'help'])
    assert.match(help, `--${flag} `);
});

test('a bad value is told with its flag, what was expected and what came', () => {
  const whole = 'expected a whole number from 1 to 9999999, got';
  assert.is(complaint(['race', '--launches', '0']), `--launches: ${whole} '0'`);
  assert.is(complaint(['race', '--seconds', '1.5']), `--seconds: ${whole} '1.5'`);
  assert.is(complaint(['race', '--seconds']), `--seconds: ${whole} nothing`);
  assert.is(complaint(['race', '--json', 'spec']), expectedFile("--json: {}, got 'spec'"));
  assert.is(complaint(['race', '--svg']), expectedFile('--svg: {}, got nothing'));
});

test('a contender of another subject is none of this one', () => {
  assert.is(
    complaint(['race', '--contenders', 'ours,fish']),
    "--contenders: expected any of ours, theirs, guest, got 'fish'",
  );
  assert.is(
    complaint(['race', '--contenders', 'ours,ours']),
    "--contenders: expected each value once, got 'ours,ours'",
  );
});

test('there is exactly one subject', () => {
  assert.is(complaint([]), 'SUBJECT: expected any of race, swim, got nothing');
  assert.is(complaint(['fly']), "SUBJECT: expected any of race, swim, got 'fly'");
  assert.is(complaint(['race', 'swim']), "arguments: expected flags only, got 'swim'");
});

test('an unknown flag is told with those that there are', () => {
  assert.is(
    complaint(['race', '--turbo']),
    "--turbo: expected one of --contenders, --launches, --seconds, --check, --json, --svg, --markdown, --help, got '--turbo'",
  );
});

const expectedFile = (message: string): string =>
  message.replace('{}', 'expected the path of a file in a folder that exists');

function complaint(args: readonly string[]): string {
  try {
    return `nothing was wrong: ${JSON.stringify(parse(args, subjects))}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test.run();
