import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { BehaviorSubject, NEVER, Observable, ReplaySubject, Subject, concat, of } from 'rxjs';
import { reconnect } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { claimAttempt } from '../../lib/attempt.js';
import { begin } from '../support/driven.js';
import { calls, failure, marbles, seen } from '../support/marbles.js';

const away = failure(status.UNAVAILABLE);

const completes = (call: { complete(): void }): void => {
  call.complete();
};

test('a renewed call is read to its OK end, and only then the next one is made', () => {
  marbles(({ cold, hot, expectObservable, expectSubscriptions }, scheduler) => {
    const renew = hot('    ----r-------');
    const gives = cold('   a-b-----    ');
    const whenLeft = cold('    -c-|    ');
    const next = cold('           d-e-');
    const unsub = '        -----------!';
    const attempt1 = '     ^---!       ';
    const leaving1 = '     ----^--!    ';
    const attempt2 = '     -------^---!';
    const expected = '     a-b--c-d-e--';
    const source = calls({ gives, whenLeft }, next);
    expectObservable(source.pipe(reconnect({ renew, scheduler })), unsub).toBe(expected);
    expectSubscriptions(gives.subscriptions).toBe(attempt1);
    expectSubscriptions(whenLeft.subscriptions).toBe(leaving1);
    expectSubscriptions(next.subscriptions).toBe(attempt2);
  });
});

test('a renewed call that ends with an error is followed by the next at once', () => {
  marbles(({ cold, hot, expectObservable, expectSubscriptions }, scheduler) => {
    const renew = hot('    ----r-------');
    const gives = cold('   a-b-----    ');
    const whenLeft = cold('    -c-#    ', undefined, failure(status.PERMISSION_DENIED));
    const next = cold('           d-e-');
    const unsub = '        -----------!';
    const leaving1 = '     ----^--!    ';
    const attempt2 = '     -------^---!';
    const expected = '     a-b--c-d-e--';
    const source = calls({ gives, whenLeft }, next);
    expectObservable(source.pipe(reconnect({ renew, scheduler })), unsub).toBe(expected);
    expectSubscriptions(whenLeft.subscriptions).toBe(leaving1);
    expectSubscriptions(next.subscriptions).toBe(attempt2);
  });
});

test('a renewed call that does not end by itself is left after handoverMs', () => {
  marbles(({ cold, hot, expectObservable, expectSubscriptions }, scheduler) => {
    const renew = hot('    ----r-------');
    const gives = cold('   a-b-----    ');
    const whenLeft = cold('    -c-d-e-f');
    const next = cold('            g---');
    const unsub = '        -----------!';
    const leaving1 = '     ----^---!   ';
    const attempt2 = '     --------^--!';
    const expected = '     a-b--c-dg---';
    const source = calls({ gives, whenLeft }, next);
    expectObservable(source.pipe(reconnect({ renew, handoverMs: 4, scheduler })), unsub).toBe(expected);
    expectSubscriptions(whenLeft.subscriptions).toBe(leaving1);
    expectSubscriptions(next.subscriptions).toBe(attempt2);
  });
});

test('a restart leaves the call at once', () => {
  marbles(({ cold, hot, expectObservable, expectSubscriptions }, scheduler) => {
    const restart = hot('  ----r----');
    const gives = cold('   a-b---c--');
    const whenLeft = cold('--|      ');
    const next = cold('        d-e--');
    const unsub = '        --------!';
    const attempt1 = '     ^---!    ';
    const attempt2 = '     ----^---!';
    const expected = '     a-b-d-e--';
    const source = calls({ gives, whenLeft }, next);
    expectObservable(source.pipe(reconnect({ restart, scheduler })), unsub).toBe(expected);
    expectSubscriptions(gives.subscriptions).toBe(attempt1);
    expectSubscriptions(whenLeft.subscriptions).toBe([]);
    expectSubscriptions(next.subscriptions).toBe(attempt2);
  });
});

test('a finish reads the call to its end, and completes the stream', () => {
  marbles(({ cold, hot, expectObservable, expectSubscriptions }, scheduler) => {
    const finish = hot('   ----f----');
    const gives = cold('   a-b------');
    const whenLeft = cold('    -c-| ');
    const attempt1 = '     ^---!    ';
    const leaving1 = '     ----^--! ';
    const expected = '     a-b--c-| ';
    const source = calls({ gives, whenLeft });
    expectObservable(source.pipe(reconnect({ finish, scheduler }))).toBe(expected);
    expectSubscriptions(gives.subscriptions).toBe(attempt1);
    expectSubscriptions(whenLeft.subscriptions).toBe(leaving1);
  });
});

