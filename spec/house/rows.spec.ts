import { readFileSync } from 'node:fs';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { specFiles } from '../support/files.js';
import { rows, rowsNamedIn } from '../support/rows.js';

/** The rows that have no spec yet, and why. */
const unproven: Readonly<Record<string, string>> = {
  W1: 'to be written',
  W2: 'to be written',
  W3: 'to be written',
  W4: 'to be written',
  W5: 'to be written',
  W6: 'to be written',
  W7: 'to be written',
  W8: 'to be written',
  W9: 'to be written',
  R1: 'to be written',
  R2: 'to be written',
  R3: 'to be written',
  R4: 'to be written',
  R5: 'to be written',
  E1: 'to be written',
  E2: 'to be written',
  E3: 'to be written',
  E4: 'to be written',
  E5: 'to be written',
  E6: 'to be written',
  E7: 'to be written',
  E8: 'to be written',
  E9: 'to be written',
  E10: 'to be written',
  E11: 'to be written',
  E12: 'to be written',
  C1: 'to be written',
  C5: 'to be written',
  C6: 'to be written',
  C7: 'to be written',
  P2: 'to be written',
  P6: 'to be written',
  A1: 'to be written',
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
