import type { State } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { legal, mayFollow } from '../lib/status.js';

// A row is where one stands, a column where one may go.
const table = `
                 idle  connecting  open  reconnecting  draining  closed
  idle             -       x         -         -           x        x
  connecting       x       x         x         x           x        x
  open             x       x         -         x           x        x
  reconnecting     x       x         -         -           x        x
  draining         -       -         -         -           -        x
  closed           -       -         -         -           -        -
`;

const [head = [], ...rows] = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const states = head as State[];

test('the table has every state, on both sides', () => {
  assert.equal(Object.keys(legal), states);
  assert.equal(
    rows.map(([state]) => state),
    states,
  );
});

for (const [from, ...marks] of rows) {
  marks.forEach((mark, i) => {
    const to = states[i] as State;
    test(`${from} ${mark === 'x' ? 'may' : 'may not'} be followed by ${to}`, () => {
      assert.is(mayFollow(from as State, to), mark === 'x');
    });
  });
}

test('closed is final, and can be reached from everywhere else', () => {
  assert.equal(legal.closed, []);
  assert.ok(states.every((state) => state === 'closed' || mayFollow(state, 'closed')));
});

test('whoever is draining opens no call any more', () => {
  assert.equal(legal.draining, ['closed']);
});

test('nothing is open that was not being connected', () => {
  assert.equal(
    states.filter((state) => mayFollow(state, 'open')),
    ['connecting'],
  );
});

test.run();
