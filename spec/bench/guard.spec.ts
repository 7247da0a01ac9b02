import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { guarded } from '../../bench/guard.js';

test('the guard asks for half of what has to be reached, of contenders that need no packages of their own', () => {
  assert.equal(
    guarded.flatMap(({ ratios }) => ratios.flatMap(({ name, must }) => (must === undefined ? [] : [[name, must]]))),
    [
      ['vsA', 5],
      ['vsA1', 2],
      ['toGrpcJsVsA1', 0.6],
      ['burstVsA', 1.5],
      ['singleVsA', 0.45],
      ['vsUnary', 3],
      ['vsGrpcJs', 0.475],
      ['singleVsGrpcJs', 0.475],
    ],
  );
  for (const { contenders, foreign } of guarded) {
    assert.ok(contenders.every((name) => !foreign.includes(name)));
  }
});

test.run();