test('a finish completes after handoverMs, or with an error of the call, all the same', () => {
  const finish = new Subject<void>();
  const slow = begin({ finish, handoverMs: 50 });
  finish.next();
  slow.clock.advance(49);
  assert.equal(slow.ends, []);
  slow.clock.advance(1);
  assert.equal(slow.ends, ['complete']);
  assert.not(slow.last().live);

  const failing = begin({ finish });
  finish.next();
  failing.last().error(away);
  assert.equal(failing.ends, ['complete']);
});

test('a call is asked to leave once, however often it is renewed meanwhile', () => {
  const renew = new Subject<void>();
  const { clock, made, last, stop } = begin({ renew, handoverMs: 50 });
  renew.next();
  renew.next();
  clock.advance(49);
  renew.next();
  assert.is(made.length, 1);
  assert.is(last().left, 1);
  clock.advance(1);
  assert.is(made.length, 2);
  clock.advance(1_000);
  assert.is(made.length, 2);
  stop();
  assert.is(clock.pending, 0);
});

test('a renewed call that ended in time is not ended again by its hand-over', () => {
  const renew = new Subject<void>();
  const { clock, made, last } = begin({ renew, handoverMs: 50 });
  renew.next();
  last().complete();
  assert.is(made.length, 2);
  assert.is(clock.pending, 0);
  clock.advance(100);
  assert.is(made.length, 2);
  assert.ok(last().live);
});

test('a call that ends within the very request to leave is followed by one other', () => {
  const renew = new Subject<void>();
  const { clock, made, last } = begin({ renew }, completes);
  renew.next();
  assert.is(made.length, 2);
  assert.ok(last().live);
  assert.is(clock.pending, 0);
});

test('with no bound on handoverMs the old call is waited for', () => {
  const renew = new Subject<void>();
  const { clock, made, last } = begin({ renew, handoverMs: Infinity });
  renew.next();
  clock.advance(1_000_000_000);
  assert.is(made.length, 1);
  last().complete();
  assert.is(made.length, 2);
});

test('a hand-over takes 2,000 ms at most by default', () => {
  const renew = new Subject<void>();
  const { clock, made } = begin({ renew });
  renew.next();
  clock.advance(1_999);
  assert.is(made.length, 1);
  clock.advance(1);
  assert.is(made.length, 2);
});

test('a source without a call that could be asked to leave is left at once', () => {
  const renew = new Subject<void>();
  let made = 0;
  const source = new Observable<number>((subscriber) => {
    made += 1;
    subscriber.next(made);
  });
  const { values } = seen(source.pipe(reconnect({ renew })));
  renew.next();
  assert.equal(values, [1, 2]);
});

test('during a wait a renewal connects now', () => {
  const renew = new Subject<void>();
  const { clock, made, last } = begin({ renew, backoff: () => 1_000 });
  last().error(away);
  clock.advance(500);
  renew.next();
  assert.is(made.length, 2);
  clock.advance(2_000);
  assert.is(made.length, 2);
  assert.ok(last().live);
  assert.is(last().left, 0);
});

test('during a wait a restart connects now, and a finish completes', () => {
  const restart = new Subject<void>();
  const finish = new Subject<void>();
  const { clock, made, last, ends } = begin({ restart, finish });
  last().error(away);
  restart.next();
  assert.is(made.length, 2);
  last().error(away);
  finish.next();
  assert.equal(ends, ['complete']);
  clock.advance(1_000);
  assert.is(made.length, 2);
});

test('during a hand-over a restart switches at once', () => {
  const renew = new Subject<void>();
  const restart = new Subject<void>();
  const { clock, made, last } = begin({ renew, restart, handoverMs: 50 });
  renew.next();
  restart.next();
  assert.is(made.length, 2);
  assert.not(made[0]?.live);
  clock.advance(1_000);
  assert.is(made.length, 2);
  renew.next();
  assert.is(last().left, 1);
});

test('a finish during a hand-over completes after it, and a renewal during a finish changes nothing', () => {
  for (const order of ['renew first', 'finish first']) {
    const notifiers = { renew: new Subject<void>(), finish: new Subject<void>() };
    const { renew, finish } = notifiers;
    const { made, last, ends } = begin(notifiers);
    for (const notifier of order === 'renew first' ? [renew, finish] : [finish, renew]) notifier.next();
    assert.equal(ends, []);
    last().complete();
    assert.equal(ends, ['complete']);
    assert.is(made.length, 1);
    assert.is(last().left, 1);
  }
});

test('a renewal says nothing about the calls before it: the count of attempts goes on', () => {
  const renew = new Subject<void>();
  const { clock, made, last } = begin({ renew }, completes);
  last().error(away);
  clock.advance(10);
  renew.next();
  last().next(1);
  clock.advance(5_000);
  renew.next();
  assert.equal(
    made.map(({ attempt }) => attempt),
    [1, 2, 2, 1],
  );
});

