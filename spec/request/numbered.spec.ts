import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Numbered } from '../../lib/request/numbered.js';
import type { Identified } from '../../lib/request/numbered.js';
import { seeded } from '../support/seed.js';

const item = (): Identified => ({ id: '' });

function numberedWith(count: number): { readonly numbered: Numbered<Identified>; readonly items: Identified[] } {
  const numbered = new Numbered<Identified>();
  const items = Array.from({ length: count }, item);
  for (const each of items) numbered.add(each);
  return { numbered, items };
}

test('the first number is 1, and each is larger than the one before it', () => {
  const { numbered, items } = numberedWith(1_000);
  assert.is(items[0]?.id, '1');
  const numbers = items.map(({ id }) => Number(id));
  assert.ok(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] as number)));
  assert.is(numbered.last, numbers.at(-1));
});

test('an item is found by its own id, and by nothing that is only like it', () => {
  const { numbered, items } = numberedWith(20);
  assert.is(numbered.get('7'), items[6]);
  for (const id of ['', ' 7', '07', '7.0', '7e0', '39', '0', '-7', '21', 'x', '__proto__', '4294967303']) {
    assert.is(numbered.get(id), undefined, id);
  }
});

test('what was taken out is not found, and taking it out again changes nothing', () => {
  const { numbered, items } = numberedWith(3);
  const [first] = items as [Identified];
  numbered.remove(first);
  numbered.remove(first);
  numbered.remove(item());
  assert.is(numbered.get('1'), undefined);
  assert.is(numbered.get('2'), items[1]);
});

test('what a burst has taken is given back, and the numbers go on', () => {
  const { numbered, items } = numberedWith(20_000);
  for (const each of items) numbered.remove(each);
  const next = item();
  numbered.add(next);
  assert.is(Number(next.id), 20_001);
  assert.is(numbered.get('20001'), next);
  assert.is(numbered.get('1'), undefined);
});

test('one that stays for very long takes no room for those that come and go beside it', () => {
  const numbered = new Numbered<Identified>();
  const staying = item();
  numbered.add(staying);
  for (let count = 0; count < 100_000; count += 1) {
    const passing = item();
    numbered.add(passing);
    numbered.remove(passing);
  }
  assert.is(numbered.get(staying.id), staying);
  // Of 32 slots one is taken, so that each round leaves out one number.
  assert.is(numbered.last, 1 + 100_000 + Math.floor(100_000 / 31));
});

test('whatever comes and goes, all that is there is found, as in a Map', () => {
  const step = fc.oneof({ weight: 3, arbitrary: fc.constant('add' as const) }, fc.nat({ max: 1_000 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
      const numbered = new Numbered<Identified>();
      const model = new Map<string, Identified>();
      for (const what of steps) {
        if (what === 'add') {
          const added = item();
          numbered.add(added);
          assert.not(model.has(added.id));
          model.set(added.id, added);
        } else {
          const id = [...model.keys()][what % (model.size || 1)];
          const found = id === undefined ? undefined : model.get(id);
          if (found) numbered.remove(found);
          model.delete(id ?? '');
        }
        assert.ok([...model].every(([id, each]) => numbered.get(id) === each));
        assert.ok(model.size > 0 || numbered.get(String(numbered.last)) === undefined);
      }
    }),
    seeded({}),
  );
});

test.run();
