import { getEventListeners } from 'node:events';

import { config, of } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { OutgoingOptions } from '../../lib/outgoing/options.js';
import { Outgoing } from '../../lib/outgoing/outgoing.js';
import type { Entry, Follower } from '../../lib/outgoing/entry.js';
import { booksOf, droppedFrom, endOf, errorFrom, fakeCall, wordsOf } from '../support/told.js';
import type { FakeCall } from '../support/told.js';

/** A message is as large as it is long, and its key is its first letter. */
const sizeOf = (message: string): number => message.length;
const key = (message: string): string | undefined => message[0];

const strategies: readonly OutgoingOptions<string>[] = [
  { overflow: 'block' },
  { overflow: 'error' },
  { overflow: 'drop-newest' },
  { overflow: 'drop-oldest' },
  { overflow: 'latest', key },
];

const offerAll = (outgoing: Outgoing<string>, ...messages: string[]): boolean[] =>
  messages.map((message) => outgoing.next(message));

test('next is true for each message that is taken, also the one that fills the buffer, and false for one that is not', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 3 });
  assert.equal(offerAll(outgoing, 'one', 'two', 'three', 'four'), [true, true, true, false]);
  assert.equal(booksOf(outgoing), { offered: 4, rejected: 1, accepted: 3, queued: 3 });
});

test('a producer that repeats what next refused, and nothing else, sends each message once', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const call = fakeCall(outgoing);
  const sent: string[] = [];
  for (const message of ['one', 'two', 'three', 'four', 'five']) {
    while (!outgoing.next(message)) sent.push(...call.sendAll());
  }
  assert.equal([...sent, ...call.sendAll()], ['one', 'two', 'three', 'four', 'five']);
});

test('it is full when there is no room for another message, whether messages or bytes are at their bound', () => {
  const counted = new Outgoing<string>({ maxMessages: 2 });
  const measured = new Outgoing<string>({ sizeOf, maxBytes: 8 });
  const fullAfter = (outgoing: Outgoing<string>, message: string): boolean => outgoing.next(message) && outgoing.full;
  assert.equal([fullAfter(counted, 'one'), fullAfter(counted, 'two')], [false, true]);
  assert.equal([fullAfter(measured, 'five5'), fullAfter(measured, 'six')], [false, true]);
  fakeCall(counted).sendAll();
  assert.not(counted.full);
});

test('a message that fits exactly is taken, one byte more is not', () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 8 });
  assert.equal(offerAll(outgoing, 'seven77', 'two', '1'), [true, false, true]);
  assert.equal(outgoing.stats().bytes.queued, 8);
  assert.equal(outgoing.stats().bytes.rejected, 3);
});

test('what is pushed beyond the bounds waits its turn under block, and is refused or makes room as by next elsewhere', () => {
  for (const options of strategies) {
    const outgoing = new Outgoing<string>({ ...options, maxMessages: 1 });
    const call = fakeCall(outgoing);
    outgoing.push('one');
    outgoing.push('two');
    const { waiting, rejected, dropped } = outgoing.stats();
    const expected = { block: [1, 0, 0], error: [0, 1, 0] }[options.overflow as string] ?? [0, 0, 1];
    assert.equal([waiting, rejected, dropped], expected, options.overflow);
    if (options.overflow !== 'block') continue;
    assert.equal(call.takeAll(), ['one']);
    call.flushed();
    assert.equal(call.takeAll(), ['two']);
  }
});

test('a place is free when its write is flushed, not when it is taken', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  outgoing.next('one');
  assert.equal(call.takeAll(), ['one']);
  assert.is(outgoing.next('two'), false);
  assert.equal(booksOf(outgoing), { offered: 2, rejected: 1, accepted: 1, inFlight: 1 });
  call.flushed();
  outgoing.next('three');
  assert.equal(booksOf(outgoing), { offered: 3, rejected: 1, accepted: 2, queued: 1, sent: 1 });
});

test('what is lost with its call makes room', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  outgoing.next('one');
  call.takeAll();
  call.release();
  outgoing.next('two');
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, queued: 1, lost: 1 });
});

test('a message is serialised once, when it is offered, and carries its bytes to the call', () => {
  const encoded: string[] = [];
  const encode = (message: string): Uint8Array => {
    encoded.push(message);
    return Buffer.from(message);
  };
  const outgoing = new Outgoing<string>({ encode });
  outgoing.next('one');
  assert.equal(encoded, ['one']);
  assert.equal(fakeCall(outgoing).take()?.payload, Buffer.from('one'));
  assert.equal(encoded, ['one']);
  assert.is(outgoing.stats().bytes.inFlight, 3);
});

test('without encode or sizeOf nothing is measured and bytes have no bound', () => {
  const outgoing = new Outgoing<string>();
  assert.is(outgoing.next('x'.repeat(2 << 20)), true);
  assert.is(outgoing.stats().bytes.accepted, 0);
});

test('the bounds are 1024 messages and 1 MiB unless others are given', () => {
  const counted = new Outgoing<string>();
  assert.is(Array.from({ length: 1025 }, () => counted.next('')).indexOf(false), 1024);
  const measured = new Outgoing<string>({ sizeOf });
  assert.equal(offerAll(measured, 'x'.repeat((1 << 20) - 1), 'x', 'x'), [true, true, false]);
});

test('ready$ emits once when the buffer has been full and is at most half full again', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 4 });
  const call = fakeCall(outgoing);
  const ready = readyFrom(outgoing);
  offerAll(outgoing, 'one', 'two', 'three', 'four');
  call.takeAll();
  call.flushed();
  assert.is(ready(), 0);
  call.flushed();
  assert.is(ready(), 1);
  call.flushed();
  call.flushed();
  assert.is(ready(), 1);
});

