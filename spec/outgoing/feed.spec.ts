import { getEventListeners } from 'node:events';

import { NEVER, Observable, Subject, concat, from, of, tap, throwError } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Outgoing } from '../../lib/outgoing/outgoing.js';
import { booksOf, droppedFrom, endOf, errorFrom, fakeCall } from '../support/told.js';

test('an Observable delivers what an array delivers: under block its messages wait for room', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const dropped = droppedFrom(outgoing);
  const feeding = outgoing.feed(of('one', 'two', 'three', 'four'));
  assert.is(await endOf(feeding), 'waits');
  assert.is(outgoing.stats().waiting, 2);
  assert.equal(fakeCall(outgoing).sendAll(), ['one', 'two', 'three', 'four']);
  assert.equal(await feeding, { taken: 4, refused: 0 });
  assert.equal(dropped, []);
});

for (const [name, options, waiting] of [
  ['maxWaiting', { maxMessages: 2, maxWaiting: 3 }, 3],
  ['maxWaitingBytes', { maxMessages: 2, sizeOf: () => 10, maxWaitingBytes: 25 }, 2],
] as const) {
  test(`an Observable whose messages would wait beyond ${name} is left, and its feed rejects with OVERFLOW`, async () => {
    const outgoing = new Outgoing<string>(options);
    const dropped = droppedFrom(outgoing);
    const emitted: string[] = [];
    const source = from(numbers(9)).pipe(tap((value) => void emitted.push(value)));
    assert.is(await endOf(outgoing.feed(source)), 'OVERFLOW');
    assert.is(outgoing.stats().waiting, waiting);
    assert.equal(emitted, numbers(waiting + 3));
    assert.equal(dropped, [`${waiting + 2} rejected overflow`]);
    // What waits already is still sent.
    assert.equal(fakeCall(outgoing).sendAll(), numbers(waiting + 2));
  });
}

test('error: an Observable that is faster than the buffer takes is left, and its feed rejects with OVERFLOW', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2, overflow: 'error' });
  assert.is(await endOf(outgoing.feed(from(numbers(9)))), 'OVERFLOW');
  assert.equal(booksOf(outgoing), { offered: 3, rejected: 1, accepted: 2, queued: 2 });
});

for (const [overflow, report, sent] of [
  ['drop-newest', { taken: 2, refused: 7 }, ['0', '1']],
  ['drop-oldest', { taken: 9, refused: 0 }, ['7', '8']],
] as const) {
  test(`${overflow}: the feed of an Observable loses what the strategy drops, and tells how many were taken`, async () => {
    const outgoing = new Outgoing<string>({ maxMessages: 2, overflow });
    assert.equal(await outgoing.feed(from(numbers(9))), report);
    assert.equal(fakeCall(outgoing).sendAll(), sent);
  });
}

test('feed settles when an Observable completes, not before', async () => {
  const outgoing = new Outgoing<string>();
  const source = new Subject<string>();
  const feeding = outgoing.feed(source);
  source.next('one');
  assert.is(await endOf(feeding), 'waits');
  source.complete();
  assert.is(await endOf(feeding), 'resolved');
});

test('an iterable is asked for its next value only when there is room for the one before', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  const call = fakeCall(outgoing);
  const source = counting(9);
  const feeding = outgoing.feed(source);
  assert.is(await endOf(feeding), 'waits');
  // Two are queued and one waits for room.
  assert.is(source.pulls, 3);
  call.take();
  assert.is(await endOf(feeding), 'waits');
  assert.is(source.pulls, 3);
  call.flushed();
  assert.is(await endOf(feeding), 'waits');
  assert.is(source.pulls, 4);
  const { waiting } = outgoing.stats();
  assert.is(waiting, 1);
});

for (const options of [
  { overflow: 'block' },
  { overflow: 'error' },
  { overflow: 'drop-newest' },
  { overflow: 'drop-oldest' },
  { overflow: 'latest', key: (message: string) => message },
] as const) {
  test(`${options.overflow}: an iterable loses no message, though the buffer is full most of the time`, async () => {
    const outgoing = new Outgoing<string>({ maxMessages: 2, ...options });
    const dropped = droppedFrom(outgoing);
    const call = fakeCall(outgoing);
    const feeding = outgoing.feed(counting(20));
    const sent: string[] = [];
    while ((await endOf(feeding)) === 'waits') sent.push(...call.sendAll());
    sent.push(...call.sendAll());
    assert.equal(sent, numbers(20));
    assert.equal(dropped, []);
  });
}