test('an unsubscribe during a hand-over leaves nothing behind', () => {
  const renew = new Subject<void>();
  const { clock, made, last, stop } = begin({ renew });
  renew.next();
  stop();
  assert.not(last().live);
  assert.is(clock.pending, 0);
  assert.is(made.length, 1);
});

test('A6: a BehaviorSubject as the notifier opens one call', () => {
  const renew = new BehaviorSubject('the first token');
  const { made, last } = begin({ renew }, completes);
  assert.is(made.length, 1);
  assert.is(last().left, 0);
  renew.next('the second token');
  assert.is(made.length, 2);
});

test('A6: what a notifier emits on subscription is skipped, however much it is', () => {
  const replayed = new ReplaySubject<number>(5);
  for (let i = 0; i < 5; i += 1) replayed.next(i);
  for (const renew of [replayed, concat(of(1, 2, 3), NEVER), of(1), [1, 2]]) {
    for (const name of ['renew', 'restart', 'finish'] as const) {
      const { made, last, ends } = begin({ [name]: renew });
      assert.is(made.length, 1);
      assert.is(last().left, 0);
      assert.equal(ends, []);
    }
  }
});

test('A6: what a notifier emits while the first call is being opened is not missed', () => {
  const renew = new Subject<void>();
  let made = 0;
  const source = new Observable<number>((subscriber) => {
    made += 1;
    claimAttempt().onLeave(() => {
      subscriber.complete();
    });
    if (made === 1) renew.next();
    subscriber.next(made);
  });
  const { values } = seen(source.pipe(reconnect({ renew })));
  assert.is(made, 2);
  assert.equal(values, [2]);
});

test('A6: a call that is replaced while it is being opened is over before the next is made, and is not heard again', () => {
  const restart = new Subject<void>();
  const log: string[] = [];
  const source = new Observable<number>((subscriber) => {
    const { number } = claimAttempt();
    const name = `call ${log.length}`;
    subscriber.add(() => log.push(`${name} over`));
    log.push(`${name} made`);
    if (log.length === 1) {
      restart.next();
      assert.ok(subscriber.closed);
      subscriber.next(-number);
      subscriber.error(away);
    }
  });
  const { values, ends } = seen(source.pipe(reconnect({ restart })));
  assert.equal(log, ['call 0 made', 'call 0 over', 'call 2 made']);
  assert.equal(values, []);
  assert.equal(ends, []);
});

test('over ten thousand renewals and restarts no two calls are live, and nothing is heard of an old one', () => {
  const step = fc.record({
    what: fc.constantFrom('open', 'next', 'next', 'error', 'complete', 'renew', 'renew', 'restart', 'restart', 'time'),
    /** Which of the latest calls: the live one, or one that is over. */
    back: fc.nat(3),
    ms: fc.nat(60),
  });
  const leaving = fc.constantFrom('at once', 'on time', 'never');
  let moves = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 60, maxLength: 120 }),
      fc.array(leaving, { minLength: 1 }),
      (steps, leaves) => {
        const notifiers = { renew: new Subject<void>(), restart: new Subject<void>() };
        const stream = begin({ ...notifiers, onComplete: () => 'reopen', handoverMs: 30 }, (call) => {
          const leave = leaves[stream.made.length % leaves.length];
          if (leave === 'at once') call.complete();
          else if (leave === 'on time') stream.clock.schedule(completes.bind(undefined, call), 20);
        });
        const { clock, made, values, ends } = stream;
        let heard = 0;
        for (const [i, { what, back, ms }] of steps.entries()) {
          const call = made.at(-1 - back);
          const wasLive = call?.live === true;
          if (what === 'time') clock.advance(ms);
          else if (what === 'renew' || what === 'restart') {
            moves += 1;
            const before = made.length;
            const waits = made.at(-1)?.live === false;
            notifiers[what].next();
            if (what === 'restart' || waits) {
              assert.is(made.length, before + 1);
              assert.ok(stream.last().live);
            }
          } else if (what === 'next') {
            call?.next(i);
            if (wasLive) heard += 1;
          } else if (what === 'error') call?.error(away);
          else call?.[what]();
          assert.ok(made.filter(({ live }) => live).length <= 1, 'two calls are live');
          assert.ok(
            made.every(({ live }, at) => !live || at === made.length - 1),
            'an old call is live',
          );
          assert.ok(
            made.every(({ left }) => left <= 1),
            'a call was asked to leave twice',
          );
          assert.is(values.length, heard);
          assert.equal(ends, []);
        }
        stream.stop();
        assert.ok(made.every(({ live }) => !live));
      },
    ),
    { numRuns: 500, seed: 2 },
  );
  assert.ok(moves >= 10_000, `there were ${moves}`);
});

test.run();