test('ready$ waits until the bytes are at most half full too', () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 10 });
  const call = fakeCall(outgoing);
  const ready = readyFrom(outgoing);
  assert.equal(offerAll(outgoing, '1', 'nine99999'), [true, true]);
  call.takeAll();
  call.flushed();
  assert.is(ready(), 0);
  call.flushed();
  assert.is(ready(), 1);
});

test('ready$ emits nothing as long as there was room for another message', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 4 });
  const ready = readyFrom(outgoing);
  offerAll(outgoing, 'one', 'two', 'three');
  fakeCall(outgoing).sendAll();
  assert.is(ready(), 0);
});

for (const options of strategies) {
  test(`${String(options.overflow)}: ready$ also tells who brought too much while there was room for less`, () => {
    const outgoing = new Outgoing<string>({ ...options, sizeOf, maxBytes: 10 } as OutgoingOptions<string>);
    const call = fakeCall(outgoing);
    const ready = readyFrom(outgoing);
    outgoing.next('four');
    call.takeAll();
    assert.is(outgoing.next('seven77'), false);
    call.flushed();
    assert.is(ready(), 1);
  });
}

test('block: what next brings to a full buffer is refused and told, and nothing else is touched', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1, overflow: 'block' });
  const dropped = droppedFrom(outgoing);
  assert.equal(offerAll(outgoing, 'one', 'two'), [true, false]);
  assert.equal(dropped, ['two rejected overflow']);
  assert.equal(fakeCall(outgoing).takeAll(), ['one']);
});

test('block: send resolves at once when there is room', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  assert.is(await endOf(outgoing.send('one')), 'resolved');
});

test('block: send waits until a write is flushed, and those who wait get in in the order in which they came', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  outgoing.next('one');
  const [two, three] = [outgoing.send('two'), outgoing.send('three')];
  call.take();
  assert.equal([await endOf(two), await endOf(three)], ['waits', 'waits']);
  assert.equal(booksOf(outgoing), { offered: 3, waiting: 2, accepted: 1, inFlight: 1 });
  call.flushed();
  assert.equal([await endOf(two), await endOf(three)], ['resolved', 'waits']);
  assert.equal(call.sendAll(), ['two', 'three']);
  assert.is(await endOf(three), 'resolved');
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, sent: 3 });
});

test('block: nobody overtakes one who waits, not even with a message for which there is room', async () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 10 });
  const call = fakeCall(outgoing);
  outgoing.next('five5');
  const large = outgoing.send('nine99999');
  const small = outgoing.send('1');
  assert.is(outgoing.next('2'), false);
  assert.equal([await endOf(large), await endOf(small)], ['waits', 'waits']);
  assert.equal(call.sendAll(), ['five5', 'nine99999', '1']);
  assert.equal(booksOf(outgoing), { offered: 4, rejected: 1, accepted: 3, sent: 3 });
});

test('block: one more than maxWaiting is rejected with OVERFLOW and told', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1, maxWaiting: 1 });
  const dropped = droppedFrom(outgoing);
  const sends = ['one', 'two', 'three'].map((message) => outgoing.send(message));
  assert.equal(await Promise.all(sends.map(endOf)), ['resolved', 'waits', 'OVERFLOW']);
  assert.equal(dropped, ['three rejected overflow']);
});

test('block: with maxWaiting 0 nobody waits', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1, maxWaiting: 0 });
  outgoing.next('one');
  assert.is(await endOf(outgoing.send('two')), 'OVERFLOW');
});

test('block: 16 times maxMessages may wait unless another number is given', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const ends = await Promise.all(Array.from({ length: 35 }, (_, n) => endOf(outgoing.send(String(n)))));
  assert.equal([ends.lastIndexOf('resolved'), ends.lastIndexOf('waits'), ends.indexOf('OVERFLOW')], [1, 33, 34]);
});

test('a send that is aborted while it waits rejects with the reason of the signal and is told', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const dropped = droppedFrom(outgoing);
  const controller = new AbortController();
  outgoing.next('one');
  const two = outgoing.send('two', controller);
  const reason = new Error('changed my mind');
  controller.abort(reason);
  assert.is(await errorFrom(two), reason);
  assert.equal(dropped, ['two rejected aborted']);
  assert.equal(fakeCall(outgoing).sendAll(), ['one']);
  assert.equal(booksOf(outgoing), { offered: 2, rejected: 1, accepted: 1, sent: 1 });
});

test('when the first who waits gives up, the one behind it gets in if there is room for it', async () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 10 });
  const controller = new AbortController();
  outgoing.next('five5');
  const large = outgoing.send('nine99999', controller);
  const small = outgoing.send('1');
  controller.abort();
  assert.is((await errorFrom(large)).name, 'AbortError');
  assert.is(await endOf(small), 'resolved');
});

test('a send whose signal is aborted already is not taken, though there is room', async () => {
  const outgoing = new Outgoing<string>();
  const dropped = droppedFrom(outgoing);
  const reason = new Error('changed my mind');
  assert.is(await errorFrom(outgoing.send('one', { signal: AbortSignal.abort(reason) })), reason);
  assert.equal(dropped, ['one rejected aborted']);
  assert.equal(booksOf(outgoing), { offered: 1, rejected: 1 });
});

test('an abort after the buffer has taken the message takes nothing back, and no listener stays on the signal', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const controller = new AbortController();
  const call = fakeCall(outgoing);
  const sends = [outgoing.send('one', controller), outgoing.send('two', controller)];
  assert.is(getEventListeners(controller.signal, 'abort').length, 1);
  call.take();
  call.flushed();
  assert.is(getEventListeners(controller.signal, 'abort').length, 0);
  controller.abort();
  assert.equal(await Promise.all(sends.map(endOf)), ['resolved', 'resolved']);
  assert.equal(call.takeAll(), ['two']);
});

