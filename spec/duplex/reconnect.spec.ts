import { Metadata, status } from '@grpc/grpc-js';
import { EMPTY, NEVER, Observable, Subject, concat, of, range, take, throwError } from 'rxjs';
import { RxDuplexError, reconnect } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Clock, begin, driven } from '../support/driven.js';
import { calls, failure, marbles, seen } from '../support/marbles.js';

const away = failure(status.UNAVAILABLE);
const refused = failure(status.PERMISSION_DENIED);

test('a source that never emits has one attempt', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
    const call = cold('    ------');
    const unsub = '        -----!';
    const attempt = '      ^----!';
    const expected = '     ------';
    expectObservable(calls(call).pipe(reconnect({ scheduler })), unsub).toBe(expected);
    expectSubscriptions(call.subscriptions).toBe(attempt);
  });
});

test('an OK end of an empty source passes through', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
    const call = cold('    --|');
    const attempt = '      ^-!';
    const expected = '     --|';
    expectObservable(calls(call).pipe(reconnect({ scheduler }))).toBe(expected);
    expectSubscriptions(call.subscriptions).toBe(attempt);
  });
});

test('what the attempts give comes one after the other, with a wait where one has failed', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
    const first = cold('   a-b#          ', undefined, away);
    const second = cold('       -c-#     ', undefined, away);
    const third = cold('             -d-|');
    const attempt1 = '     ^--!          ';
    const attempt2 = '     -----^--!     ';
    const attempt3 = '     ----------^--!';
    const expected = '     a-b---c----d-|';
    const source = calls(first, second, third);
    expectObservable(source.pipe(reconnect({ backoff: () => 2, scheduler }))).toBe(expected);
    expectSubscriptions(first.subscriptions).toBe(attempt1);
    expectSubscriptions(second.subscriptions).toBe(attempt2);
    expectSubscriptions(third.subscriptions).toBe(attempt3);
  });
});

test('an error that no further attempt would mend passes through at once', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
    const call = cold('    -a-#', undefined, refused);
    const attempt = '      ^--!';
    const expected = '     -a-#';
    expectObservable(calls(call).pipe(reconnect({ scheduler }))).toBe(expected, undefined, refused);
    expectSubscriptions(call.subscriptions).toBe(attempt);
  });
});

test('an early unsubscribe ends the call, and no other is made', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
    const call = cold('    a-b-c-#', undefined, away);
    const unsub = '        ---!   ';
    const attempt = '      ^--!   ';
    const expected = '     a-b-   ';
    expectObservable(calls(call).pipe(reconnect({ scheduler })), unsub).toBe(expected);
    expectSubscriptions(call.subscriptions).toBe(attempt);
  });
});

test('an unsubscribe during a wait leaves nothing behind', () => {
  const { clock, made, last, stop } = begin();
  last().error(away);
  assert.is(clock.pending, 1);
  stop();
  clock.advance(1_000);
  assert.is(clock.pending, 0);
  assert.is(made.length, 1);
});

test('an endless source is left in the middle of its subscription', () => {
  const { values, ends } = seen(range(1, Infinity).pipe(reconnect(), take(3)));
  assert.equal(values, [1, 2, 3]);
  assert.equal(ends, ['complete']);
});

test('each subscription of the stream makes attempts of its own', () => {
  const { source, made } = driven();
  const stream$ = source.pipe(reconnect());
  const [one, two] = [seen(stream$), seen(stream$)];
  made[0]?.next(1);
  made[1]?.next(2);
  assert.equal([one.values, two.values], [[1], [2]]);
  one.stop();
  assert.equal(
    made.map(({ live }) => live),
    [false, true],
  );
});

test('the backoff is asked with the number of attempts that have failed, and the next is told its own number', () => {
  const asked: unknown[] = [];
  const backoff = (...args: readonly unknown[]): number => asked.push(args);
  const { clock, made, last } = begin({ backoff });
  for (let i = 0; i < 3; i += 1) {
    last().error(away);
    clock.advance(10);
  }
  assert.equal(asked, [
    [1, away],
    [2, away],
    [3, away],
  ]);
  assert.equal(
    made.map(({ attempt }) => attempt),
    [1, 2, 3, 4],
  );
});

test('an attempt waits for as long as the backoff says, to the millisecond', () => {
  const { clock, made, last } = begin({ backoff: () => 17 });
  last().error(away);
  clock.advance(16);
  assert.is(made.length, 1);
  clock.advance(1);
  assert.is(made.length, 2);
});

