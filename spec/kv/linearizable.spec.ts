import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { linearizable } from '../support/linearizable.js';
import type { Happened } from '../support/linearizable.js';
import { versioned } from '../support/versioned.js';
import type { Access, Expected, Outcome, Seen } from '../support/versioned.js';

/** When an operation began and ended, and what it was. */
type Line = readonly [began: number, ended: number, operation: Access];

const history = (...lines: readonly Line[]): readonly Happened<Access>[] =>
  lines.map(([began, ended, operation]) => ({ began, ended, operation }));

const done = (revision?: number): Outcome => ({ done: true, revision });
const refused = (current: Readonly<Record<string, Seen | undefined>>, revision?: number): Outcome => ({
  done: false,
  current,
  revision,
});
const read = (x: Seen | undefined, revision?: number): Access => ({ kind: 'read', saw: { x }, revision });
const put = (value: string | undefined, outcome?: Outcome, expected?: Expected): Access => ({
  kind: 'write',
  conditions: expected ? { x: expected } : {},
  writes: { x: value },
  outcome,
});
const both = (value: string, outcome: Outcome): Access => ({
  kind: 'write',
  conditions: {},
  writes: { x: value, y: value },
  outcome,
});

const a = { value: 'a', version: 1 };
const b = { value: 'b', version: 2 };

const good: Readonly<Record<string, readonly Happened<Access>[]>> = {
  'nothing happened': history(),
  'one after the other': history(
    [0, 1, put('a', done(1))],
    [2, 3, read(a, 1)],
    [4, 5, put(undefined, done(2))],
    [6, 7, read(undefined, 2)],
  ),
  'two writes at once, read in either order': history(
    [0, 9, put('a', done(1))],
    [1, 8, put('b', done(2))],
    [2, 3, read(a, 1)],
    [4, 5, read(b, 2)],
  ),
  'a read that began before a write ended may see what was before': history(
    [0, 1, put('a', done(1))],
    [2, 9, put('b', done(2))],
    [3, 8, read(a, 1)],
  ),
  'of two with one expectation, one is refused and told how things are': history(
    [0, 1, put('a', done(1))],
    [2, 8, put('b', done(2), { version: 1 })],
    [3, 9, put('c', refused({ x: b }, 2), { version: 1 })],
  ),
  'a write that was never answered, and took effect later': history(
    [0, Infinity, put('a')],
    [1, 2, read(undefined, 0)],
    [3, 4, read(a, 1)],
  ),
  'a write that was never answered, and took no effect': history(
    [0, Infinity, put('a')],
    [1, 2, read(undefined, 0)],
    [9, 10, read(undefined, 0)],
  ),
  'deleting what is not there makes no revision': history(
    [0, 1, put('a', done(1))],
    [2, 3, put(undefined, done(2))],
    [4, 5, put(undefined, done(2))],
  ),
  'an API that tells no versions': history(
    [0, 1, put('a', done())],
    [2, 9, put('b', done(), { exists: true })],
    [3, 4, read({ value: 'a' })],
    [5, 6, read({ value: 'b' })],
  ),
  'both keys of a transaction': history(
    [0, 9, both('a', done(1))],
    [1, 2, { kind: 'read', saw: { x: undefined, y: undefined }, revision: 0 }],
    [3, 4, { kind: 'read', saw: { x: a, y: a }, revision: 1 }],
  ),
};

const bad: Readonly<Record<string, readonly Happened<Access>[]>> = {
  'a stale read': history([0, 1, put('a', done(1))], [2, 3, put('b', done(2))], [4, 5, read(a, 2)]),
  'a stale read of an API that tells no versions': history(
    [0, 1, put('a', done())],
    [2, 3, put('b', done())],
    [4, 5, read({ value: 'a' })],
  ),
  'a read that goes back behind an earlier one': history(
    [0, 9, put('a', done(1))],
    [1, 2, read(a, 1)],
    [3, 4, read(undefined, 1)],
  ),
  'a lost update': history(
    [0, 1, put('a', done(1))],
    [2, 8, put('b', done(2), { version: 1 })],
    [3, 9, put('c', done(3), { version: 1 })],
    [10, 11, read({ value: 'c', version: 3 }, 3)],
  ),
  'a lost update of an API that tells no versions': history(
    [0, 1, put('a', done())],
    [2, 3, put('b', done(), { exists: true })],
    [4, 5, read({ value: 'a' })],
    [6, 7, read({ value: 'b' })],
  ),
  'a double success of one compare-and-set': history(
    [0, 1, put('a', done(1))],
    [2, 9, put('b', done(2), { version: 1 })],
    [2, 9, put('b', done(2), { version: 1 })],
  ),
  'two that created one key': history(
    [0, 9, put('a', done(1), { exists: false })],
    [1, 8, put('b', done(2), { exists: false })],
  ),
  'a value that nobody wrote': history([0, 1, put('a', done(1))], [2, 3, read({ value: 'z', version: 1 }, 1)]),
  'a version that nobody made': history([0, 1, put('a', done(1))], [2, 3, read({ value: 'a', version: 7 }, 7)]),
  'an old value after a delete': history(
    [0, 1, put('a', done(1))],
    [2, 3, put(undefined, done(2))],
    [4, 5, read(a, 2)],
  ),
  'a version that was used before': history(
    [0, 1, put('a', done(1))],
    [2, 3, put(undefined, done(2))],
    [4, 5, put('b', done(1))],
  ),
  'a revision that goes back': history([0, 1, put('a', done(1))], [2, 3, put('b', done(2))], [4, 5, read(b, 1)]),
  'a refusal without a reason': history(
    [0, 1, put('a', done(1))],
    [2, 3, put('b', refused({ x: a }, 1), { version: 1 })],
  ),
  'a refusal that tells what is not so': history(
    [0, 1, put('a', done(1))],
    [2, 3, put('b', refused({ x: b }, 1), { exists: false })],
  ),
  'a write that was refused, and took effect': history(
    [0, 1, put('a', done(1))],
    [2, 3, put('b', refused({ x: a }, 1), { exists: false })],
    [4, 5, read(b, 2)],
  ),
  'an acknowledged write that is gone': history([0, 1, put('a', done(1))], [2, 3, read(undefined, 1)]),
  'a write that was never answered, seen and gone again': history(
    [0, Infinity, put('a')],
    [1, 2, read(a, 1)],
    [3, 4, read(undefined, 1)],
  ),
  'a transaction seen by halves': history(
    [0, 9, both('a', done(1))],
    [1, 2, { kind: 'read', saw: { x: a, y: undefined }, revision: 1 }],
  ),
};

for (const [name, happened] of Object.entries(good)) {
  test(`it accepts: ${name}`, () => assert.ok(linearizable(versioned, happened)));
}

for (const [name, happened] of Object.entries(bad)) {
  test(`it rejects: ${name}`, () => assert.not(linearizable(versioned, happened)));
}

test('of writes that all overlap it tries no way twice', () => {
  const writes = Array.from({ length: 8 }, (_, at): Line => [at, 100, put(String(at), done())]);
  let steps = 0;
  const counted: typeof versioned = {
    ...versioned,
    step: (state, access) => {
      steps += 1;
      return versioned.step(state, access);
    },
  };
  assert.not(linearizable(counted, history(...writes, [101, 102, read({ value: 'z' })])));
  assert.ok(steps < 8 * 8 * 2 ** 8, `${String(steps)} of ${String(109_600)} that all orders would take`);
});

test.run();
