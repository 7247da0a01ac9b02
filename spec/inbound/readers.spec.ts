import { status } from '@grpc/grpc-js';
import { consume, iterate } from 'rxduplex';
import { Subject, ignoreElements } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { gateOf } from '../../lib/gate.js';
import { seen } from '../support/marbles.js';
import { ofDuplex, ofMessages, ofOn, ofServer } from '../support/numbered.js';
import type { Called, Numbered, OfRemote } from '../support/numbered.js';
import { stopAll, turns, until } from '../support/peer.js';

test.after.each(stopAll);

type Streams<N extends Numbered> = readonly (readonly [name: string, open: (handoverMs?: number) => Promise<N>])[];

const remotes: Streams<OfRemote> = [
  ["a Remote's on", ofOn],
  ["a Remote's messages$", ofMessages],
];
const called: Streams<Called> = [['duplex', ofDuplex], ...remotes];
const streams: Streams<Numbered> = [...called, ["a server's requests$", () => ofServer()]];

/** A reader and how it ended: an error, or `complete`. */
interface Reading {
  readonly ends: readonly unknown[];
  readonly leave: () => void;
}

type Handle = (value: number) => Promise<void>;
type Reader = (numbers$: Observable<number>, handle: Handle, signal?: AbortSignal) => Reading;

const consumed: Reader = (numbers$, handle) => {
  const { ends, stop } = seen(numbers$.pipe(consume(handle)));
  return { ends, leave: stop };
};

/** Keeps one value while it handles another. */
const iterated: Reader = (numbers$, handle, signal) => {
  const ends: unknown[] = [];
  const values = iterate(numbers$, { highWaterMark: 1, ...(signal && { signal }) });
  const loop = async (): Promise<void> => {
    for await (const value of values) await handle(value);
  };
  loop().then(
    () => ends.push('complete'),
    (error: unknown) => ends.push(error),
  );
  return { ends, leave: () => void values.return?.() };
};

/** Each with what it has at hand when the stream stands still. */
const readers: readonly (readonly [name: string, read: Reader, atHand: number])[] = [
  ['consume', consumed, 1],
  ['iterate', iterated, 2],
];

/** Work that is begun, and not finished before `go`; after that there is no more waiting. */
function work() {
  const given: number[] = [];
  let go: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const handle: Handle = async (value) => {
    given.push(value);
    await gone;
  };
  return { given, handle, go };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id);
const isHeld = ({ numbers$ }: Numbered): boolean => gateOf(numbers$)?.held === true;
const held = (of: Numbered): Promise<void> => until('the gate to be held', () => isHeld(of));

/** Enough for anything that may come to have come: it can make a fault go unseen, and nothing else. */
const quiet = (): Promise<void> => turns(40);

/** A reader which is at work on the first of so many values until `go`, and whose stream stands still meanwhile. */
async function busy(of: Numbered, read: Reader, count: number) {
  const { given, handle, go } = work();
  const { ends } = read(of.numbers$, handle);
  await of.say(count);
  await held(of);
  await quiet();
  return { given, ends, go };
}

for (const [stream, open] of streams) {
  for (const [reader, read] of readers) {
    test(`${stream}, by ${reader}: an OK end while it holds comes after all that was said before it`, async () => {
      await using of = await open();
      const { given, ends, go } = await busy(of, read, 200);
      of.end();
      await quiet();
      assert.equal([given, ends], [[0], []]);
      go();
      await until('the end', () => of.isOver(ends));
      assert.equal(given, upTo(200));
    });
  }
}

for (const [stream, open] of called) {
  for (const [reader, read] of readers) {
    test(`${stream}, by ${reader}: an error while it holds comes after what was readable`, async () => {
      await using of = await open();
      const { given, ends, go } = await busy(of, read, 10);
      of.fail();
      await quiet();
      assert.equal([given, ends], [[0], []]);
      go();
      await until('the end', () => ends.length > 0);
      assert.equal(given, upTo(10));
      assert.is((ends[0] as { code: unknown }).code, status.PERMISSION_DENIED);
    });
  }
}
for (const [reader, read, atHand] of readers) {
  test(`a server's requests$, by ${reader}: a cancel while it holds is told at once, after what is at hand`, async () => {
    await using of = await ofServer();
    const { given, ends, go } = await busy(of, read, 10);
    of.fail();
    await until('the gate to be let go', () => !isHeld(of));
    go();
    await until('the end', () => ends.length > 0);
    assert.equal(given, upTo(atHand));
    assert.is((ends[0] as { code: unknown }).code, 'CANCELLED');
  });
}

const failed = new Error('failed');
type Failing = (value: number) => Promise<never>;
const throws: Failing = () => {
  throw failed;
};
const rejects: Failing = () => Promise.reject(failed);