for (const options of strategies) {
  const name = String(options.overflow);

  test(`${name}: a message larger than maxBytes is refused, also by an empty buffer, and the next one is taken`, async () => {
    const outgoing = new Outgoing<string>({ ...options, sizeOf, maxBytes: 4 } as OutgoingOptions<string>);
    const dropped = droppedFrom(outgoing);
    assert.is(outgoing.next('five5'), false);
    assert.is(await endOf(outgoing.send('sixsix')), 'TOO_LARGE');
    assert.equal(dropped, ['five5 rejected too-large', 'sixsix rejected too-large']);
    assert.is(outgoing.next('one'), true);
    assert.equal(booksOf(outgoing), { offered: 3, rejected: 2, accepted: 1, queued: 1 });
    assert.is(outgoing.stats().bytes.rejected, 11);
  });

  test(`${name}: a message that cannot be serialised is refused alone, with the serialiser's error`, async () => {
    const cause = new Error('no string');
    const encode = (message: string): Uint8Array => {
      if (message === 'bad') throw cause;
      return Buffer.from(message);
    };
    const outgoing = new Outgoing<string>({ ...options, encode } as OutgoingOptions<string>);
    const errors: unknown[] = [];
    outgoing.dropped$.subscribe(({ error }) => errors.push(error));
    const dropped = droppedFrom(outgoing);
    assert.is(outgoing.next('bad'), false);
    const error = await errorFrom(outgoing.send('bad'));
    assert.equal([error.code, error.cause], ['UNSERIALISABLE', cause]);
    assert.equal(dropped, ['bad rejected unserialisable', 'bad rejected unserialisable']);
    assert.equal(errors, [cause, cause]);
    assert.is(outgoing.next('good'), true);
    assert.equal(booksOf(outgoing), { offered: 3, rejected: 2, accepted: 1, queued: 1 });
  });

  test(`${name}: nobody is told of a drop who was not dropped, and the queue keeps its order`, () => {
    const outgoing = new Outgoing<string>({ ...options, maxMessages: 3 });
    const dropped = droppedFrom(outgoing);
    offerAll(outgoing, 'a', 'b', 'c');
    assert.equal(dropped, []);
    assert.equal(fakeCall(outgoing).takeAll(), ['a', 'b', 'c']);
  });
}

test('a measure that is no whole number of bytes, and a key that cannot be had, refuse the message alone', async () => {
  for (const size of [NaN, -1, 0.5, Infinity, undefined]) {
    const outgoing = new Outgoing<string>({ sizeOf: () => size as number });
    const { code, cause } = await errorFrom(outgoing.send('one'));
    const { message } = cause as Error;
    assert.is(code, 'UNSERIALISABLE');
    assert.is(message, `BAD_OPTION: sizeOf must be a function that gives a whole number of bytes; got ${String(size)}`);
  }
  const outgoing = new Outgoing<{ to?: { id: number } }>({ overflow: 'latest', key: ({ to }) => keyOf(to) });
  assert.is(outgoing.next({}), false);
  assert.is(outgoing.next({ to: { id: 1 } }), true);
  assert.equal(booksOf(outgoing), { offered: 2, rejected: 1, accepted: 1, queued: 1 });
});

test('error: next and send are refused when the buffer is full', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1, overflow: 'error' });
  const dropped = droppedFrom(outgoing);
  assert.equal(offerAll(outgoing, 'one', 'two'), [true, false]);
  assert.is(await endOf(outgoing.send('three')), 'OVERFLOW');
  assert.equal(dropped, ['two rejected overflow', 'three rejected overflow']);
  assert.equal(booksOf(outgoing), { offered: 3, rejected: 2, accepted: 1, queued: 1 });
});

test('drop-newest: the new one is taken and dropped', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1, overflow: 'drop-newest' });
  const dropped = droppedFrom(outgoing);
  assert.equal(offerAll(outgoing, 'one', 'two'), [true, false]);
  assert.is(await endOf(outgoing.send('three')), 'OVERFLOW');
  assert.equal(dropped, ['two dropped overflow', 'three dropped overflow']);
  assert.equal(fakeCall(outgoing).takeAll(), ['one']);
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, inFlight: 1, dropped: 2 });
});

test('drop-oldest: next is true for a message that makes others go', () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 6, overflow: 'drop-oldest' });
  assert.equal(offerAll(outgoing, 'a5555', 'b1', 'c1', 'd1'), [true, true, true, true]);
});

test('drop-oldest: the oldest are dropped until the new one fits, and send resolves', async () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 6, overflow: 'drop-oldest' });
  const dropped = droppedFrom(outgoing);
  offerAll(outgoing, 'a1', 'b2', 'c3');
  assert.is(await endOf(outgoing.send('d44')), 'resolved');
  assert.equal(dropped, ['a1 dropped overflow', 'b2 dropped overflow']);
  assert.is(outgoing.next('e55'), true);
  assert.equal(fakeCall(outgoing).takeAll(), ['d44', 'e55']);
  assert.equal(booksOf(outgoing), { offered: 5, accepted: 5, inFlight: 2, dropped: 3 });
});

test('latest: a newer message takes the place of the queued one of its key', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 3, overflow: 'latest', key });
  const dropped = droppedFrom(outgoing);
  offerAll(outgoing, 'a1', 'b1', 'c1');
  assert.is(outgoing.next('b2'), true);
  assert.is(await endOf(outgoing.send('a2')), 'resolved');
  assert.equal(dropped, ['b1 dropped replaced', 'a1 dropped replaced']);
  assert.equal(fakeCall(outgoing).takeAll(), ['a2', 'b2', 'c1']);
});

