import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TestScheduler } from 'rxjs/testing';

import { inBulk } from '../../../../bench/kv/cli/in-bulk.js';

test('those that are alike are told as one, when their time is up, and the rest at the end', () => {
  const scheduler = new TestScheduler(assert.equal);
  scheduler.run(({ cold, expectObservable }) => {
    const source = cold('  a-b-a-----------a|', { a: 'a1', b: 'b1' });
    const expected = '    ----------(xy)---(z|)';
    const result = source.pipe(inBulk(10, (value) => value.slice(0, 1), scheduler));
    expectObservable(result).toBe(expected, {
      x: { count: 2, sample: 'a1' },
      y: { count: 1, sample: 'b1' },
      z: { count: 1, sample: 'a1' },
    });
  });
});

test.run();
