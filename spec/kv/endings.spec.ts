// time limit: 600 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { runFile } from '../support/child.js';
import { kvEndings } from '../support/kv-endings.js';
import { apis } from '../support/kv-clients.js';

/** What each of the programs is to see; nothing but this is printed, and each ends by itself with exit code 0. */
const expected: Readonly<Record<string, readonly unknown[]>> = {
  'a close, with a watch and an operation that only listen for values': ['done'],
  'a close that nobody awaits, of both clients at once': ['complete'],
  'a disposal': ['complete'],
  'a close while there is no server': ['CLOSED'],
  'everything is left at once': [0],
  'a server that is shut down in the middle': ['unknown', 'unknown'],
  'a server that is killed, and comes again': ['a', 'b', 'done'],
  'a store that is closed under its service': [14],
  'a snapshot that cannot be closed': ['done', 'done'],
  'functions of the user that throw': ['done', 'done', 0, 'failures$', 'onRetry', 'put', 'revision$', 'watch'],
};

const ofOneApi = ['promises of stores that nobody awaits', 'a snapshot that cannot be closed'];

for (const name of Object.keys(kvEndings)) {
  for (const api of ofOneApi.includes(name) ? (['unary'] as const) : apis) {
    test(`${api}: ${name} ends no process and leaves none hanging`, async () => {
      const { exitCode, stdout, output } = await runFile('spec/support/children/kv-ending.ts', 90, [name, api]);
      assert.equal([exitCode, output], [0, stdout], output);
      assert.equal(JSON.parse(stdout), expected[name] ?? []);
    });
  }
}

test.run();