test('latest: a new key drops the oldest', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2, overflow: 'latest', key });
  const dropped = droppedFrom(outgoing);
  offerAll(outgoing, 'a1', 'b1', 'c1');
  assert.equal(dropped, ['a1 dropped overflow']);
  assert.is(await endOf(outgoing.send('a2')), 'resolved');
  assert.equal(fakeCall(outgoing).takeAll(), ['c1', 'a2']);
});

test('latest: one that grew keeps its place and drops the oldest others', () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 6, overflow: 'latest', key });
  const dropped = droppedFrom(outgoing);
  offerAll(outgoing, 'a1', 'b1', 'c1', 'a2222');
  assert.equal(dropped, ['a1 dropped replaced', 'b1 dropped overflow', 'c1 dropped overflow']);
  assert.equal(fakeCall(outgoing).takeAll(), ['a2222']);
});

test('latest: what is in flight is not replaced', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 3, overflow: 'latest', key });
  const call = fakeCall(outgoing);
  outgoing.next('a1');
  assert.equal(call.takeAll(), ['a1']);
  outgoing.next('a2');
  assert.equal(call.takeAll(), ['a2']);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, inFlight: 2 });
});

test('latest: keys are compared as those of a Map', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 9, overflow: 'latest', key: (message) => message });
  offerAll(outgoing, '__proto__', 'constructor', '__proto__');
  assert.equal(fakeCall(outgoing).takeAll(), ['__proto__', 'constructor']);
});

for (const options of strategies.slice(3)) {
  test(`${String(options.overflow)}: the new one is dropped when only messages in flight would have to go`, async () => {
    const outgoing = new Outgoing<string>({ ...options, sizeOf, maxBytes: 6 } as OutgoingOptions<string>);
    const call = fakeCall(outgoing);
    const dropped = droppedFrom(outgoing);
    outgoing.next('four');
    call.takeAll();
    outgoing.next('b1');
    assert.is(outgoing.next('c22'), false);
    assert.is(await endOf(outgoing.send('d22')), 'OVERFLOW');
    assert.equal(dropped, ['c22 dropped overflow', 'd22 dropped overflow']);
    assert.equal(call.takeAll(), ['b1']);
    assert.equal(booksOf(outgoing), { offered: 4, accepted: 4, inFlight: 2, dropped: 2 });
  });

  test(`${String(options.overflow)}: one who waits gets in when the new one is smaller than what it drove out`, async () => {
    const outgoing = new Outgoing<string>({ ...options, sizeOf, maxBytes: 6 } as OutgoingOptions<string>);
    outgoing.next('a5555');
    const waiting = outgoing.put('b444', true);
    assert.is(await endOf(waiting), 'waits');
    assert.is(outgoing.next('a1'), true);
    assert.is(await endOf(waiting), 'resolved');
    assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, queued: 2, dropped: 1 });
  });
}

test('an overflow ends nothing unless fatal says so', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1, overflow: 'error' });
  offerAll(outgoing, 'one', 'two');
  await Promise.resolve();
  assert.is(outgoing.closed, false);
});

for (const options of strategies) {
  test(`${String(options.overflow)}: the first overflow of a fatal buffer ends it, though not inside the producer's call`, async () => {
    const outgoing = new Outgoing<string>({ ...options, maxMessages: 2, fatal: true });
    const call = fakeCall(outgoing);
    const codes: unknown[] = [];
    outgoing.dropped$.subscribe(({ outcome, error }) => {
      if (outcome === 'undelivered') codes.push((error as { code?: string }).code);
    });
    offerAll(outgoing, 'a', 'b');
    assert.is(outgoing.closed, false);
    outgoing.next('c');
    assert.equal(call.failures, []);
    await Promise.resolve();
    assert.is(outgoing.closed, true);
    assert.is((call.failures[0] as { code?: string }).code, 'OVERFLOW');
    assert.equal(codes, ['OVERFLOW', 'OVERFLOW']);
    assert.is(booksOf(outgoing)['undelivered'], 2);
  });
}

test('complete() keeps what is queued and who waits, and lets the call finish after the last of them', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  outgoing.next('one');
  const two = outgoing.send('two');
  outgoing.complete();
  assert.is(outgoing.finished, false);
  assert.equal(call.sendAll(), ['one', 'two']);
  assert.is(await endOf(two), 'resolved');
  assert.is(outgoing.finished, true);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, sent: 2 });
});

test('complete() wakes a call that has nothing to write, so that it can half-close', () => {
  const outgoing = new Outgoing<string>();
  const call = fakeCall(outgoing);
  outgoing.complete();
  assert.is(call.woken, 1);
  assert.is(outgoing.finished, true);
});

test('what is queued when complete() is called outlives a break', () => {
  const outgoing = new Outgoing<string>();
  const call = fakeCall(outgoing);
  offerAll(outgoing, 'one', 'two');
  outgoing.complete();
  call.take();
  call.release();
  assert.equal(fakeCall(outgoing).sendAll(), ['two']);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, sent: 1, lost: 1 });
});

for (const end of ['complete', 'error'] as const) {
  test(`after ${end}() next is false, send is CLOSED, and both are rejected in the books and told`, async () => {
    const outgoing = new Outgoing<string>();
    const cause = new Error('enough');
    outgoing.next('zero');
    const call = fakeCall(outgoing);
    call.takeAll();
    const dropped = droppedFrom(outgoing);
    if (end === 'complete') outgoing.complete();
    else outgoing.error(cause);
    assert.is(outgoing.next('one'), false);
    const error = await errorFrom(outgoing.send('two'));
    assert.is(error.code, 'CLOSED');
    assert.is(error.cause, end === 'complete' ? undefined : cause);
    assert.equal(dropped, ['one rejected closed', 'two rejected closed']);
    assert.equal(booksOf(outgoing), { offered: 3, rejected: 2, accepted: 1, inFlight: 1 });
  });

  test(`${end}() completes closing$, at once and for those who come later`, () => {
    const outgoing = new Outgoing<string>();
    let completed = 0;
    outgoing.closing$.subscribe({ complete: () => void (completed += 1) });
    assert.is(completed, 0);
    if (end === 'complete') outgoing.complete();
    else outgoing.error(new Error('enough'));
    outgoing.closing$.subscribe({ complete: () => void (completed += 1) });
    assert.is(completed, 2);
  });
}