test('a call that was open for minUptimeMs sets the count back, and a first message alone does not', () => {
  const { clock, last, retries } = begin({ minUptimeMs: 50 });
  for (const uptimeMs of [0, 0, 50, 0]) {
    last().next(1);
    clock.advance(uptimeMs);
    last().error(away);
    clock.advance(10);
  }
  assert.equal(
    retries.map(({ attempt }) => attempt),
    [2, 3, 2, 3],
  );
});

test('a call that was open for a part of minUptimeMs takes that part of the backoff back', () => {
  const asked: number[] = [];
  const { clock, last } = begin({ backoff: (failed) => asked.push(failed) * 0 + 10, minUptimeMs: 100 });
  for (const uptimeMs of [0, 0, 0, 0, 50, 90, 0]) {
    last().open();
    clock.advance(uptimeMs);
    last().error(away);
    clock.advance(10);
  }
  // 4 × 1/2 + 1 is 3, and 3 × 1/10 + 1 is 1.3: a part counts as a whole.
  assert.equal(asked, [1, 2, 3, 4, 3, 2, 3]);
});

test('to be open is no proof of life, before minUptimeMs have passed since then', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
    const numbers: number[] = [];
    const first = cold('   --o---#                         ', undefined, away);
    const second = cold('         --o---#                  ', undefined, away);
    const third = cold('                 --o-----#         ', undefined, away);
    const fourth = cold('                         --#      ', undefined, away);
    const fifth = cold('                             ------');
    const unsub = '        --------------------------------!';
    const attempt1 = '     ^-----!                          ';
    const attempt2 = '     -------^-----!                   ';
    const attempt3 = '     --------------^-------!          ';
    const attempt4 = '     -----------------------^-!       ';
    const attempt5 = '     --------------------------^-----!';
    const expected = '     ---------------------------------';
    const backoff = (failed: number): number => {
      numbers.push(failed);
      return 1;
    };
    const source = calls(first, second, third, fourth, fifth);
    expectObservable(source.pipe(reconnect({ backoff, minUptimeMs: 5, scheduler })), unsub).toBe(expected);
    expectSubscriptions(first.subscriptions).toBe(attempt1);
    expectSubscriptions(second.subscriptions).toBe(attempt2);
    expectSubscriptions(third.subscriptions).toBe(attempt3);
    expectSubscriptions(fourth.subscriptions).toBe(attempt4);
    expectSubscriptions(fifth.subscriptions).toBe(attempt5);
    scheduler.flush();
    assert.equal(numbers, [1, 2, 1, 2]);
  });
});

test('with no bound on minUptimeMs, nothing is proof of life', () => {
  const { clock, last, retries } = begin({ minUptimeMs: Infinity });
  last().open();
  last().next(1);
  clock.advance(1_000_000);
  last().error(away);
  clock.advance(10);
  last().error(away);
  assert.equal(
    retries.map(({ attempt }) => attempt),
    [2, 3],
  );
});

test('a stream which greets and dies ten thousand times still backs off, and leaves no timer behind', () => {
  const asked: number[] = [];
  const { clock, last, stop } = begin({ backoff: (failed) => asked.push(failed) * 0 + 1, minUptimeMs: 20 });
  for (let i = 0; i < 10_000; i += 1) {
    last().open();
    last().next(1);
    assert.is(clock.pending, 0);
    last().error(away);
    assert.is(clock.pending, 1);
    clock.advance(1);
  }
  assert.equal(
    asked,
    Array.from({ length: 10_000 }, (_, i) => i + 1),
  );
  stop();
  assert.is(clock.pending, 0);
});

test('a restart after a long life sets the count back as well', () => {
  const restart = new Subject<void>();
  const { clock, last, retries } = begin({ restart, minUptimeMs: 50 });
  for (let i = 0; i < 3; i += 1) {
    last().error(away);
    clock.advance(10);
  }
  last().open();
  clock.advance(50);
  restart.next();
  last().error(away);
  assert.is(retries.at(-1)?.attempt, 2);
});

test('a renewal is no failure: it neither counts nor backs off', () => {
  const renew = new Subject<void>();
  const { clock, last, made, retries } = begin({ renew, maxAttempts: 2 }, (call) => call.complete());
  for (let i = 0; i < 10; i += 1) {
    last().open();
    renew.next();
  }
  assert.is(made.length, 11);
  last().error(away);
  clock.advance(10);
  assert.equal(
    retries.map(({ attempt }) => attempt),
    [2],
  );
});