/** Waits with the first value until it is made to leave, and fails with the next. */
function failing(read: Reader, numbers$: Observable<number>, fail: Failing): Reading {
  const { handle, go } = work();
  const { ends } = read(numbers$, (value) => (value === 0 ? handle(value) : fail(value)));
  return { ends, leave: go };
}

/** Is left from without, while it is busy with the first value. */
function left(read: Reader, numbers$: Observable<number>, by: 'return' | 'abort'): Reading {
  const aborting = new AbortController();
  const { handle, go } = work();
  const { ends, leave } = read(numbers$, handle, aborting.signal);
  const leaveAndGo = (): void => {
    if (by === 'return') leave();
    else aborting.abort(failed);
    go();
  };
  return { ends, leave: leaveAndGo };
}

const neverIterated: Reader = (numbers$, _, signal) => {
  const values = iterate(numbers$, { ...(signal && { signal }) });
  return { ends: [], leave: () => void values.return?.() };
};

/** Readers that hold until they are made to leave, and what they are told then. */
const leavers: readonly (readonly [
  how: string,
  read: (numbers$: Observable<number>) => Reading,
  ...ends: unknown[],
])[] = [
  ['consume, unsubscribed', (numbers$) => left(consumed, numbers$, 'return')],
  ['consume, whose handler throws', (numbers$) => failing(consumed, numbers$, throws), failed],
  ['consume, whose handler rejects', (numbers$) => failing(consumed, numbers$, rejects), failed],
  ['iterate, left by return', (numbers$) => left(iterated, numbers$, 'return'), 'complete'],
  ['iterate, aborted', (numbers$) => left(iterated, numbers$, 'abort'), failed],
  ['iterate, whose loop throws', (numbers$) => failing(iterated, numbers$, rejects), failed],
  ['an iterator never iterated, left by return', (numbers$) => left(neverIterated, numbers$, 'return')],
  ['an iterator never iterated, aborted', (numbers$) => left(neverIterated, numbers$, 'abort')],
];

for (const [stream, open] of called) {
  for (const [how, read, ...told] of leavers) {
    test(`${stream}, by ${how}: the peer is held until then, and no longer`, async () => {
      await using of = await open();
      const { ends, leave } = read(of.numbers$);
      await of.say(1000);
      await held(of);
      await quiet();
      assert.equal([of.isReleased(), ends], [false, []]);
      leave();
      await until('the peer to be let go', () => of.isReleased());
      await until('the reader to be told', () => ends.length === told.length);
      assert.equal([ends, isHeld(of)], [told, false]);
    });
  }
}

for (const [how, read, ...told] of leavers) {
  test(`a server's requests$, by ${how}: the peer is held for the next reader, until the handler's result ends`, async () => {
    const over = new Subject<never>();
    await using of = await ofServer(() => over);
    const { ends, leave } = read(of.numbers$);
    await of.say(1000);
    await held(of);
    leave();
    await until('the reader to be told', () => ends.length === told.length);
    await quiet();
    assert.not(of.isReleased());
    over.complete();
    await until('the call to end', () => of.serving.stats().open === 0);
    assert.equal([ends, isHeld(of)], [told, false]);
  });
}

for (const [stream, open] of streams.slice(1)) {
  for (const [reader, read] of readers) {
    test(`${stream}, by ${reader}: who leaves while it holds takes nothing from who stays`, async () => {
      await using of = await open();
      const [leaves, stays] = [work(), work()];
      const { leave } = read(of.numbers$, leaves.handle);
      const { ends } = read(of.numbers$, stays.handle);
      await of.say(200);
      of.end();
      await held(of);
      stays.go();
      await quiet();
      assert.ok(isHeld(of) && stays.given.length < 200);
      leave();
      await until('the end', () => of.isOver(ends));
      assert.equal([leaves.given, stays.given], [[0], upTo(200)]);
    });
  }
}

for (const [reader, read] of readers) {
  test(`a server's requests$, by ${reader}: a late subscriber is given all that was said before`, async () => {
    await using of = await ofServer();
    await of.say(1000);
    await quiet();
    assert.not(of.isReleased());
    const { given, handle, go } = work();
    const { ends } = read(of.numbers$, handle);
    go();
    of.end();
    await until('the end', () => of.isOver(ends));
    assert.equal(given, upTo(1000));
  });

  for (const [stream, open] of remotes) {
    test(`${stream}, by ${reader}: what comes before there is a subscriber holds nobody up, and a late one has the rest`, async () => {
      await using of = await open();
      void of.connect();
      await of.say(1000);
      await until('all to be read', () => of.isReleased());
      const { given, handle, go } = work();
      read(of.numbers$, handle);
      go();
      await of.say(200);
      await until('the rest', () => given.length === 200);
      assert.equal(given, upTo(1200).slice(1000));
    });

    test(`${stream}, by ${reader}: a gate held from the beginning keeps all for a late subscriber`, async () => {
      await using of = await open();
      const letGo = gateOf(of.numbers$)?.hold();
      void of.connect();
      await of.say(200);
      await quiet();
      const { given, handle, go } = work();
      read(of.numbers$, handle);
      go();
      await quiet();
      assert.equal(given, []);
      letGo?.();
      await until('all', () => given.length === 200);
      assert.equal(given, upTo(200));
    });
  }
}