test('error() rejects who waits, makes what is queued undelivered, fails the call and tells all of it with its error', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const call = fakeCall(outgoing);
  const cause = new Error('enough');
  const errors = new Set<unknown>();
  const dropped = droppedFrom(outgoing);
  outgoing.dropped$.subscribe(({ error }) => errors.add(error));
  offerAll(outgoing, 'one', 'two');
  const three = outgoing.send('three');
  call.take();
  outgoing.error(cause);
  assert.is((await errorFrom(three)).cause, cause);
  assert.equal(call.failures, [cause]);
  assert.equal(booksOf(outgoing), { offered: 3, rejected: 1, accepted: 2, inFlight: 1, undelivered: 1 });
  call.release(cause);
  assert.equal(dropped, ['three rejected closed', 'two undelivered closed', 'one lost connection-lost']);
  assert.equal([...errors], [cause]);
  assert.equal(outgoing.failure, { error: cause });
});

test('error() after complete() still cancels, and only the first error counts', () => {
  const outgoing = new Outgoing<string>();
  const call = fakeCall(outgoing);
  outgoing.next('one');
  outgoing.complete();
  assert.is(outgoing.failure, undefined);
  outgoing.error('first');
  outgoing.error('second');
  assert.equal([call.failures, outgoing.failure], [['first'], { error: 'first' }]);
  assert.equal(booksOf(outgoing), { offered: 1, accepted: 1, undelivered: 1 });
});

test('taken$ gives each message once, in order, when it is handed to a call', () => {
  const outgoing = new Outgoing<string>();
  const taken: string[] = [];
  outgoing.taken$.subscribe((message) => taken.push(message));
  offerAll(outgoing, 'one', 'two', 'three');
  assert.equal(taken, []);
  const call = fakeCall(outgoing);
  call.take();
  call.take();
  assert.equal(taken, ['one', 'two']);
  call.release();
  fakeCall(outgoing).sendAll();
  assert.equal(taken, ['one', 'two', 'three']);
});

test('taken$, ready$ and busy$ complete when no more is taken and the last message has ended, not before', () => {
  const outgoing = new Outgoing<string>();
  const completed: string[] = [];
  for (const name of ['taken$', 'dropped$', 'ready$', 'busy$'] as const) {
    const stream$: Observable<unknown> = outgoing[name];
    stream$.subscribe({ complete: () => void completed.push(name) });
  }
  const call = fakeCall(outgoing);
  outgoing.next('one');
  outgoing.complete();
  call.take();
  assert.equal(completed, []);
  call.flushed();
  assert.equal(completed, ['taken$', 'ready$', 'busy$']);
});

for (const end of ['complete', 'error', 'cancel'] as const) {
  test(`${end}(): dropped$ stays open, and tells of what is refused afterwards`, async () => {
    const outgoing = new Outgoing<string>();
    const dropped = droppedFrom(outgoing);
    outgoing[end](new Error('enough'));
    assert.is(outgoing.next('one'), false);
    assert.is(await endOf(outgoing.send('two')), 'CLOSED');
    assert.equal(dropped, ['one rejected closed', 'two rejected closed']);
  });
}

test('what a call took that never came about is queued again before all else, and is told of once more when it is taken', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 4 });
  const call = fakeCall(outgoing);
  const steps: string[] = [];
  outgoing.offer('one', { ...following(steps), returned: () => void steps.push('returned') });
  offerAll(outgoing, 'two', 'three');
  call.take();
  call.take();
  call.release(new Error('no token'), true);
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, queued: 3 });
  outgoing.next('four');
  assert.equal(fakeCall(outgoing).sendAll(), ['one', 'two', 'three', 'four']);
  assert.equal(steps, ['accepted', 'taken', 'returned', 'taken', 'flushed']);
});

test('latest: what is queued again makes way for what has replaced it meanwhile', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 9, overflow: 'latest', key });
  const dropped = droppedFrom(outgoing);
  const call = fakeCall(outgoing);
  offerAll(outgoing, 'a1', 'b1');
  call.takeAll();
  offerAll(outgoing, 'a2', 'c1');
  call.takeAll();
  outgoing.next('b2');
  call.release(undefined, true);
  assert.equal(dropped.sort(), ['a1 dropped replaced', 'b1 dropped replaced']);
  assert.equal(fakeCall(outgoing).sendAll(), ['a2', 'c1', 'b2']);
});

test('a buffer that was cancelled or has failed queues nothing again', () => {
  for (const end of ['error', 'cancel'] as const) {
    const outgoing = new Outgoing<string>();
    const call = fakeCall(outgoing);
    outgoing.next('one');
    call.take();
    outgoing[end](new Error('enough'));
    call.release(undefined, true);
    assert.equal(booksOf(outgoing), { offered: 1, accepted: 1, lost: 1 });
  }
});

