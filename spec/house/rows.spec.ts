import { readFileSync } from 'node:fs';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { specFiles } from '../support/files.js';
import { rows, rowsNamedIn } from '../support/rows.js';

/** The rows that have no spec yet, and why. */
const unproven: Readonly<Record<string, string>> = {
  W7: 'nothing is written before the channel is connected, so that its sign cannot be seen: no hint is given',
  R3: 'a server cannot know what its client has read; acknowledgements are to come',
  R5: 'a watchdog on silence is to come',
  P2: 'an option for strict checks is to come',
  P6: 'held by the compiler, in spec/types/serve.ts',
};

const proven = new Set(specFiles().flatMap((file) => rowsNamedIn(readFileSync(file, 'utf8'))));

test('every row has a spec, or a reason why not yet', () => {
  assert.equal(
    Object.keys(rows).filter((row) => !proven.has(row) && !(row in unproven)),
    [],
  );
});

test('no row that has a spec is still called unproven', () => {
  assert.equal(
    Object.keys(unproven).filter((row) => proven.has(row)),
    [],
  );
});

test('no spec and no reason is for a row that does not exist', () => {
  assert.equal(
    [...proven, ...Object.keys(unproven)].filter((row) => !(row in rows)),
    [],
  );
});

test('a row is found in the name of a test, also on the line after, and nowhere else', () => {
  assert.equal(rowsNamedIn("test('W1: is kept', () => {});\n  test(\n    `R2: is kept`,\n"), ['W1', 'R2']);
  assert.equal(rowsNamedIn("// test('W1: is gone')\ntest('W1 is kept')\nconst text = 'W1: is kept';\n"), []);
});

test.run();
