import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Queue } from '../lib/queue.js';
import type { Linked } from '../lib/queue.js';
import { seeded } from './support/seed.js';

interface Item extends Linked<Item> {
  readonly id: number;
}

const item = (id: number): Item => ({ id, before: undefined, after: undefined });

/** Forwards; and the same backwards, or it throws. */
function idsOf(queue: Queue<Item>): number[] {
  const ids: number[] = [];
  let last: Item | undefined;
  for (let at = queue.first; at; at = at.after) {
    assert.is(at.before, last);
    ids.push(at.id);
    last = at;
  }
  return ids;
}

function queueOf(...items: readonly Item[]): Queue<Item> {
  const queue = new Queue<Item>();
  for (const each of items) queue.push(each);
  return queue;
}

test('a queue gives its items back in the order in which they came, then undefined', () => {
  const queue = queueOf(item(1), item(2), item(3));
  assert.equal([queue.shift()?.id, queue.shift()?.id, queue.shift()?.id, queue.shift()?.id], [1, 2, 3, undefined]);
  assert.is(queue.first, undefined);
});

test('first looks without taking', () => {
  const queue = queueOf(item(1), item(2));
  assert.equal([queue.first?.id, queue.first?.id, queue.shift()?.id, queue.first?.id], [1, 1, 1, 2]);
});

for (const [place, at] of [
  ['first', 0],
  ['middle', 1],
  ['last', 2],
] as const) {
  test(`the ${place} item can leave, and knows no neighbours then`, () => {
    const items = [item(0), item(1), item(2)] as const;
    const queue = queueOf(...items);
    queue.remove(items[at]);
    assert.equal(
      idsOf(queue),
      [0, 1, 2].filter((id) => id !== at),
    );
    assert.equal([items[at].before, items[at].after], [undefined, undefined]);
    queue.push(items[at]);
    assert.is(idsOf(queue).at(-1), at);
  });

  test(`the ${place} item can be replaced by another, which stands in its place`, () => {
    const items = [item(0), item(1), item(2)] as const;
    const queue = queueOf(...items);
    queue.replace(items[at], item(9));
    assert.equal(
      idsOf(queue),
      [0, 1, 2].map((id) => (id === at ? 9 : id)),
    );
    assert.equal([items[at].before, items[at].after], [undefined, undefined]);
    queue.push(item(3));
    assert.is(idsOf(queue).at(-1), 3);
  });
}

test('an item alone can leave or be replaced', () => {
  const only = item(1);
  const queue = queueOf(only);
  const other = item(2);
  queue.replace(only, other);
  assert.equal(idsOf(queue), [2]);
  queue.remove(other);
  assert.equal(idsOf(queue), []);
  queue.push(only);
  assert.equal(idsOf(queue), [1]);
});

test('a queue does as an array does, whatever is done to it', () => {
  const step = fc.record({
    what: fc.constantFrom('push', 'push', 'shift', 'remove', 'replace'),
    which: fc.nat(1000),
  });
  const property = fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
    const queue = new Queue<Item>();
    let model: Item[] = [];
    for (const [id, { what, which }] of steps.entries()) {
      const chosen = model[which % model.length];
      const fresh = item(id);
      if (what === 'push') {
        queue.push(fresh);
        model.push(fresh);
      } else if (what === 'shift') {
        assert.is(queue.shift(), model.shift());
      } else if (chosen && what === 'remove') {
        queue.remove(chosen);
        model = model.filter((other) => other !== chosen);
      } else if (chosen) {
        queue.replace(chosen, fresh);
        model = model.map((other) => (other === chosen ? fresh : other));
      }
      assert.equal(
        idsOf(queue),
        model.map((other) => other.id),
      );
    }
  });
  fc.assert(property, seeded({ numRuns: 500 }));
});

test.run();