test('an async iterable is asked for its next value only when there is room for the one before', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  let given = 0;
  async function* source(): AsyncGenerator<string> {
    for (; given < 3; given++) {
      await Promise.resolve();
      yield String(given);
    }
  }
  const call = fakeCall(outgoing);
  const feeding = outgoing.feed(source());
  assert.is(await endOf(feeding), 'waits');
  assert.is(given, 1);
  assert.equal(call.sendAll(), ['0', '1']);
  assert.is(await endOf(feeding), 'resolved');
  assert.equal(call.sendAll(), ['2']);
});

test('an array, a Set, a generator, a readable stream and a promise are sources too', async () => {
  const outgoing = new Outgoing<string>();
  function* generator(): Generator<string> {
    yield 'three';
  }
  const stream = ReadableStream.from(['four']);
  for (const source of [['one'], new Set(['two']), generator(), stream, Promise.resolve('five')]) {
    assert.equal(await outgoing.feed(source as Iterable<string>), { taken: 1, refused: 0 });
  }
  assert.equal(fakeCall(outgoing).takeAll(), ['one', 'two', 'three', 'four', 'five']);
});

test('what a promise gives is looked at as the source itself would have been', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 2 });
  async function* generator(): AsyncGenerator<string> {
    yield 'e';
    await Promise.resolve();
    yield 'f';
  }
  const call = fakeCall(outgoing);
  const sent: string[] = [];
  for (const source of [['a', 'b', 'c'], of('d'), generator(), 'g']) {
    const feeding = outgoing.feed(Promise.resolve(source as string[]));
    while ((await endOf(feeding)) === 'waits') sent.push(...call.sendAll());
    sent.push(...call.sendAll());
  }
  assert.equal(sent, ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

test('an abort ends a feed whose promise never settles, and one that settles afterwards is not subscribed to', async () => {
  const outgoing = new Outgoing<string>();
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  let give: (source: Observable<string>) => void = () => undefined;
  const promise = new Promise<Observable<string>>((resolve) => (give = resolve));
  const feeding = outgoing.feed(promise, controller);
  controller.abort(reason);
  assert.is(await errorFrom(feeding), reason);
  let subscribed = false;
  give(new Observable(() => void (subscribed = true)));
  await endOf(promise);
  assert.is(subscribed, false);
});

for (const [what, source] of [
  ['a message', { beat: {} }],
  ['a text', 'one'],
  [
    'a function that was not called',
    function* () {
      yield 'one';
    },
  ],
  ['nothing', undefined],
] as const) {
  test(`${what} is no source: feed throws BAD_OPTION at once`, () => {
    const outgoing = new Outgoing<string>();
    assert.throws(() => void outgoing.feed(source as unknown as string[]), /^BAD_OPTION: source must be an Observable/);
  });
}

test('a source that is empty settles the feed and leaves no message', async () => {
  const outgoing = new Outgoing<string>();
  await Promise.all([outgoing.feed([]), outgoing.feed(from([]))]);
  assert.equal(booksOf(outgoing), {});
});

test('a feed that has ended leaves nothing on its signal', async () => {
  const outgoing = new Outgoing<string>();
  const { signal } = new AbortController();
  await outgoing.feed(['one'], { signal });
  await outgoing.feed(of('two'), { signal });
  assert.equal(getEventListeners(signal, 'abort'), []);
});

test('A3: a source that completes while it is being subscribed leaves its messages waiting, and they are delivered', () => {
  const outgoing = new Outgoing<number>();
  from([1, 2, 3]).subscribe(outgoing);
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, queued: 3 });
  const taken: number[] = [];
  const lease = outgoing.lease({ wake: () => undefined, fail: () => undefined });
  for (let entry = lease.take(); entry; entry = lease.take()) taken.push(entry.message);
  assert.equal(taken, [1, 2, 3]);
  assert.is(outgoing.finished, true);
});

