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

test('a first message sets the count back', () => {
  const { clock, last, retries } = begin();
  last().error(away);
  clock.advance(10);
  last().error(away);
  clock.advance(10);
  last().next(1);
  last().error(away);
  clock.advance(10);
  last().error(away);
  assert.equal(
    retries.map(({ attempt }) => attempt),
    [2, 3, 2, 3],
  );
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

test('with no bound on minUptimeMs, only a message is proof of life', () => {
  const { clock, last, retries } = begin({ minUptimeMs: Infinity });
  last().open();
  clock.advance(1_000_000);
  last().error(away);
  clock.advance(10);
  last().error(away);
  assert.equal(
    retries.map(({ attempt }) => attempt),
    [2, 3],
  );
});

test('a stream which opens and dies ten thousand times still backs off, and leaves no timer behind', () => {
  const asked: number[] = [];
  const { clock, last, stop } = begin({ backoff: (failed) => asked.push(failed) * 0 + 1, minUptimeMs: 20 });
  for (let i = 0; i < 10_000; i += 1) {
    last().open();
    assert.is(clock.pending, 1);
    clock.advance(19);
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
  const tls = failure(status.UNAVAILABLE, 'certificate has expired');
  for (const error of [away, away, tls, tls, away, refused, refused]) {
    last().error(error);
    clock.advance(10);
  }
  last().next(1);
  last().error(refused);
  assert.equal(counts, [1, 2, 1, 2, 1, 1, 2, 1]);
});

test('a TLS failure after a long absence is not the last of many', () => {
  const { clock, made, last, ends } = begin();
  for (let i = 0; i < 20; i += 1) {
    last().error(away);
    clock.advance(10);
  }
  for (let i = 0; i < 5; i += 1) {
    last().error(failure(status.UNAVAILABLE, 'certificate has expired'));
    clock.advance(10);
  }
  assert.is(made.length, 26);
  assert.equal(ends, []);
  last().error(failure(status.UNAVAILABLE, 'certificate has expired'));
  assert.is(ends.length, 1);
});

test('whether metadata would be fresh is told by the call', () => {
  const told: boolean[] = [];
  const policy = {
    retryable: (_: unknown, { freshMetadata }: { freshMetadata: boolean }) => told.push(freshMetadata) < 0,
  };
  const { last } = begin(policy);
  last().error(away);
  const second = begin(policy);
  second.last().freshen();
  second.last().error(away);
  assert.equal(told, [false, true]);
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

test('an error of a notifier ends the stream, and its completion means nothing', () => {
  for (const name of ['renew', 'restart', 'finish'] as const) {
    const notifier = new Subject<void>();
    const { last, ends } = begin({ [name]: notifier });
    notifier.error(refused);
    assert.equal(ends, [refused]);
    assert.not(last().live);

    const silent = begin({ [name]: EMPTY });
    assert.ok(silent.last().live);
    assert.equal(silent.ends, []);

    const failing = begin({ [name]: throwError(() => refused) });
    assert.equal(failing.ends, [refused]);
    assert.is(failing.made.length, 0);
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
