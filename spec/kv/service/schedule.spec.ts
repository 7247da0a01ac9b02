import { concatMap, lastValueFrom, merge, mergeMap, of, range, throwError, timer, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { keyOf } from '../../../lib/kv/key.js';
import type { Key } from '../../../lib/kv/key.js';
import { inOrderByKey, scheduleOf } from '../../../lib/kv/service/schedule.js';
import type { Concurrency } from '../../../lib/kv/service/schedule.js';
import { marbles, seen } from '../../support/marbles.js';

const [x, y, z] = ['x', 'y', 'z'].map((name) => keyOf(Buffer.from(name))) as [Key, Key, Key];

/** What four operations give, asked for at once: two on one key, one on another, and one on both. */
function four(concurrency: Concurrency, ...expected: readonly string[]): void {
  marbles(({ cold, expectObservable }) => {
    const schedule = scheduleOf(concurrency);
    const asked = [[x], [x], [y], [x, y]];
    asked.forEach((keys, at) => expectObservable(schedule(keys, cold('--a|'))).toBe(expected[at] ?? ''));
  });
}

test('global: one operation after the other, whatever their keys, in the order in which they came', () => {
  four('global', '--a|         ', '-----a|      ', '--------a|   ', '-----------a|');
});

test('per-key: those on one key are done in order, and no other waits for them', () => {
  four('per-key', '--a|      ', '-----a|   ', '--a|      ', '--------a|');
});

test('free: all at once', () => {
  four('free', '--a|', '--a|', '--a|', '--a|');
});

for (const concurrency of ['global', 'per-key'] as const) {
  test(`${concurrency}: an operation begins when it is its turn, not before`, () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const schedule = scheduleOf(concurrency);
      const [one, two] = [cold('--a|'), cold('b|')];
      expectObservable(schedule([x], one)).toBe('--a|');
      expectObservable(schedule([x], two)).toBe('---b|');
      expectSubscriptions(one.subscriptions).toBe('^--!');
      expectSubscriptions(two.subscriptions).toBe('---^!');
    });
  });

  test(`${concurrency}: one that fails is over, and tells it only to who asked for it`, () => {
    marbles(({ cold, expectObservable }) => {
      const schedule = scheduleOf(concurrency);
      expectObservable(schedule([x], cold('--#'))).toBe('--#');
      expectObservable(schedule([x], cold('-a|'))).toBe('---a|');
    });
  });

  test(`${concurrency}: one that is left before its turn is not done, and the one behind it waits as before`, () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const schedule = scheduleOf(concurrency);
      const left = cold('--b|');
      expectObservable(schedule([x], cold('----a|'))).toBe('----a|   ');
      expectObservable(schedule([x], left), '            --!').toBe('         ');
      expectObservable(schedule([x], cold('--c|'))).toBe('  -------c|');
      expectSubscriptions(left.subscriptions).toBe([]);
    });
  });

  test(`${concurrency}: one that is left at work keeps its turn to its end`, () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const schedule = scheduleOf(concurrency);
      const left = cold('------a|');
      expectObservable(schedule([x], left), '            --!').toBe('         ');
      expectObservable(schedule([x], cold('-b|'))).toBe('--------b|');
      expectSubscriptions(left.subscriptions).toBe('^------!');
    });
  });

  test(`${concurrency}: a queue of 5,000 that need no time is worked off without a stack`, async () => {
    const schedule = scheduleOf(concurrency);
    const done = merge(schedule([x], timer(1)), range(1, 5_000).pipe(mergeMap((number) => schedule([x], of(number)))));
    assert.equal((await lastValueFrom(done.pipe(toArray()))).slice(-2), [4_999, 5_000]);
  });
}

test('per-key: one on several keys waits for all of them, and all wait for it', () => {
  marbles(({ cold, expectObservable }) => {
    const schedule = scheduleOf('per-key');
    expectObservable(schedule([x], cold('    --a|'))).toBe('   --a|         ');
    expectObservable(schedule([y], cold('----b|'))).toBe('     ----b|       ');
    expectObservable(schedule([x, y], cold('--c|'))).toBe('    -------c|   ');
    expectObservable(schedule([x], cold('    -d|'))).toBe('    ---------d|  ');
    expectObservable(schedule([y], cold('   --e|'))).toBe('    ----------e|');
    expectObservable(schedule([z], cold('    -f|'))).toBe('    -f|           ');
  });
});

test('per-key: those that share keys crosswise do not wait for each other for ever', async () => {
  const schedule = scheduleOf('per-key');
  const crosswise = [
    [x, y],
    [y, x],
    [z, x],
    [y, z],
    [x, y, z],
    [z, y, x],
  ];
  const done$ = range(0, 600).pipe(mergeMap((at) => schedule(crosswise[at % crosswise.length] ?? [], of(at))));
  assert.is((await lastValueFrom(done$.pipe(toArray()))).length, 600);
});

test('per-key: nothing is kept of a key that nobody works on', async () => {
  const lasts = new Map<Key, Observable<never>>();
  const schedule = inOrderByKey(lasts);
  const failing = schedule([y, z], timer(1).pipe(concatMap(() => throwError(() => new Error('bad')))));
  const told = seen(merge(schedule([x, y], timer(2)), schedule([x], of(1))));
  const told2 = seen(failing);
  assert.is(lasts.size, 3);
  await lastValueFrom(timer(20));
  assert.equal([told.ends, told2.ends.map(String)], [['complete'], ['Error: bad']]);
  assert.is(lasts.size, 0);
});

test('per-key: one that comes when the first is over waits for the second', () => {
  marbles(({ cold, expectObservable }) => {
    const schedule = scheduleOf('per-key');
    expectObservable(schedule([x], cold('-a|'))).toBe('-a|');
    expectObservable(schedule([x], cold('---b|'))).toBe('-----b|');
    expectObservable(schedule([x], cold('-c|')), '----^').toBe('-------c|');
  });
});

test('per-key: one without a key waits for nobody', () => {
  marbles(({ cold, expectObservable }) => {
    const schedule = scheduleOf('per-key');
    expectObservable(schedule([x], cold('--a|'))).toBe('--a|');
    expectObservable(schedule([], cold('-b|'))).toBe('-b|');
  });
});

test('another word for a concurrency is refused', () => {
  assert.throws(
    () => scheduleOf('some' as Concurrency),
    /BAD_OPTION: concurrency must be one of "global", "per-key", "free"; got "some"/,
  );
});

test.run();
