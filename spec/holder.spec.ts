import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Gate } from '../lib/gate.js';
import { Holder } from '../lib/holder.js';

test('a holder holds its gate once, however often it is told to, and lets it go at once', () => {
  const gate = new Gate();
  const holder = new Holder(gate.hold);
  assert.equal([holder.holds, gate.held], [false, false]);
  holder.hold();
  holder.hold();
  assert.equal([holder.holds, gate.held], [true, true]);
  holder.release();
  assert.equal([holder.holds, gate.held], [false, false]);
  holder.release();
  assert.not(gate.held);
});

test('who is told that the gate was let go may have it held again', () => {
  const gate = new Gate();
  const holder = new Holder(gate.hold);
  const unwatch = gate.watch((held) => {
    if (!held) holder.hold();
  });
  holder.hold();
  holder.release();
  assert.equal([holder.holds, gate.held], [true, true]);
  unwatch();
  holder.release();
  assert.not(gate.held);
});

test.run();