for (const [stream, open] of remotes) {
  for (const [reader, read, atHand] of readers) {
    test(`${stream}, by ${reader}: a close while it holds gives it all and is confirmed, if it lets go in time`, async () => {
      await using of = await open();
      const { given, ends, go } = await busy(of, read, 200);
      const closing = of.close(Infinity);
      await quiet();
      assert.equal([given, ends], [[0], []]);
      go();
      assert.ok((await closing).confirmed);
      await until('the end', () => ends.length > 0);
      assert.equal([given, ends], [upTo(200), ['complete']]);
    });

    test(`${stream}, by ${reader}: a close while it holds settles without it, and what it has at hand is given`, async () => {
      await using of = await open();
      const { given, ends, go } = await busy(of, read, 200);
      assert.not((await of.close(20)).confirmed);
      assert.equal([given, ends], [[0], []]);
      go();
      await until('the end', () => ends.length > 0);
      assert.equal([given, ends], [upTo(atHand), ['complete']]);
    });
  }
}

for (const [stream, open] of called) {
  for (const [reader, read, atHand] of readers) {
    test(`${stream}, by ${reader}: a renewal while it holds loses nothing, if it lets go in time`, async () => {
      await using of = await open();
      const { given, ends, go } = await busy(of, read, 200);
      of.renew();
      await quiet();
      assert.equal([of.calls.length, given, ends], [1, [0], []]);
      go();
      await until('the next call', () => of.calls.length === 2);
      await of.say(200);
      await until('all', () => given.length === 400);
      assert.equal([given, ends], [upTo(400), []]);
    });

    test(`${stream}, by ${reader}: a renewal while it holds goes on without it, and what it has at hand comes first`, async () => {
      await using of = await open(20);
      const { given, ends, go } = await busy(of, read, 200);
      of.renew();
      await until('the next call', () => of.calls.length === 2);
      await of.say(200);
      await quiet();
      assert.equal([given, ends], [[0], []]);
      go();
      await until('the rest', () => given.at(-1) === 399);
      assert.equal([given, ends], [[...upTo(atHand), ...upTo(400).slice(200)], []]);
    });
  }
}

for (const [reader, read, atHand] of readers) {
  test(`a server's requests$, by ${reader}: a drain while it holds settles when what it has at hand is done`, async () => {
    const over = new Subject<never>();
    await using of = await ofServer(() => over);
    const { given, ends, go } = await busy(of, read, 200);
    let drained = false;
    const draining = of.serving.drain({ graceMs: Infinity }).then(() => (drained = true));
    await quiet();
    assert.equal([given, ends, drained], [[0], [], false]);
    go();
    await until('the end', () => ends.length > 0);
    over.complete();
    await draining;
    assert.equal([given, ends], [upTo(atHand), ['complete']]);
  });

  test(`a server's requests$, by ${reader}: a drain while it holds settles after its grace, whatever it does`, async () => {
    await using of = await ofServer();
    const { given, ends, go } = await busy(of, read, 200);
    await of.serving.drain({ graceMs: 20 });
    await until('the call to end', () => of.serving.stats().open === 0);
    assert.is(of.serving.stats().failed, 1);
    go();
    await until('the end', () => ends.length > 0);
    assert.equal([given, ends], [upTo(atHand), ['complete']]);
  });
}

for (const fail of [throws, rejects]) {
  test(`a server's handler that answers by consume or iterate ends its call when the work ${fail.name}`, async () => {
    const handlers: readonly ((numbers$: Observable<number>) => ObservableInput<never>)[] = [
      (numbers$) => numbers$.pipe(consume(fail), ignoreElements()),
      async function* (numbers$) {
        for await (const value of iterate(numbers$)) yield await fail(value);
      },
    ];
    for (const handler of handlers) {
      await using of = await ofServer(handler);
      await of.say(1000);
      await until('the call to fail', () => of.serving.stats().failed === 1);
      await until('the gate to be let go', () => !isHeld(of));
    }
  });
}

test.run();
