import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { kinds, workload } from '../../../bench/kv/workload.js';
import type { Operation, WorkloadOptions } from '../../../bench/kv/workload.js';

const sample = take(40_000, { seed: 1 });

test('the same seed gives the same operations, and another seed gives others', () => {
  const again = take(1_000, { seed: 1 });
  assert.ok(again.every((operation, index) => same(operation, sample[index] as Operation)));
  const others = take(1_000, { seed: 2 });
  assert.ok(others.filter((operation, index) => same(operation, sample[index] as Operation)).length < 10);
});

test('each of the four kinds is as likely as the others', () => {
  for (const kind of kinds) {
    const share = sample.filter((operation) => operation.kind === kind).length / sample.length;
    assert.ok(Math.abs(share - 0.25) < 0.01, `${kind}: ${share}`);
  }
});

test('keys have 64 bytes on the average, and values 65,536', () => {
  const keys = sample.filter(({ kind }) => kind === 'create').map(({ key }) => key.length);
  const values = sample.filter(hasValue).map(({ value }) => value.length);
  assert.ok(Math.abs(mean(keys) / 64 - 1) < 0.03, String(mean(keys)));
  assert.ok(Math.abs(mean(values) / 65_536 - 1) < 0.03, String(mean(values)));
});

test('lengths are spread exponentially: so many beyond the mean, and so many beyond twice that', () => {
  const values = sample.filter(hasValue).map(({ value }) => value.length);
  for (const times of [1, 2]) {
    const share = values.filter((length) => length > times * 65_536).length / values.length;
    assert.ok(Math.abs(share - Math.exp(-times)) < 0.01, String(share));
  }
});

test('a smaller mean for values is kept as well', () => {
  const values = take(40_000, { seed: 3, valueBytes: 1024 })
    .filter(hasValue)
    .map(({ value }) => value.length);
  assert.ok(Math.abs(mean(values) / 1024 - 1) < 0.03, String(mean(values)));
});

test('no key is empty, and none is created that there is', () => {
  const known = new Set<string>();
  for (const { kind, key } of sample) {
    assert.ok(key.length > 0);
    if (kind === 'create') {
      assert.not(known.has(key));
      known.add(key);
    } else assert.ok(known.has(key));
    if (kind === 'delete') known.delete(key);
  }
});

test('two values differ', () => {
  const values = sample.filter(({ value }) => value.length >= 16).slice(0, 1_000);
  assert.is(new Set(values.map(({ value }) => value.toString('latin1', 0, 16))).size, values.length);
});

const hasValue = ({ kind }: Operation): boolean => kind === 'create' || kind === 'update';

const same = (a: Operation, b: Operation): boolean => a.kind === b.kind && a.key === b.key && a.value.equals(b.value);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function take(count: number, options: WorkloadOptions): readonly Operation[] {
  const operations = workload(options);
  return Array.from({ length: count }, () => operations.next().value);
}

test.run();