test('a server that pushes back decides how long is waited', () => {
  const { clock, made, last, retries } = begin();
  const metadata = new Metadata();
  metadata.set('grpc-retry-pushback-ms', '700');
  last().error(failure(status.UNAVAILABLE, '', { metadata }));
  assert.is(retries[0]?.delayMs, 700);
  clock.advance(699);
  assert.is(made.length, 1);
  clock.advance(1);
  assert.is(made.length, 2);
});

for (const pushback of ['-1', 'soon', '1.5', '', ' 7', '99999999999']) {
  test(`a pushback of '${pushback}' forbids another attempt`, () => {
    const metadata = new Metadata();
    metadata.set('grpc-retry-pushback-ms', pushback);
    const error = failure(status.UNAVAILABLE, '', { metadata });
    const { last, ends, retries } = begin();
    last().error(error);
    assert.equal(ends, [error]);
    assert.equal(retries, []);
  });
}

test('a pushback does not make a final error another', () => {
  const metadata = new Metadata();
  metadata.set('grpc-retry-pushback-ms', '5');
  const error = failure(status.NOT_FOUND, '', { metadata });
  const { last, ends } = begin();
  last().error(error);
  assert.equal(ends, [error]);
});

test('metadata without a pushback, and what is no metadata, leave the wait to the backoff', () => {
  for (const metadata of [new Metadata(), new Map(), {}, null, 'text']) {
    const { last, retries } = begin();
    last().error(failure(status.UNAVAILABLE, '', { metadata }));
    assert.is(retries[0]?.delayMs, 10);
  }
});

test('after maxAttempts in a row the last error passes through', () => {
  const { clock, made, last, ends } = begin({ maxAttempts: 3 });
  const errors = [1, 2, 3].map((i) => failure(status.UNAVAILABLE, `number ${i}`));
  for (const error of errors) {
    last().error(error);
    clock.advance(10);
  }
  assert.is(made.length, 3);
  assert.equal(ends, [errors[2]]);
});

test('a proof of life grants maxAttempts anew', () => {
  const { clock, made, last, ends } = begin({ maxAttempts: 2 });
  for (let i = 0; i < 10; i += 1) {
    last().next(i);
    clock.advance(5_000);
    last().error(away);
    clock.advance(10);
  }
  assert.is(made.length, 11);
  last().error(away);
  assert.equal(ends, [away]);
});

test('each wait is told before it begins, with what caused it', () => {
  const { clock, last, retries } = begin({ backoff: (failed) => failed * 3 });
  last().error(away);
  clock.advance(3);
  last().error(away);
  assert.equal(retries, [
    { attempt: 2, delayMs: 3, cause: away },
    { attempt: 3, delayMs: 6, cause: away },
  ]);
});

test('whoever is told of a wait may ask for a call at once, and gets it', () => {
  const restart = new Subject<void>();
  const { clock, made, last } = begin({
    restart,
    onRetry: () => {
      restart.next();
    },
  });
  last().error(away);
  assert.is(made.length, 2);
  assert.ok(last().live);
  clock.advance(1_000);
  assert.is(made.length, 2);
});

test('an OK end may be followed by another attempt, after a wait without a cause', () => {
  const { clock, made, last, retries, ends } = begin({ onComplete: () => 'reopen' });
  last().complete();
  assert.equal(retries, [{ attempt: 2, delayMs: 10 }]);
  assert.not('cause' in (retries[0] ?? {}));
  clock.advance(9);
  assert.is(made.length, 1);
  clock.advance(1);
  assert.is(made.length, 2);
  last().complete();
  clock.advance(10);
  last().next(1);
  clock.advance(5_000);
  last().complete();
  assert.equal(
    retries.map(({ attempt }) => attempt),
    [2, 3, 2],
  );
  assert.equal(ends, []);
});

test('what follows an OK end is asked at each of them', () => {
  const answers = ['reopen', 'reopen', 'complete'] as const;
  let asked = 0;
  const { clock, made, last, ends } = begin({ onComplete: () => answers[asked++] ?? 'complete' });
  for (let i = 0; i < 3; i += 1) {
    last().complete();
    clock.advance(10);
  }
  assert.is(made.length, 3);
  assert.equal(ends, ['complete']);
});

test('failures of one cause are counted in a row, until another comes between them or a proof of life', () => {
  const counts: number[] = [];
  const { clock, last } = begin({ retryable: (_, { inARow }) => counts.push(inARow) > 0 });
  for (const error of [away, away, refused, refused, away]) {
    last().error(error);
    clock.advance(10);
  }
  last().next(1);
  clock.advance(5_000);
  last().error(away);
  assert.equal(counts, [1, 2, 1, 2, 1, 1]);
});