test('A7: the first of several sources to complete completes an observer, but not what it is fed into', async () => {
  const observer = new Outgoing<string>();
  of('one').subscribe(observer);
  of('two').subscribe(observer);
  assert.equal(fakeCall(observer).takeAll(), ['one']);

  const fed = new Outgoing<string>();
  await Promise.all([fed.feed(of('one')), fed.feed(of('two')), fed.feed(['three'])]);
  assert.is(fed.closed, false);
  assert.equal(fakeCall(fed).takeAll(), ['one', 'two', 'three']);
});

test('A2: a feed whose source fails rejects with its error, and throws into nobody', async () => {
  const outgoing = new Outgoing<string>();
  const error = new Error('no more');
  async function* failing(): AsyncGenerator<string> {
    yield 'two';
    await Promise.resolve();
    throw error;
  }
  assert.is(
    await errorFrom(
      outgoing.feed(
        concat(
          of('one'),
          throwError(() => error),
        ),
      ),
    ),
    error,
  );
  assert.is(await errorFrom(outgoing.feed(failing())), error);
  assert.is(await errorFrom(outgoing.feed(Promise.reject(error))), error);
  assert.is(outgoing.closed, false);
  assert.equal(fakeCall(outgoing).takeAll(), ['one', 'two']);
});

test('a source that cannot even be asked rejects the feed', async () => {
  const outgoing = new Outgoing<string>();
  const error = new Error('no iterator');
  const source = {
    [Symbol.iterator](): Iterator<string> {
      throw error;
    },
  };
  assert.is(await errorFrom(outgoing.feed(source)), error);
});

test('a message that is refused alone does not end the feed', async () => {
  const encode = (message: string): Uint8Array => {
    if (message === 'bad') throw new Error('bad');
    return Buffer.from(message);
  };
  for (const source of [['one', 'bad', 'too-large', 'two'], of('one', 'bad', 'too-large', 'two')]) {
    const outgoing = new Outgoing<string>({ encode, maxBytes: 6 });
    const dropped = droppedFrom(outgoing);
    assert.equal(await outgoing.feed(source), { taken: 2, refused: 2 });
    assert.equal(dropped, ['bad rejected unserialisable', 'too-large rejected too-large']);
    assert.equal(fakeCall(outgoing).takeAll(), ['one', 'two']);
  }
});

test('a feed that may not wait rejects with OVERFLOW, and its source is told', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1, maxWaiting: 0 });
  const source = counting(9);
  assert.is(await endOf(outgoing.feed(source)), 'OVERFLOW');
  assert.equal([source.pulls, source.returns], [2, 1]);
});

test('an abort before the feed begins takes nothing from the source', async () => {
  const outgoing = new Outgoing<string>();
  const reason = new Error('changed my mind');
  const source = counting(9);
  let subscribed = false;
  const observable = new Observable<string>(() => {
    subscribed = true;
  });
  for (const given of [source, observable]) {
    assert.is(await errorFrom(outgoing.feed(given, { signal: AbortSignal.abort(reason) })), reason);
  }
  assert.equal([source.pulls, source.returns, subscribed], [0, 0, false]);
});

test('an abort ends the feed of an Observable that gives nothing, and unsubscribes', async () => {
  const outgoing = new Outgoing<string>();
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  let unsubscribed = 0;
  const source = new Observable<string>(() => () => void (unsubscribed += 1));
  const feeding = outgoing.feed(source, controller);
  assert.is(await endOf(feeding), 'waits');
  controller.abort(reason);
  assert.is(await errorFrom(feeding), reason);
  assert.is(unsubscribed, 1);
});

test('an abort ends the feed of an async iterable that gives nothing, whose return() is called once', async () => {
  const outgoing = new Outgoing<string>();
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  let returns = 0;
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: () => {
        returns += 1;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  const feeding = outgoing.feed(source, controller);
  assert.is(await endOf(feeding), 'waits');
  controller.abort(reason);
  assert.is(await errorFrom(feeding), reason);
  assert.is(returns, 1);
});

test('an abort ends the feed of a source that aborts it itself and then gives nothing', async () => {
  const outgoing = new Outgoing<string>();
  const controller = new AbortController();
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        controller.abort();
        return new Promise(() => undefined);
      },
    }),
  };
  assert.is((await errorFrom(outgoing.feed(source, controller))).name, 'AbortError');
});

