import { RxDuplexError, limitInFlight } from 'rxduplex';
import type { Limit, LimitOptions } from 'rxduplex';
import { NEVER, Observable, Subject, lastValueFrom, of, throwError } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { FakeTime } from '../support/fake-time.js';

/** Runs sources one after another, and writes down what becomes of each. */
function runs(options: LimitOptions): {
  readonly limit: Limit;
  readonly log: string[];
  readonly run: (name: string) => { readonly end: () => void; readonly leave: () => void };
} {
  const limit = limitInFlight(options);
  const log: string[] = [];
  return {
    limit,
    log,
    run: (name) => {
      const source = new Subject<never>();
      const source$ = new Observable<never>((subscriber) => {
        log.push(`${name} begins`);
        return source.subscribe(subscriber);
      });
      const subscription = limit.run(source$).subscribe({
        error: (error: unknown) => log.push(`${name} ${RxDuplexError.is(error) ? error.code : String(error)}`),
        complete: () => log.push(`${name} ends`),
      });
      return {
        end: () => {
          source.complete();
        },
        leave: () => {
          subscription.unsubscribe();
        },
      };
    },
  };
}

function assertBalanced(limit: Limit): void {
  const { asked, queued, admitted, refused, timedOut, left, inFlight } = limit.stats();
  assert.is(asked, queued + admitted + refused + timedOut + left);
  assert.ok(inFlight <= admitted);
}

test('those beyond max wait, and are let in by the order in which they came', () => {
  const { limit, log, run } = runs({ max: 2 });
  const [a, b] = [run('a'), run('b')];
  run('c');
  run('d');
  assert.equal(log, ['a begins', 'b begins']);
  b.end();
  a.end();
  assert.equal(log, ['a begins', 'b begins', 'b ends', 'c begins', 'a ends', 'd begins']);
  const { inFlight, queued, admitted, asked } = limit.stats();
  assert.equal({ inFlight, queued, admitted, asked }, { inFlight: 2, queued: 0, admitted: 4, asked: 4 });
});

test('one beyond maxQueue is refused with OVERFLOW', () => {
  const { limit, log, run } = runs({ max: 1, maxQueue: 1 });
  run('a');
  run('b');
  run('c');
  assert.equal(log, ['a begins', 'c OVERFLOW']);
  assert.is(limit.stats().refused, 1);
  assertBalanced(limit);
});

test('the queue has 16 places for each of max, unless it is said otherwise; none is a choice', () => {
  const { limit, run } = runs({ max: 2 });
  for (let count = 0; count < 40; count += 1) run(String(count));
  assert.equal([limit.stats().queued, limit.stats().refused], [32, 6]);
  const none = runs({ max: 1, maxQueue: 0 });
  none.run('a');
  none.run('b');
  assert.equal(none.log, ['a begins', 'b OVERFLOW']);
});

test('one that waits longer than queueTimeoutMs fails with TIMEOUT, and leaves the queue', () => {
  using time = new FakeTime();
  const { limit, log, run } = runs({ max: 1, queueTimeoutMs: 100 });
  const a = run('a');
  run('b');
  time.advance(99);
  run('c');
  time.advance(1);
  assert.equal(log, ['a begins', 'b TIMEOUT']);
  a.end();
  assert.equal(log.slice(2), ['a ends', 'c begins']);
  assert.equal(time.waiting, []);
  assert.is(limit.stats().timedOut, 1);
  assertBalanced(limit);
});

test('one that leaves the queue makes room in it, and is not begun', () => {
  const { limit, log, run } = runs({ max: 1, maxQueue: 1 });
  const a = run('a');
  run('b').leave();
  run('c');
  a.end();
  assert.equal(log, ['a begins', 'a ends', 'c begins']);
  assert.is(limit.stats().left, 1);
  assertBalanced(limit);
});

test('a place is given back once, by an end, an error or an unsubscription', () => {
  const limit = limitInFlight({ max: 1 });
  limit.run(of(1)).subscribe();
  limit.run(throwError(() => new Error('no'))).subscribe({ error: () => undefined });
  const leaving = limit.run(NEVER).subscribe();
  leaving.unsubscribe();
  leaving.unsubscribe();
  assert.equal([limit.stats().inFlight, limit.stats().admitted], [0, 3]);
  const leave = limit.enter(() => undefined, { refused: () => undefined });
  leave();
  leave();
  assert.is(limit.stats().inFlight, 0);
});

test('100,000 that end as they begin are let in one after another, not one inside another', async () => {
  const limit = limitInFlight({ max: 1, maxQueue: Infinity });
  const first = limit.run(NEVER).subscribe();
  let ended = 0;
  for (let count = 0; count < 100_000; count += 1) limit.run(of(count)).subscribe({ complete: () => (ended += 1) });
  first.unsubscribe();
  assert.is(ended, 100_000);
  assert.equal(await lastValueFrom(limit.run(Promise.resolve(5))), 5);
});

test('whoever comes while others are let in waits behind them', () => {
  const limit = limitInFlight({ max: 1 });
  const begun: string[] = [];
  const enter = (name: string, then?: () => void): (() => void) =>
    limit.enter(
      () => {
        begun.push(name);
        then?.();
      },
      { refused: () => undefined },
    );
  const leave = enter('a');
  enter('b', () => enter('d'));
  enter('c');
  leave();
  assert.equal(begun, ['a', 'b']);
  assert.is(limit.stats().queued, 2);
});

test('one that throws as it is let in does not hold up the rest', () => {
  const limit = limitInFlight({ max: 1 });
  const refused = (): void => undefined;
  const leave = limit.enter(() => undefined, { refused });
  const leaveThrower = limit.enter(
    () => {
      throw new Error('no');
    },
    { refused },
  );
  let begun = false;
  limit.enter(() => (begun = true), { refused });
  assert.throws(leave, 'no');
  leaveThrower();
  assert.ok(begun);
});

test('a wait longer than any timer is one without end', () => {
  using time = new FakeTime();
  const limit = limitInFlight({ max: 1 });
  limit.enter(() => undefined, { refused: () => undefined });
  limit.enter(() => undefined, { refused: () => undefined, waitMs: 2 ** 40 });
  assert.equal(time.waiting, []);
});

test('bad options are refused', () => {
  assert.throws(() => limitInFlight({ max: 0 }), /BAD_OPTION: max must be/);
  assert.throws(() => limitInFlight({ max: 1, maxQueue: -1 }), /BAD_OPTION: maxQueue must be/);
  assert.throws(() => limitInFlight({ max: 1, queueTimeoutMs: Number.NaN }), /BAD_OPTION: queueTimeoutMs must be/);
});

test.run();