test('what may pass by itself shares one row, whatever fails between, and its time runs from the first of it', () => {
  const told: unknown[] = [];
  const { clock, last } = begin({ retryable: (_, { inARow, sinceMs }) => told.push([inARow, sinceMs]) > 0 });
  const tls = failure(status.UNAVAILABLE, 'certificate has expired');
  const failed = new RxDuplexError('OPEN_FAILED', 'no leader');
  for (const error of [away, tls, away, failure(status.UNKNOWN), failed]) {
    last().error(error);
    clock.advance(10);
  }
  assert.equal(told, [
    [1, 0],
    [1, 0],
    [1, 0],
    [2, 20],
    [3, 30],
  ]);
});

for (const [what, error] of [
  ['UNKNOWN', failure(status.UNKNOWN, 'Exception iterating responses')],
  ['a TLS failure', failure(status.UNAVAILABLE, 'certificate has expired')],
  ['an Open that throws', new RxDuplexError('OPEN_FAILED', 'no leader')],
  ['call credentials that fail', failure(status.UNKNOWN, 'Getting metadata from plugin failed with error: x')],
] as const) {
  test(`${what} is borne for patienceMs from the first on, and at least five times`, () => {
    const patient = begin({ patienceMs: 1_000 });
    for (let ms = 0; ms <= 1_000; ms += 10) {
      assert.equal(patient.ends, [], `${ms} ms`);
      patient.last().error(error);
      patient.clock.advance(10);
    }
    assert.equal(patient.ends, [error]);
    const rare = begin({ patienceMs: 1_000, backoff: () => 10_000 });
    for (let times = 0; times < 5; times += 1) {
      assert.equal(rare.ends, []);
      rare.last().error(error);
      rare.clock.advance(10_000);
    }
    assert.equal([rare.ends, rare.made.length], [[error], 5]);
  });
}

test('maxAttempts goes before patience', () => {
  const { clock, last, ends } = begin({ maxAttempts: 2 });
  last().error(failure(status.UNKNOWN));
  clock.advance(10);
  last().error(failure(status.UNKNOWN));
  assert.is(ends.length, 1);
});

test('a reply that cannot be parsed is borne five times in a row, also after good messages', () => {
  const { clock, last, ends, made } = begin();
  const error = failure(status.INTERNAL, 'Response message parsing error: invalid wire type');
  for (let times = 0; times < 6; times += 1) {
    assert.equal(ends, []);
    last().next(1);
    last().error(error);
    clock.advance(10);
  }
  assert.equal([ends, made.length], [[error], 6]);
});

for (const delayMs of [NaN, -1, Infinity, -Infinity, '5', undefined, null]) {
  test(`a backoff that gives ${String(delayMs)} ${typeof delayMs} ends the stream and says so`, () => {
    const { last, ends, made, clock } = begin({ backoff: () => delayMs as number });
    last().error(away);
    clock.advance(100);
    assert.is(made.length, 1);
    assert.is(ends.length, 1);
    assert.ok(RxDuplexError.is(ends[0]) && ends[0].code === 'BAD_OPTION');
    assert.match(ends[0].message, /^BAD_OPTION: backoff must be .*; got /);
  });
}

test('a backoff beyond what a timer can hold is cut to that', () => {
  const { last, retries } = begin({ backoff: () => 1e300 });
  last().error(away);
  assert.is(retries[0]?.delayMs, 2 ** 31 - 1);
});

for (const name of ['backoff', 'retryable', 'onRetry'] as const) {
  test(`what ${name} throws ends the stream`, () => {
    const thrown = new Error('a mistake of the user');
    const throws = (): never => {
      throw thrown;
    };
    const { clock, made, last, ends } = begin({ [name]: throws });
    last().error(away);
    clock.advance(1_000);
    assert.equal(ends, [thrown]);
    assert.is(made.length, 1);
    assert.is(clock.pending, 0);
  });
}

for (const name of ['onComplete', 'backoff', 'onRetry'] as const) {
  test(`what ${name} throws after an OK end ends the stream`, () => {
    const thrown = new Error('a mistake of the user');
    const throws = (): never => {
      throw thrown;
    };
    const { last, ends } = begin({ onComplete: () => 'reopen', [name]: throws });
    last().complete();
    assert.equal(ends, [thrown]);
  });
}