test('an abort takes back the message that waits for room, tells it, and calls return() once', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const dropped = droppedFrom(outgoing);
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const source = counting(9);
  const feeding = outgoing.feed(source, controller);
  assert.is(await endOf(feeding), 'waits');
  controller.abort(reason);
  assert.is(await errorFrom(feeding), reason);
  assert.equal(dropped, ['1 rejected aborted']);
  assert.is(source.returns, 1);
  assert.equal(booksOf(outgoing), { offered: 2, rejected: 1, accepted: 1, queued: 1 });
});

test('what a source gave before an abort is taken or told, never lost in silence', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const controller = new AbortController();
  const source = counting(9);
  const call = fakeCall(outgoing);
  const feeding = outgoing.feed(source, controller);
  assert.is(await endOf(feeding), 'waits');
  // The waiting message gets in, and before its feed hears of it the feed is aborted.
  call.take();
  call.flushed();
  controller.abort();
  assert.is((await errorFrom(feeding)).name, 'AbortError');
  assert.equal([source.pulls, booksOf(outgoing)['offered']], [2, 2]);
});

test('return() is not called on a source that has ended', async () => {
  const outgoing = new Outgoing<string>();
  const source = counting(3);
  await outgoing.feed(source);
  assert.equal([source.pulls, source.returns], [4, 0]);
});

test('return() is not called on a source that threw when it was asked', async () => {
  const outgoing = new Outgoing<string>();
  const error = new Error('no more');
  let returns = 0;
  const iterator = {
    next: (): never => {
      throw error;
    },
    return: () => {
      returns += 1;
      return { done: true as const, value: undefined };
    },
  };
  assert.is(await errorFrom(outgoing.feed({ [Symbol.iterator]: () => iterator })), error);
  const rejecting = {
    next: () => Promise.reject(error),
    return: () => Promise.resolve(iterator.return()),
  };
  assert.is(await errorFrom(outgoing.feed({ [Symbol.asyncIterator]: () => rejecting })), error);
  assert.is(returns, 0);
});

test('a return() that throws changes nothing about the end of the feed', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const iterator = {
    next: () => ({ done: false as const, value: 'again' }),
    return: (): never => {
      throw new Error('no way');
    },
  };
  const feeding = outgoing.feed({ [Symbol.iterator]: () => iterator }, controller);
  assert.is(await endOf(feeding), 'waits');
  controller.abort(reason);
  assert.is(await errorFrom(feeding), reason);
});

test('a feed into a closed buffer is CLOSED and takes nothing from the source', async () => {
  const outgoing = new Outgoing<string>();
  outgoing.complete();
  const source = counting(9);
  assert.is(await endOf(outgoing.feed(source)), 'CLOSED');
  assert.is(await endOf(outgoing.feed(NEVER)), 'CLOSED');
  assert.equal([source.pulls, source.returns], [0, 0]);
});

for (const [end, outcome] of [
  ['complete', 'resolved'],
  ['cancel', 'resolved'],
  ['error', 'CLOSED'],
] as const) {
  test(`${end}() ends the feeds of sources that give nothing: ${outcome}`, async () => {
    const outgoing = new Outgoing<string>();
    async function* never(): AsyncGenerator<string> {
      yield 'one';
      await new Promise(() => undefined);
    }
    const feeds = [outgoing.feed(NEVER), outgoing.feed(never()), outgoing.feed(new Promise<string>(() => undefined))];
    assert.equal(await Promise.all(feeds.map(endOf)), ['waits', 'waits', 'waits']);
    outgoing[end](new Error('enough'));
    assert.equal(await Promise.all(feeds.map(endOf)), [outcome, outcome, outcome]);
    assert.equal(booksOf(outgoing)['offered'], 1);
  });
}

/** A feed whose second message waits for room. */
async function waitingFeed() {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const dropped = droppedFrom(outgoing);
  const source = counting(9);
  const feeding = outgoing.feed(source);
  assert.is(await endOf(feeding), 'waits');
  return { outgoing, dropped, source, feeding };
}

