import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { faultsOf, validators } from '../support/watch-trace.js';
import type { Told, Trace } from '../support/watch-trace.js';

const one = (revision: number, value = `value ${String(revision)}`): Told => ({
  revision,
  changes: [{ key: 'a', value }],
});

/** Revision 4 changed other keys than those that are watched. */
const written = [one(1), one(2), one(3), one(5), one(6), one(7)];
const trace = (told: Trace['told'], from = 1): Trace => ({ from, written, told });

test('a trace that tells every revision once and in order is accepted', () => {
  assert.equal(faultsOf(trace(written)), {});
  assert.equal(faultsOf(trace(written.slice(2), 3)), {});
  assert.equal(faultsOf(trace(written.slice(3), 4)), {});
  assert.equal(faultsOf({ from: 8, written, told: [] }), {});
});

test('a trace that tells a compaction in place of what it leaves out is accepted', () => {
  assert.equal(faultsOf(trace([one(1), { from: 2, oldest: 5 }, one(5), one(6), one(7)])), {});
  assert.equal(faultsOf(trace([one(1), { from: 2, oldest: 5 }, { from: 5, oldest: 8 }])), {});
});

/** What each validator, and perhaps another, has to reject. */
const bad: readonly [keyof typeof validators, Trace, string][] = [
  ['ordered', trace([one(2), one(1), one(3), one(5), one(6), one(7)]), '1 came late'],
  ['unique', trace([one(1), one(2), one(2), one(3), one(5), one(6), one(7)]), '2 came twice'],
  ['gapless', trace([one(1), one(3), one(5), one(6), one(7)]), '2 was skipped'],
  ['gapless', trace(written.slice(1)), '1 was skipped'],
  ['gapless', trace([one(1), { from: 2, oldest: 3 }, one(5), one(6), one(7)]), '3 was skipped'],
  ['complete', trace([one(1), one(2), one(3), one(5), one(6)]), '7 was not told'],
  ['complete', trace([]), '1 was not told'],
  ['complete', trace([one(1), { from: 2, oldest: 7 }]), '7 was not told'],
  ['faithful', trace([one(1), one(2, 'else'), one(3), one(5), one(6), one(7)]), '2 was not that'],
  ['faithful', trace([one(1), one(2), one(3), one(4), one(5), one(6), one(7)]), '4 was not that'],
  ['honest', trace([one(1), { from: 3, oldest: 5 }, one(5), one(6), one(7)]), 'a compaction of 3 to 5 was told at 2'],
  ['honest', trace([...written, { from: 8, oldest: 8 }]), 'a compaction of 8 to 8 was told at 8'],
];

for (const [name, told, fault] of bad) {
  test(`${name}: rejects a trace because ${fault}`, () => {
    assert.is(faultsOf(told)[name], fault);
  });
}

test('every validator alone rejects some trace that all others accept', () => {
  const needed = bad.flatMap(([name, told]) => (Object.keys(faultsOf(told)).length === 1 ? [name] : []));
  assert.equal([...new Set(needed)].sort(), Object.keys(validators).sort());
});

test.run();
