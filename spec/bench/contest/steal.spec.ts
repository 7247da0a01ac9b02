import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { stolen, ticksOf } from '../../../bench/contest/steal.js';

test('steal is its share of all ticks between the two readings', () => {
  const before = ticksOf('cpu  100 0 100 800 0 0 0 10 50 0\ncpu0 1 2 3\n');
  const after = ticksOf('cpu  150 0 120 810 0 0 0 30 90 0\ncpu0 1 2 3\n');
  assert.is(stolen(before, after), 20);
});

test('where nothing is told of it, it is unknown', () => {
  assert.is(stolen(ticksOf(''), ticksOf('')), 'unknown');
  assert.is(stolen(ticksOf('cpu 1 2 3 4\n'), ticksOf('cpu 2 3 4 5\n')), 'unknown');
  assert.is(stolen(ticksOf('cpu 1 2 3 4 5 6 7 8\n'), ticksOf('cpu 1 2 3 4 5 6 7 8\n')), 'unknown');
});

test.run();