for (const thrown of [null, undefined, 'text', 5, false, Symbol('a symbol')]) {
  test(`${String(thrown)} for an error is final, and passes through as it is`, () => {
    const { last, ends } = begin();
    last().error(thrown);
    assert.is(ends.length, 1);
    assert.is(ends[0], thrown);
  });

  test(`${String(thrown)} for an error may be found worth another attempt`, () => {
    const { last, ends, clock, made, retries } = begin({ retryable: () => true });
    last().error(thrown);
    clock.advance(10);
    assert.is(made.length, 2);
    assert.equal(ends, []);
    assert.is(retries[0]?.cause, thrown);
  });
}

test('a source that fails while it is being subscribed to is tried again', () => {
  const clock = new Clock();
  const sources = [
    throwError(() => away),
    concat(
      of(1),
      throwError(() => away),
    ),
    of(2, 3),
  ];
  let made = 0;
  const source = new Observable<number>((subscriber) => (sources[made++] ?? EMPTY).subscribe(subscriber));
  const { values, ends } = seen(source.pipe(reconnect({ backoff: () => 10, scheduler: clock })));
  assert.equal(values, []);
  clock.advance(10);
  assert.equal(values, [1]);
  clock.advance(10);
  assert.equal(values, [1, 2, 3]);
  assert.equal(ends, ['complete']);
});

test('a bad option is refused at the door, by name', () => {
  const bad: readonly (readonly [string, object])[] = [
    ['handoverMs', { handoverMs: -1 }],
    ['handoverMs', { handoverMs: NaN }],
    ['minUptimeMs', { minUptimeMs: '5' }],
    ['minUptimeMs', { minUptimeMs: 2 ** 31 }],
    ['patienceMs', { patienceMs: -1 }],
    ['maxAttempts', { maxAttempts: 0 }],
    ['maxAttempts', { maxAttempts: 1.5 }],
    ['backoff', { backoff: 5 }],
    ['retryable', { retryable: true }],
    ['onComplete', { onComplete: 'reopen' }],
    ['onRetry', { onRetry: {} }],
  ];
  for (const [name, policy] of bad) {
    assert.throws(
      () => reconnect(policy),
      (error: Error) => RxDuplexError.is(error) && error.message.startsWith(`BAD_OPTION: ${name} must be `),
    );
  }
});

test('by default the waits are jittered, and time is real', () => {
  const made: number[] = [];
  const source = new Observable<never>((subscriber) => {
    made.push(1);
    subscriber.error(away);
  });
  const delays: number[] = [];
  const stream$ = source.pipe(reconnect({ onRetry: ({ delayMs }) => delays.push(delayMs) }));
  seen(stream$).stop();
  assert.is(made.length, 1);
  assert.ok(delays.every((delayMs) => delayMs >= 0 && delayMs <= 250));
  assert.is(delays.length, 1);
});

test('a notifier that fails or completes has no more to say, and the stream goes on', () => {
  for (const name of ['renew', 'restart', 'finish'] as const) {
    for (const end of ['error', 'complete'] as const) {
      const notifier = new Subject<void>();
      const { clock, last, ends, made } = begin({ [name]: notifier });
      notifier[end](refused);
      assert.equal(ends, [], `${name} ${end}`);
      assert.ok(last().live);
      last().error(away);
      clock.advance(10);
      assert.is(made.length, 2);
    }
    for (const ended of [EMPTY, throwError(() => refused)]) {
      const { last, ends } = begin({ [name]: ended });
      assert.ok(last().live);
      assert.equal(ends, []);
    }
  }
});

test('the notifiers are left with the stream', () => {
  const notifiers = { renew: new Subject(), restart: new Subject(), finish: new Subject() };
  const observed = (): boolean[] => Object.values(notifiers).map((notifier) => notifier.observed);
  const first = begin(notifiers);
  assert.equal(observed(), [true, true, true]);
  first.stop();
  assert.equal(observed(), [false, false, false]);
  const second = begin(notifiers);
  second.last().error(refused);
  assert.equal(observed(), [false, false, false]);
  const third = begin(notifiers);
  third.last().complete();
  assert.equal(third.ends, ['complete']);
  assert.equal(observed(), [false, false, false]);
});

test('A4: a stream that ends OK completes, though its notifiers never do', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
    const call = cold('    a-b-|');
    const attempt = '      ^---!';
    const expected = '     a-b-|';
    const policy = { renew: NEVER, restart: NEVER, finish: NEVER, scheduler };
    expectObservable(calls(call).pipe(reconnect(policy))).toBe(expected);
    expectSubscriptions(call.subscriptions).toBe(attempt);
  });
});

test.run();
