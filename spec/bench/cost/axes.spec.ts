import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { axes, nameOf, pointOf, points } from '../../../bench/cost/axes.js';

test('every axis goes from little to much, by tens or by powers of sixteen', () => {
  for (const values of Object.values(axes)) {
    assert.equal(
      values,
      values.toSorted((a, b) => a - b),
    );
  }
  assert.equal(axes.depth, [10, 100, 1000, 10_000, 100_000, 1_000_000]);
});

test('a point is found by its name', () => {
  for (const point of points) assert.is(pointOf(nameOf(point)), point);
  assert.equal(pointOf('types-100000-rxjs'), { axis: 'types', value: 100_000, bare: true });
  assert.throws(() => pointOf('types-7'), 'types-7 is no point on an axis');
});

test.run();