test('cancel() ends all that error() ends, tells the cause, and is no failure', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const dropped = droppedFrom(outgoing);
  const call = fakeCall(outgoing);
  const cause = new Error('closed by its owner');
  outgoing.next('one');
  const sending = outgoing.send('two');
  outgoing.cancel(cause);
  assert.is((await errorFrom(sending)).cause, cause);
  assert.match((await errorFrom(sending)).message, 'CLOSED: no more messages are taken: closed by its owner');
  assert.equal(dropped, ['two rejected closed', 'one undelivered closed']);
  assert.equal([call.failures, outgoing.failure, outgoing.closed], [[cause], undefined, true]);
  outgoing.error(new Error('too late'));
  assert.is(outgoing.failure, undefined);
  call.release();
  assert.throws(() => fakeCall(outgoing), /^CLOSED: /);
});

test('busy$ tells when the buffer begins to hold messages and when it holds none, once each', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  const busy: boolean[] = [];
  outgoing.busy$.subscribe((value) => busy.push(value));
  offerAll(outgoing, 'one', 'two');
  assert.equal([busy, outgoing.busy], [[true], true]);
  call.take();
  assert.equal(busy, [true]);
  call.flushed();
  assert.equal([busy, outgoing.busy], [[true, false], false]);
  outgoing.next('three');
  call.take();
  call.release();
  assert.equal(busy, [true, false, true, false]);
});

test('only one call at a time may take', () => {
  const outgoing = new Outgoing<string>();
  const call = fakeCall(outgoing);
  assert.throws(() => fakeCall(outgoing), /^BUSY: /);
  call.release();
  fakeCall(outgoing).release();
});

test('no call may take after error()', () => {
  const outgoing = new Outgoing<string>();
  outgoing.error('enough');
  assert.throws(() => fakeCall(outgoing), /^CLOSED: /);
});

test('a lease that is over takes nothing, flushes nothing, discards nothing and loses nothing', () => {
  const outgoing = new Outgoing<string>();
  const old = fakeCall(outgoing);
  offerAll(outgoing, 'one', 'two', 'three');
  old.take();
  old.release();
  const call = fakeCall(outgoing);
  const entry = call.take() as Entry<string>;
  assert.is(old.take(), undefined);
  old.flushed();
  old.discard(entry, new Error('stale'));
  old.release();
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, queued: 1, inFlight: 1, lost: 1 });
  const woken = old.woken;
  outgoing.next('four');
  assert.equal([old.woken, call.woken], [woken, 1]);
  assert.throws(() => fakeCall(outgoing), /^BUSY: /);
});

test('the live call is woken by every message that is queued', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  outgoing.next('one');
  assert.is(call.woken, 1);
  void outgoing.send('two');
  assert.is(call.woken, 1);
  call.take();
  call.flushed();
  assert.is(call.woken, 2);
});

test('one write may carry several messages, which are flushed together', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 4 });
  const call = fakeCall(outgoing);
  const ready = readyFrom(outgoing);
  offerAll(outgoing, 'one', 'two', 'three', 'four');
  call.takeAll();
  call.flushed(3);
  assert.equal([booksOf(outgoing), ready()], [{ offered: 4, accepted: 4, inFlight: 1, sent: 3 }, 1]);
});

test('a call that is ended by who is told of a flush flushes nothing of the call after it', () => {
  const outgoing = new Outgoing<string>();
  const first = fakeCall(outgoing);
  let second: FakeCall | undefined;
  outgoing.offer('one', {
    flushed: () => {
      first.release();
      second = fakeCall(outgoing);
      second.takeAll();
    },
    ended: () => undefined,
  });
  first.take();
  offerAll(outgoing, 'two');
  first.flushed(2);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, inFlight: 1, sent: 1 });
  assert.ok(second);
});

test('a message that is larger than what a call has room for stays where it is', () => {
  const outgoing = new Outgoing<string>({ sizeOf });
  const call = fakeCall(outgoing);
  offerAll(outgoing, 'three', 'one');
  assert.equal([call.take(4), call.take(5)?.message, call.take(3)?.message], [undefined, 'three', 'one']);
});

test('what was in flight when the call is released is lost, in order, with the cause, and never taken again', () => {
  const outgoing = new Outgoing<string>();
  const dropped = droppedFrom(outgoing);
  const causes: unknown[] = [];
  outgoing.dropped$.subscribe(({ error }) => causes.push(error));
  offerAll(outgoing, 'one', 'two', 'three');
  const call = fakeCall(outgoing);
  call.take();
  call.take();
  call.release('broken');
  assert.equal(dropped, ['one lost connection-lost', 'two lost connection-lost']);
  assert.equal(causes, ['broken', 'broken']);
  assert.equal(fakeCall(outgoing).sendAll(), ['three']);
});

test('a message that cannot be written is dropped alone', () => {
  const outgoing = new Outgoing<string>();
  const dropped = droppedFrom(outgoing);
  const call = fakeCall(outgoing);
  offerAll(outgoing, 'one', 'two');
  call.take();
  call.discard(call.take() as Entry<string>, new Error('bad'));
  call.flushed();
  assert.equal(dropped, ['two dropped unserialisable']);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, sent: 1, dropped: 1 });
});

test('a queued message can be withdrawn, one that was handed to a call cannot', () => {
  const outgoing = new Outgoing<string>();
  const dropped = droppedFrom(outgoing);
  const steps: string[] = [];
  const one = outgoing.offer('one', following(steps));
  const two = outgoing.offer('two', following(steps));
  fakeCall(outgoing).take();
  assert.equal([outgoing.withdraw(one), outgoing.withdraw(two), outgoing.withdraw(two)], [false, true, false]);
  assert.equal(dropped, ['two cancelled aborted']);
  assert.equal(steps, ['accepted', 'accepted', 'taken', 'two cancelled aborted']);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, inFlight: 1, cancelled: 1 });
});

