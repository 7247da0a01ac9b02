import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { nanosecondsEach } from '../../../bench/cost/repeated.js';

test('the clock starts after the warm-up, and work is done until its seconds are over', () => {
  let now = 0;
  let calls = 0;
  const work = (): number => {
    calls += 1;
    now += 500;
    return 250;
  };
  // Two in the warm-up, two in the second that is measured.
  assert.is(
    nanosecondsEach(work, 1, 1, () => now),
    2e6,
  );
  assert.is(calls, 4);
});

test('the warm-up has at least as many runs as are asked for', () => {
  let now = 0;
  let calls = 0;
  const work = (): number => {
    now += 1000;
    return (calls += 1);
  };
  nanosecondsEach(work, 1, 5, () => now);
  assert.is(calls, 6);
});

test.run();