test('complete() lets the message that waits for room be sent, asks for no other, and the feed resolves', async () => {
  const { outgoing, dropped, source, feeding } = await waitingFeed();
  outgoing.complete();
  assert.is(await endOf(feeding), 'waits');
  assert.equal(fakeCall(outgoing).sendAll(), ['0', '1']);
  assert.equal(await feeding, { taken: 2, refused: 0 });
  assert.equal([dropped, source.pulls, source.returns], [[], 2, 1]);
});

test('cancel() refuses the messages that wait for room, and the feeds resolve with their numbers', async () => {
  const { outgoing, dropped, source, feeding } = await waitingFeed();
  const pushing = outgoing.feed(of('a', 'b'));
  outgoing.cancel();
  assert.equal(
    [await feeding, await pushing],
    [
      { taken: 1, refused: 1 },
      { taken: 0, refused: 2 },
    ],
  );
  assert.equal(dropped, ['1 rejected closed', 'a rejected closed', 'b rejected closed', '0 undelivered closed']);
  assert.equal([source.pulls, source.returns], [2, 1]);
});

test('error() refuses the messages that wait for room, and the feeds are CLOSED, with its reason', async () => {
  const { outgoing, dropped, source, feeding } = await waitingFeed();
  const pushing = outgoing.feed(of('a', 'b'));
  const reason = new Error('enough');
  outgoing.error(reason);
  for (const feed of [feeding, pushing]) {
    const error = await errorFrom(feed);
    assert.equal([error.message, error.cause], ['CLOSED: no more messages are taken: enough', reason]);
  }
  assert.equal(dropped, ['1 rejected closed', 'a rejected closed', 'b rejected closed', '0 undelivered closed']);
  assert.equal([source.pulls, source.returns], [2, 1]);
});

test('a buffer that fails after it was completed makes the feed whose messages still wait fail too', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const feeding = outgoing.feed(of('a', 'b'));
  outgoing.complete();
  assert.is(await endOf(feeding), 'waits');
  outgoing.error(new Error('enough'));
  assert.is(await endOf(feeding), 'CLOSED');
});

test('an abort takes back all messages of an Observable that wait, and no other', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const dropped = droppedFrom(outgoing);
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const other = outgoing.feed(of('a', 'b'));
  const feeding = outgoing.feed(concat(of('c', 'd'), NEVER), controller);
  controller.abort(reason);
  assert.is(await errorFrom(feeding), reason);
  assert.equal(dropped, ['c rejected aborted', 'd rejected aborted']);
  assert.equal(fakeCall(outgoing).sendAll(), ['a', 'b']);
  assert.equal(await other, { taken: 2, refused: 0 });
});

test('several feeds and senders share the room in the order in which they came', async () => {
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  const call = fakeCall(outgoing);
  const feeds = [outgoing.feed(['a1', 'a2', 'a3']), outgoing.feed(['b1', 'b2', 'b3'])];
  await Promise.all(feeds.map(endOf));
  const sending = outgoing.send('c');
  const sent: string[] = [];
  while ((await Promise.all([...feeds, sending].map(endOf))).includes('waits')) {
    sent.push(call.take()?.message ?? 'nothing');
    call.flushed();
  }
  sent.push(...call.sendAll());
  assert.equal(sent, ['a1', 'b1', 'a2', 'c', 'b2', 'a3', 'b3']);
});

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

interface Counting extends Iterable<string> {
  readonly pulls: number;
  readonly returns: number;
}

/** An iterable of `0`, `1` … that counts how often it is asked, and how often told that no more is wanted. */
function counting(length: number): Counting {
  const counts = { pulls: 0, returns: 0 };
  const iterator: Iterator<string> = {
    next: () => {
      const value = String(counts.pulls++);
      return counts.pulls > length ? { done: true, value: undefined } : { done: false, value };
    },
    return: () => {
      counts.returns += 1;
      return { done: true, value: undefined };
    },
  };
  return Object.defineProperties({ [Symbol.iterator]: () => iterator } as Counting, {
    pulls: { get: () => counts.pulls },
    returns: { get: () => counts.returns },
  });
}

test.run();