test('a follower is told of each step of its message, and of its end only if it was not flushed', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const [one, two, three]: [string[], string[], string[]] = [[], [], []];
  outgoing.offer('one', following(one));
  outgoing.offer('two', following(two));
  outgoing.offer('three', following(three));
  assert.equal(three, []);
  const call = fakeCall(outgoing);
  call.takeAll();
  call.flushed();
  call.release();
  assert.equal(one, ['accepted', 'taken', 'flushed']);
  assert.equal(two, ['accepted', 'taken', 'two lost connection-lost']);
  assert.equal(three, ['accepted']);
});

test('a sender that was answered is not held in memory together with its message', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  const sends = [outgoing.send('at once'), outgoing.send('later')];
  assert.is(call.take()?.follower, undefined);
  call.flushed();
  const later = call.take();
  assert.equal([later?.message, later?.follower], ['later', undefined]);
  assert.equal(await Promise.all(sends.map(endOf)), ['resolved', 'resolved']);
});

test('A2: a subscriber that throws reaches neither the producer nor the books nor the other subscribers', async () => {
  const reported: unknown[] = [];
  config.onUnhandledError = (error) => void reported.push(error);
  try {
    const outgoing = new Outgoing<string>({ maxMessages: 2, overflow: 'drop-oldest' });
    const { taken$, dropped$, ready$, busy$ } = outgoing;
    for (const stream$ of [taken$, dropped$, ready$, busy$] as Observable<unknown>[]) {
      stream$.subscribe(() => {
        throw new Error('subscriber');
      });
    }
    const dropped = droppedFrom(outgoing);
    assert.equal(offerAll(outgoing, 'one', 'two', 'three'), [true, true, true]);
    assert.is(await endOf(outgoing.send('four')), 'resolved');
    assert.equal(fakeCall(outgoing).sendAll(), ['three', 'four']);
    assert.equal(dropped, ['one dropped overflow', 'two dropped overflow']);
    assert.equal(booksOf(outgoing), { offered: 4, accepted: 4, sent: 2, dropped: 2 });
    // RxJS reports by a timer: this one comes after those.
    await new Promise((resolve) => setTimeout(resolve));
    assert.is(reported.length, 7);
  } finally {
    config.onUnhandledError = null;
  }
});

test('a producer that brings more when it is told of a drop keeps the books and the bounds', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2, overflow: 'drop-oldest' });
  let more = 3;
  outgoing.dropped$.subscribe(() => {
    if (more-- > 0) outgoing.next(`more ${more}`);
    assert.equal(booksOf(outgoing)['queued'], 2);
  });
  offerAll(outgoing, 'one', 'two', 'three');
  assert.equal(booksOf(outgoing), { offered: 6, accepted: 6, queued: 2, dropped: 4 });
  assert.equal(fakeCall(outgoing).takeAll(), ['more 1', 'more 0']);
});

test('a producer that brings more when one is replaced keeps the books and the bounds', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2, overflow: 'latest', key });
  let more = 3;
  outgoing.dropped$.subscribe(({ message }) => {
    if (more-- > 0) outgoing.next(`${message}+`);
  });
  offerAll(outgoing, 'a', 'b', 'a1', 'c');
  assert.equal(booksOf(outgoing), { offered: 7, accepted: 7, queued: 2, dropped: 5 });
});

test('a producer that brings more when one is taken keeps the books and the order', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 3 });
  outgoing.taken$.subscribe((message) => {
    if (message.length < 3) offerAll(outgoing, `${message}x`, `${message}y`);
  });
  offerAll(outgoing, 'a', 'b');
  assert.equal(fakeCall(outgoing).sendAll(), ['a', 'b', 'ax', 'bx', 'axx', 'bxx']);
  const { offered, accepted, sent, rejected } = outgoing.stats();
  assert.equal([offered, accepted, sent, rejected], [10, 6, 6, 4]);
  booksOf(outgoing);
});

test('a producer that goes on when it is ready, inside ready$, fills the buffer again', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 4 });
  const call = fakeCall(outgoing);
  let at = 0;
  const produce = (): void => {
    while (at < 20 && !outgoing.full) outgoing.next(String(at++));
  };
  outgoing.ready$.subscribe(produce);
  produce();
  assert.equal(
    call.sendAll(),
    Array.from({ length: 20 }, (_, n) => String(n)),
  );
  assert.equal(booksOf(outgoing), { offered: 20, accepted: 20, sent: 20 });
});

test('a producer that brings more from busy$ is kept busy', () => {
  const outgoing = new Outgoing<string>();
  const busy: boolean[] = [];
  let more = 2;
  outgoing.busy$.subscribe((value) => {
    busy.push(value);
    if (!value && more-- > 0) outgoing.next('more');
  });
  outgoing.next('one');
  const call = fakeCall(outgoing);
  assert.equal(call.sendAll(), ['one', 'more', 'more']);
  assert.equal(busy, [true, false, true, false, true, false]);
});

test('a follower that brings more at each step keeps the books', () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const again = (message: string): (() => void) => {
    return () => void outgoing.next(message);
  };
  outgoing.offer('one', {
    accepted: again('on accepted'),
    taken: again('on taken'),
    flushed: again('on flushed'),
    ended: again('on end'),
  });
  const two = outgoing.offer('two', { ended: again('on end of two') });
  assert.is(outgoing.withdraw(two), true);
  assert.equal(fakeCall(outgoing).sendAll(), ['one', 'on accepted', 'on flushed']);
  booksOf(outgoing);
});

