import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { KnownKeys } from '../../../bench/kv/known-keys.js';
import { seeded } from '../../../bench/kv/random.js';

test('a key is known from when it is added until it is deleted', () => {
  const known = new KnownKeys();
  for (const key of ['a', 'b', 'c']) known.add(key);
  known.delete('a');
  assert.equal(
    ['a', 'b', 'c'].map((key) => known.has(key)),
    [false, true, true],
  );
  assert.is(known.size, 2);
  known.delete('c');
  assert.is(known.any(seeded(1)), 'b');
});

test('a key that is not known can be deleted, and nothing is lost by it', () => {
  const known = new KnownKeys();
  known.add('a');
  known.delete('b');
  assert.is(known.size, 1);
  assert.is(known.any(seeded(1)), 'a');
});

test('each key is chosen about as often as any other, also after some were deleted', () => {
  const known = new KnownKeys();
  for (let key = 0; key < 20; key++) known.add(String(key));
  for (let key = 0; key < 20; key += 2) known.delete(String(key));
  const random = seeded(7);
  const times = new Map<string, number>();
  for (let each = 0; each < 10_000; each++) {
    const key = known.any(random);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  assert.equal([...times.keys()].sort(), ['1', '11', '13', '15', '17', '19', '3', '5', '7', '9']);
  for (const [key, count] of times) assert.ok(Math.abs(count - 1_000) < 120, `${key}: ${count}`);
});

test('adding, choosing and deleting touch as many places among a hundred thousand keys as among ten', () => {
  assert.equal(touched(100_000), touched(10));
});

/** How many places of the list each of adding, choosing and deleting reads or writes, with so many keys in it. */
function touched(count: number): readonly number[] {
  let places = 0;
  const counting = new Proxy<string[]>([], {
    get: (list, name) => {
      if (isPlace(name)) places += 1;
      return Reflect.get(list, name) as unknown;
    },
    set: (list, name, value) => {
      if (isPlace(name)) places += 1;
      return Reflect.set(list, name, value);
    },
  });
  const known = new KnownKeys(counting);
  for (let key = 0; key < count; key++) known.add(String(key));
  const random = seeded(1);
  return [() => known.add('one more'), () => known.any(random), () => known.delete('5')].map((action) => {
    places = 0;
    action();
    return places;
  });
}

const isPlace = (name: string | symbol): boolean => typeof name === 'string' && /^\d+$/.test(name);

test.run();
