import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { median, spread } from '../../bench/spread.js';

test('the median is the middle one, or lies between the two in the middle', () => {
  assert.is(median([3, 10, 1]), 3);
  assert.is(median([4, 1, 10, 2]), 3);
  assert.is(median([7]), 7);
  assert.ok(Number.isNaN(median([])));
});

test('a spread is the median with both extremes, in whole numbers', () => {
  assert.equal(spread([30.4, 10.2, 20.5]), { median: 21, min: 10, max: 30 });
});

test.run();