test('who opens the next call when told what was lost with the last one loses nothing of the next', () => {
  const outgoing = new Outgoing<string>();
  offerAll(outgoing, 'one', 'two', 'three');
  const call = fakeCall(outgoing);
  call.take();
  call.take();
  const dropped = droppedFrom(outgoing);
  const next: string[] = [];
  outgoing.dropped$.subscribe(() => {
    if (next.length === 0) next.push(...fakeCall(outgoing).takeAll());
  });
  call.release();
  assert.equal(next, ['three']);
  assert.equal(dropped, ['one lost connection-lost', 'two lost connection-lost']);
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, inFlight: 1, lost: 2 });
});

test('a call that is ended while taken$ tells of its message is given nothing to write', () => {
  const outgoing = new Outgoing<string>();
  const call = fakeCall(outgoing);
  outgoing.taken$.subscribe(() => call.release());
  outgoing.next('one');
  assert.is(call.take(), undefined);
  assert.equal(booksOf(outgoing), { offered: 1, accepted: 1, lost: 1 });
});

test('error() has emptied the buffer before it tells anybody', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const call = fakeCall(outgoing);
  const controller = new AbortController();
  const queued = outgoing.offer('one', following([]));
  outgoing.next('two');
  const sends = [outgoing.send('three'), outgoing.send('four', controller)];
  const dropped = droppedFrom(outgoing);
  outgoing.dropped$.subscribe(() => {
    controller.abort();
    assert.is(outgoing.withdraw(queued), false);
    assert.equal(call.takeAll(), []);
    outgoing.complete();
  });
  outgoing.error(new Error('enough'));
  assert.equal(await Promise.all(sends.map(endOf)), ['CLOSED', 'CLOSED']);
  assert.equal(
    dropped.map((words) => words.split(' ')[1]),
    ['rejected', 'rejected', 'undelivered', 'undelivered'],
  );
  assert.equal(booksOf(outgoing), { offered: 4, rejected: 2, accepted: 2, undelivered: 2 });
});

const badOptions: readonly (readonly [options: object, message: string])[] = [
  [{ maxMessages: 0 }, 'maxMessages must be a whole number of at least 1, or Infinity; got 0'],
  [{ maxMessages: '9' }, 'maxMessages must be a whole number of at least 1, or Infinity; got "9"'],
  [{ maxWaiting: -1 }, 'maxWaiting must be a whole number of at least 0, or Infinity; got -1'],
  [{ maxBytes: 1.5, sizeOf }, 'maxBytes must be a whole number of at least 1, or Infinity; got 1.5'],
  [{ maxBytes: 9 }, 'maxBytes must be left out without encode or sizeOf; got 9'],
  [{ fatal: 1 }, 'fatal must be true or false; got 1'],
  [{ encode: 'json' }, 'encode must be a function; got "json"'],
  [{ sizeOf: 3 }, 'sizeOf must be a function; got 3'],
  [
    { overflow: 'drop-latest' },
    'overflow must be one of "block", "error", "drop-newest", "drop-oldest", "latest"; got "drop-latest"',
  ],
  [{ overflow: 'latest' }, 'key must be a function; got undefined'],
];

for (const [options, message] of badOptions) {
  test(`a bad option is named, with what was expected and what came: ${message}`, () => {
    assert.throws(
      () => new Outgoing(options),
      (error: Error) => error.message === `BAD_OPTION: ${message}`,
    );
  });
}

for (const [what, message] of [
  ['null', null],
  ['undefined', undefined],
  ['a Promise', Promise.resolve('one')],
  ['an Observable', of('one')],
] as const) {
  test(`${what} is no message: it is refused alone, whether there is an encode or not`, async () => {
    for (const options of [{}, { encode: (text: string) => Buffer.from(text) }]) {
      const outgoing = new Outgoing<string>(options);
      const errors: unknown[] = [];
      outgoing.dropped$.subscribe(({ error }) => void errors.push((error as Error).message));
      const call = fakeCall(outgoing);
      assert.is(outgoing.next(message as unknown as string), false);
      assert.is(await endOf(outgoing.send(message as unknown as string)), 'UNSERIALISABLE');
      assert.equal(errors.length, 2);
      assert.match(errors[0] as string, `a message must not be ${what}`);
      assert.is(outgoing.next('two'), true);
      assert.equal(call.sendAll(), ['two']);
      assert.equal(booksOf(outgoing), { offered: 3, rejected: 2, accepted: 1, sent: 1 });
    }
  });
}

test('those who wait are bounded in bytes as well', async () => {
  const outgoing = new Outgoing<string>({ sizeOf, maxBytes: 4, maxWaitingBytes: 6 });
  const sends = ['four', 'five5', 'six', 'ten', '1'].map((message) => outgoing.send(message));
  assert.equal(await Promise.all(sends.map(endOf)), ['resolved', 'TOO_LARGE', 'waits', 'waits', 'OVERFLOW']);
  assert.is(outgoing.stats().bytes.waiting, 6);
  const usual = new Outgoing<string>({ sizeOf, maxBytes: 4 });
  const many = Array.from({ length: 18 }, () => usual.send('four'));
  assert.is((await Promise.all(many.map(endOf))).filter((end) => end === 'waits').length, 16);
});

test('an unreachable bound is as good as none', () => {
  for (const maxMessages of [Infinity, Number.MAX_SAFE_INTEGER]) {
    assert.is(new Outgoing<string>({ maxMessages }).next('one'), true);
  }
});

function keyOf(to: { id: number } | undefined): number {
  if (!to) throw new Error('to nobody');
  return to.id;
}

function readyFrom(outgoing: Outgoing<string>): () => number {
  let ready = 0;
  outgoing.ready$.subscribe(() => void (ready += 1));
  return () => ready;
}

function following(steps: string[]): Follower {
  return {
    accepted: () => void steps.push('accepted'),
    taken: () => void steps.push('taken'),
    flushed: () => void steps.push('flushed'),
    ended: (dropped) => void steps.push(wordsOf(dropped)),
  };
}

test.run();
