import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { ceiling } from '../../../bench/kv/ceiling.js';
import type { Concurrency } from '../../../bench/kv/contender.js';
import { seeded } from '../../../bench/kv/random.js';
import { kinds } from '../../../bench/kv/workload.js';
import type { Kind } from '../../../bench/kv/workload.js';

const random = seeded(1);
const drawn = Array.from({ length: 4_000 }, (_, index) => ({
  kind: kinds[Math.floor(random() * 4)] as Kind,
  key: String(index),
}));
const even = Array.from({ length: 400 }, (_, index) => ({ kind: kinds[index % 4] as Kind, key: String(index) }));

test('three writes of 50 ms for each read of 10 ms allow 25 RPCs a second behind one lock, and 2,500 with 100 in flight', () => {
  assert.is(allowed(even, 'global', 1), 25);
  assert.is(allowed(even, 'global', 100), 25);
  assert.is(allowed(even, 'free', 1), 25);
  assert.is(allowed(even, 'free', 100), 2_500);
});

test('what was drawn counts, not what might have been', () => {
  const reads = even.map(({ key }) => ({ kind: 'retrieve', key }) as const);
  assert.is(allowed(reads, 'free', 100), 10_000);
});

test('only what was measured counts', () => {
  const reads = even.map(({ key }) => ({ kind: 'retrieve', key }) as const);
  const asked = [...even, ...reads];
  assert.is(ceiling({ measured: reads, asked, from: 400, to: 800, concurrency: 'free', inFlight: 1 }), 100);
});

test('in order by key, operations on different keys are as free as any', () => {
  const free = allowed(drawn, 'free', 100);
  assert.ok(Math.abs(allowed(drawn, 'per-key', 100) / free - 1) < 0.02);
});

test('in order by key, operations on one key are done one after the other', () => {
  const one = even.map(({ kind }) => ({ kind, key: 'the only one' }));
  assert.ok(Math.abs(allowed(one, 'per-key', 1) / 25 - 1) < 0.02);
  assert.ok(Math.abs(allowed(one, 'per-key', 4) / 25 - 1) < 0.02);
});

test('whoever waits for a key takes a place among those in flight', () => {
  // Two in flight: one of them always waits behind a write of the same key, and the third key comes only after it.
  const keys = ['a', 'a', 'b', 'b'];
  const operations = Array.from({ length: 400 }, (_, index) => ({
    kind: 'update' as const,
    key: keys[index % 4] as string,
  }));
  const rate = allowed(operations, 'per-key', 2);
  assert.ok(20 <= rate && rate < 40, String(rate));
});

function allowed(asked: typeof drawn, concurrency: Concurrency, inFlight: number): number {
  return ceiling({ measured: asked, asked, from: 1, to: asked.length, concurrency, inFlight });
}

test.run();
