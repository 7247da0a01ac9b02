import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Replies } from '../../../bench/stream/replies.js';

test('while many replies wait nothing is read, and then again when none does', () => {
  const told: string[] = [];
  const replies = new Replies({ pause: () => told.push('pause'), resume: () => told.push('resume') });
  for (let count = 0; count < 1023; count++) replies.push(Buffer.of(1));
  assert.equal(told, []);
  replies.push(Buffer.of(2));
  replies.push(Buffer.of(3));
  assert.equal(told, ['pause']);

  const left = Array.from({ length: 1026 }, () => replies.next()?.[0]);
  assert.equal(left.slice(-3), [2, 3, undefined]);
  assert.equal(told, ['pause', 'resume']);
});

test.run();
