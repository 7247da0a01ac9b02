import { getEventListeners } from 'node:events';

import { Gate, RxDuplexError, iterate } from 'rxduplex';
import { NEVER, Observable, Subject, concat, of, range, throwError } from 'rxjs';
import { eachValueFrom } from 'rxjs-for-await';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { changesOf, counting, under } from '../support/gates.js';
import { marbles } from '../support/marbles.js';
import { turns } from '../support/peer.js';
import { endOf, errorFrom } from '../support/told.js';

const failed = new Error('failed');

/** What the loop is given, in words, until it ends. */
async function all<T>(values: AsyncIterable<T>): Promise<(T | string)[]> {
  const given: (T | string)[] = [];
  try {
    for await (const value of values) given.push(value);
    given.push('end');
  } catch (error) {
    given.push((error as Error).message);
  }
  return given;
}

/** Asks once at each emission. */
function askAt<T>(asks: Observable<unknown>, values: AsyncIterator<T>): Promise<unknown>[] {
  const answers: Promise<unknown>[] = [];
  asks.subscribe(() => answers.push(values.next().then(({ value, done }) => (done ? 'end' : value))));
  return answers;
}

test('a source that never emits is subscribed to at the call, gives nothing, and is left by return', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  ------');
    const leave = cold('   ---x  ');
    const subs = '         ^--!  ';
    const held = '         ------';
    expectObservable(changesOf(gate)).toBe(held);
    const values = iterate(under(gate, source));
    leave.subscribe(() => void values.return?.());
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('an empty source ends whoever asks, before and after its end', async () => {
  const answers: Promise<unknown>[] = [];
  marbles(({ cold, expectSubscriptions }) => {
    const source = cold('  --|   ');
    const asks = cold('    a---a-');
    const subs = '         ^-!   ';
    answers.push(...askAt(asks, iterate(source, { gate: 'none' })));
    const values = iterate(source, { gate: 'none' });
    asks.subscribe(() => answers.push(values.next().then(({ done }) => done)));
    expectSubscriptions(source.subscriptions).toBe([subs, subs]);
  });
  assert.equal(await Promise.all(answers), [true, true]);
});

test('values are given in order, to those who asked before them and after, and the gate is held at the mark', async () => {
  const answers: Promise<unknown>[] = [];
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  -a-bcd--e---|');
    const asks = cold('    x-----xx-xxx-');
    const subs = '         ^-----------!';
    const held = '         ----h--ghg---';
    expectObservable(changesOf(gate)).toBe(held);
    const values = iterate(under(gate, source), { highWaterMark: 2 });
    asks.subscribe(() => answers.push(values.next().then(({ value, done }) => (done ? 'end' : value))));
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
  assert.equal(await Promise.all(answers), ['a', 'b', 'c', 'd', 'e', 'end']);
});

test('an error comes after what was kept before it, once, lets the gate go, and then it is over', async () => {
  const gate = new Gate();
  const source = new Subject<string>();
  const values = iterate(under(gate, source), { highWaterMark: 2 });
  source.next('a');
  source.next('b');
  assert.ok(gate.held);
  source.error(failed);
  assert.not(gate.held);
  assert.equal(await all(values), ['a', 'b', 'failed']);
  assert.equal(await values.next(), { value: undefined, done: true });
});

test('an error rejects the first of those who wait, and ends the others', async () => {
  const source = new Subject<string>();
  const values = iterate(source, { gate: 'none' });
  const waiting = [values.next(), values.next()];
  source.error(failed);
  assert.is(await errorFrom(waiting[0] as Promise<unknown>), failed);
  assert.equal(await waiting[1], { value: undefined, done: true });
});

test('the end comes after what was kept before it', async () => {
  assert.equal(await all(iterate(of('a', 'b', 'c'), { gate: 'none' })), ['a', 'b', 'c', 'end']);
  assert.equal(
    await all(
      iterate(
        throwError(() => failed),
        { gate: 'none' },
      ),
    ),
    ['failed'],
  );
});

test('an endless source is left by break, with the gate let go', async () => {
  const gate = new Gate();
  const source = counting(gate);
  const given: number[] = [];
  for await (const value of iterate(source, { highWaterMark: 4 })) {
    given.push(value);
    if (value === 99) break;
  }
  assert.equal(
    given,
    Array.from({ length: 100 }, (_, i) => i),
  );
  assert.ok(source.given <= 104);
  assert.is(source.subscribers, 0);
  assert.not(gate.held);
});

test('a throw in the loop leaves the source', async () => {
  const gate = new Gate();
  const source = counting(gate);
  const loop = async (): Promise<void> => {
    for await (const value of iterate(source)) if (value === 3) throw failed;
  };
  assert.is(await errorFrom(loop()), failed);
  assert.equal([source.subscribers, gate.held], [0, false]);
});

test('A1: no more is kept than the mark: the source is subscribed to at the call, and stands still', async () => {
  const gate = new Gate();
  const source = counting(gate);
  const values = iterate(source);
  assert.is(source.given, 16);
  assert.ok(gate.held);
  for (let taken = 1; taken <= 100; taken += 1) {
    assert.equal(await values.next(), { value: taken - 1, done: false });
    assert.is(source.given, 16 + taken);
    assert.ok(gate.held);
  }
  await values.return?.();
  assert.is(source.given, 116);
});

test('A1: return on a source that is idle settles, where that of rxjs-for-await does not', async () => {
  const theirs = eachValueFrom(NEVER);
  void theirs.next();
  assert.is(await endOf(theirs.return?.() as Promise<unknown>), 'waits');
  const ours = iterate(NEVER, { gate: 'none' });
  const waiting = ours.next();
  assert.equal(await ours.return?.(), { value: undefined, done: true });
  assert.equal(await waiting, { value: undefined, done: true });
});

test('A1: 200,000 values that wait cost no more each than 2,000 do', async () => {
  const costOf = async (count: number): Promise<number> => {
    const begin = process.cpuUsage();
    let given = 0;
    for await (const value of iterate(range(0, count), { gate: 'none' })) given += value === given ? 1 : NaN;
    assert.is(given, count);
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / count;
  };
  await costOf(20_000);
  const few = Math.min(...[await costOf(2_000), await costOf(2_000), await costOf(2_000)]);
  const many = Math.min(...[await costOf(200_000), await costOf(200_000)]);
  assert.ok(many < few * 8, `${many} against ${few} microseconds a value`);
});

test('an iterator that is never iterated holds its source, and is let go by return or by an abort', async () => {
  const gate = new Gate();
  const source = counting(gate);
  const aborting = new AbortController();
  const values = iterate(source, { highWaterMark: 3 });
  iterate(source, { highWaterMark: 3, signal: aborting.signal });
  assert.equal([source.given, gate.held], [3, true]);
  await values.return?.();
  assert.equal([source.given, gate.held], [6, true]);
  aborting.abort();
  assert.equal([source.given, gate.held, source.subscribers], [6, false, 0]);
});

test('return and throw drop what is kept, and end what comes after', async () => {
  for (const way of ['return', 'throw'] as const) {
    const gate = new Gate();
    const source = counting(gate);
    const values = iterate(source);
    if (way === 'return') assert.equal(await values.return?.('mine'), { value: undefined, done: true });
    else assert.is(await errorFrom(values.throw?.(failed) as Promise<unknown>), failed);
    assert.equal(await values.next(), { value: undefined, done: true });
    assert.equal([source.given, source.subscribers, gate.held], [16, 0, false]);
  }
});

test('leaving it ends all who wait', async () => {
  for (const way of ['return', 'throw'] as const) {
    const values = iterate(NEVER, { gate: 'none' });
    const waiting = Promise.all([values.next(), values.next(), values.next()]);
    values[way]?.(failed).catch(() => undefined);
    assert.equal(await waiting, Array<unknown>(3).fill({ value: undefined, done: true }));
  }
});

test('an abort rejects who waits with its reason, drops what is kept, leaves the source and lets go', async () => {
  const gate = new Gate();
  const aborting = new AbortController();
  const { signal } = aborting;
  const waiting = iterate(NEVER, { gate: 'none', signal }).next();
  const source = counting(gate);
  const kept = iterate(source, { signal });
  assert.ok(gate.held);
  aborting.abort(failed);
  assert.is(await errorFrom(waiting), failed);
  assert.equal(await all(kept), ['failed']);
  assert.equal(await all(kept), ['end']);
  assert.equal([source.given, source.subscribers, gate.held], [16, 0, false]);
});

test('an abort after the end of the source drops what is kept, and its reason is told instead of that end', async () => {
  for (const source of [
    of(1, 2, 3),
    concat(
      of(1, 2, 3),
      throwError(() => new Error('theirs')),
    ),
  ]) {
    const aborting = new AbortController();
    const values = iterate(source, { gate: 'none', signal: aborting.signal });
    assert.equal(await values.next(), { value: 1, done: false });
    aborting.abort(failed);
    assert.equal(await all(values), ['failed']);
    assert.equal(await all(values), ['end']);
  }
});

test('an abort after everything was given changes nothing', async () => {
  const aborting = new AbortController();
  const values = iterate(of(1), { gate: 'none', signal: aborting.signal });
  assert.equal(await values.next(), { value: 1, done: false });
  assert.is(getEventListeners(aborting.signal, 'abort').length, 0);
  aborting.abort(failed);
  assert.equal(await all(values), ['end']);
});

test('a signal that is aborted already ends it before its source is subscribed to', async () => {
  const source = counting(new Gate());
  assert.equal(await all(iterate(source, { signal: AbortSignal.abort(failed) })), ['failed']);
  assert.is(source.given, 0);
});

test('nothing is left on a signal, whatever the end', async () => {
  const { signal } = new AbortController();
  await all(iterate(of('a'), { gate: 'none', signal }));
  await all(
    iterate(
      throwError(() => failed),
      { gate: 'none', signal },
    ),
  );
  await iterate(NEVER, { gate: 'none', signal }).return?.();
  assert.is(getEventListeners(signal, 'abort').length, 0);
});

test('what was on its way when the gate was held is kept, beyond the mark, and given', async () => {
  const gate = new Gate();
  const source = new Subject<number>();
  const values = iterate(under(gate, source), { highWaterMark: 2 });
  for (const value of [0, 1, 2, 3, 4]) source.next(value);
  for (const value of [0, 1, 2, 3, 4]) {
    assert.is(gate.held, value <= 3);
    assert.equal(await values.next(), { value, done: false });
  }
  assert.not(gate.held);
  const waiting = values.next();
  source.next(5);
  assert.equal(await waiting, { value: 5, done: false });
});

test('a value that somebody waits for is not kept, and holds nothing', async () => {
  const gate = new Gate();
  const source = new Subject<string>();
  const values = iterate(under(gate, source), { highWaterMark: 1 });
  const waiting = values.next();
  source.next('a');
  assert.not(gate.held);
  assert.equal(await waiting, { value: 'a', done: false });
});

test('without a gate it fails with NO_GATE at the call; a gate that is given goes before', async () => {
  const error = await errorFrom(Promise.resolve().then(() => iterate(NEVER)));
  assert.ok(RxDuplexError.is(error));
  assert.is(error.code, 'NO_GATE');
  const own = new Gate();
  const given = new Gate();
  iterate(under(own, concat(range(0, 16), NEVER)), { gate: given });
  assert.equal([own.held, given.held], [false, true]);
  iterate(under(own, concat(range(0, 100), NEVER)), { gate: 'none' });
  assert.not(own.held);
});

test("lossy: 'latest' keeps the newest value only, and holds nothing", async () => {
  const gate = new Gate();
  const source = new Subject<number>();
  const values = iterate(under(gate, source), { lossy: 'latest' });
  const first = values.next();
  source.next(1);
  assert.equal(await first, { value: 1, done: false });
  for (const value of [2, 3, 4]) source.next(value);
  assert.equal(await values.next(), { value: 4, done: false });
  assert.not(gate.held);
  source.complete();
  assert.equal(await values.next(), { value: undefined, done: true });
});

test("lossy: 'next' keeps nothing: what comes while nobody asks is gone", async () => {
  const source = new Subject<number>();
  const values = iterate(source, { lossy: 'next' });
  const first = values.next();
  source.next(1);
  source.next(2);
  assert.equal(await first, { value: 1, done: false });
  source.next(3);
  const second = values.next();
  source.next(4);
  assert.equal(await second, { value: 4, done: false });
});

for (const lossy of ['latest', 'next'] as const) {
  test(`lossy: '${lossy}' is ended by an abort, while it waits and before it begins`, async () => {
    const aborting = new AbortController();
    const { signal } = aborting;
    let subscribers = 0;
    const source = new Observable<never>((subscriber) => {
      subscribers += 1;
      subscriber.add(() => (subscribers -= 1));
    });
    const waiting = iterate(source, { lossy, signal }).next();
    const notBegun = iterate(source, { lossy, signal });
    assert.is(await endOf(waiting), 'waits');
    aborting.abort(failed);
    assert.is(await errorFrom(waiting), failed);
    assert.is(await errorFrom(notBegun.next()), failed);
    assert.is(subscribers, 0);
    assert.is(getEventListeners(signal, 'abort').length, 0);
  });
}

test('bad options are refused at the call', () => {
  const bad: readonly object[] = [
    { highWaterMark: 0 },
    { highWaterMark: 1.5 },
    { highWaterMark: NaN },
    { lossy: 'oldest' },
    { lossy: undefined },
    { gate: 'no' },
    { gate: {} },
  ];
  for (const options of bad) {
    assert.throws(
      () => iterate(NEVER, { gate: 'none', ...options }),
      (error: unknown) => RxDuplexError.is(error) && error.code === 'BAD_OPTION',
    );
  }
});

test('a next that nobody awaits is no unhandled rejection when the source fails or the signal is aborted', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  for (const options of [{}, { lossy: 'latest' }, { lossy: 'next' }] as const) {
    const source = new Subject<number>();
    const controller = new AbortController();
    const failing = iterate(source, { gate: 'none', ...options });
    const aborted = iterate(source, { gate: 'none', ...options, signal: controller.signal });
    void failing.next();
    void aborted.next();
    await turns(1);
    controller.abort();
    source.error(new Error('broken'));
    void failing.next();
    void failing.throw?.(new Error('left'));
  }
  await turns(3);
  process.off('unhandledRejection', note);
  assert.equal(unhandled, []);
});

test.run();
