import fc from 'fast-check';
import { RxDuplexError, exponential } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const error = new Error('whatever it was');

test('the bound of a wait grows by the multiplier, from the first to the longest', () => {
  const backoff = exponential({ initialMs: 100, multiplier: 2, maxMs: 1_000, random: () => 1 });
  assert.equal(
    [1, 2, 3, 4, 5, 6].map((attempt) => backoff(attempt, error)),
    [100, 200, 400, 800, 1_000, 1_000],
  );
});

test('by default it grows from 250 ms by 1.6 to 30 s', () => {
  const backoff = exponential({ random: () => 1 });
  assert.equal(
    [1, 2, 3, 11, 12, 100].map((attempt) => Math.round(backoff(attempt, error))),
    [250, 400, 640, 27_488, 30_000, 30_000],
  );
});

test('a wait is drawn evenly from zero up to its bound: full jitter', () => {
  for (const chance of [0, 0.25, 0.5, 0.999]) {
    const backoff = exponential({ initialMs: 100, multiplier: 2, maxMs: 1_000, random: () => chance });
    assert.is(backoff(1, error), 100 * chance);
    assert.is(backoff(3, error), 400 * chance);
    assert.is(backoff(9, error), 1_000 * chance);
  }
});

test('chance is asked for each wait', () => {
  const chances = [0.1, 0.9, 0.5];
  const backoff = exponential({ initialMs: 100, random: () => chances.shift() ?? 0 });
  assert.equal([backoff(1, error), backoff(1, error), backoff(1, error)], [10, 90, 50]);
});

test('without a chance of its own it takes that of the machine, and stays within the bound', () => {
  const backoff = exponential({ initialMs: 100 });
  const waits = Array.from({ length: 1_000 }, () => backoff(1, error));
  assert.ok(waits.every((ms) => ms >= 0 && ms < 100));
  assert.ok(new Set(waits).size > 900);
});

test('no wait is beyond maxMs, or anything but a number, however many attempts there were', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), fc.double({ min: 1, max: 1e9, noNaN: true }), (n, by) => {
      const ms = exponential({ multiplier: by, maxMs: 5_000, random: () => 1 })(n, error);
      assert.ok(ms > 0 && ms <= 5_000);
    }),
    { seed: 1 },
  );
});

test('a backoff of nothing is nothing', () => {
  assert.is(exponential({ initialMs: 0 })(5, error), 0);
  assert.is(exponential({ maxMs: 0 })(5, error), 0);
});

test('a multiplier of 1 keeps the bound', () => {
  assert.is(exponential({ initialMs: 70, multiplier: 1, random: () => 1 })(50, error), 70);
});

test('a bad option is refused at the door, by name', () => {
  const bad: readonly (readonly [string, object])[] = [
    ['initialMs', { initialMs: -1 }],
    ['initialMs', { initialMs: NaN }],
    ['initialMs', { initialMs: '250' }],
    ['maxMs', { maxMs: -1 }],
    ['maxMs', { maxMs: 2 ** 31 }],
    ['multiplier', { multiplier: 0.9 }],
    ['multiplier', { multiplier: Infinity }],
    ['multiplier', { multiplier: NaN }],
    ['multiplier', { multiplier: '2' }],
    ['random', { random: 0.5 }],
  ];
  for (const [name, options] of bad) {
    assert.throws(
      () => exponential(options),
      (thrown: Error) => RxDuplexError.is(thrown) && thrown.message.startsWith(`BAD_OPTION: ${name} must be `),
      name,
    );
  }
});

test.run();
