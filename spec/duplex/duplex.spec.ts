import { Metadata, status } from '@grpc/grpc-js';
import { Outgoing, RxDuplexError, bidi, duplex } from 'rxduplex';
import type { Dropped, Gate, OpenContext } from 'rxduplex';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { EMPTY, Observable, config, from, ignoreElements, lastValueFrom, map, toArray } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { fakeOpen } from '../support/fake-call.js';
import { FakeTime } from '../support/fake-time.js';
import { seen } from '../support/marbles.js';
import { barePeer, beat, clientOf, echo, stopAll, turns, until } from '../support/peer.js';
import { booksOf } from '../support/told.js';

test.after.each(stopAll);

const codeOfEnd = ({ ends }: { readonly ends: readonly unknown[] }): unknown => (ends[0] as { code?: unknown }).code;

test('messages go to a bare grpc-js server and come back, in order, and completion passes both ways', async () => {
  const peer = await barePeer(echo);
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  from(Array.from({ length: 500 }, (_, id) => beat(id))).subscribe(outgoing);
  const replies = await lastValueFrom(
    duplex(open, outgoing).pipe(
      map(({ id }) => Number(id)),
      toArray(),
    ),
  );
  assert.equal(
    replies,
    Array.from({ length: 500 }, (_, id) => id),
  );
  assert.equal(booksOf(outgoing), { offered: 500, accepted: 500, sent: 500 });
});

test('a plain function that opens a call is an Open, and writes objects', async () => {
  const peer = await barePeer(echo);
  const client = peer.client();
  const outgoing = new Outgoing<PeerRequest>();
  from([beat(1), beat(2)]).subscribe(outgoing);
  const replies = await lastValueFrom(duplex(() => client.exchange(), outgoing).pipe(toArray()));
  assert.equal(
    replies.map(({ id }) => id),
    ['1', '2'],
  );
});

test('nothing is opened before it is subscribed to, and one call is opened for each subscription', () => {
  const { open, calls } = fakeOpen<string, string>();
  const call$ = duplex(open, new Outgoing<string>());
  assert.is(calls.length, 0);
  call$.subscribe().unsubscribe();
  call$.subscribe().unsubscribe();
  assert.is(calls.length, 2);
});

test('a subscriber that is closed already opens nothing', () => {
  const { open, calls } = fakeOpen<string, string>();
  new Observable<string>((subscriber) => {
    subscriber.unsubscribe();
    duplex(open, new Outgoing<string>()).subscribe(subscriber);
  }).subscribe();
  assert.is(calls.length, 0);
});

test('a late callback of a dead call does not open it', () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  outgoing.next('a');
  let opened = 0;
  seen(duplex(open, outgoing, { onOpen: () => (opened += 1) }));
  calls[0]?.finish(status.UNAVAILABLE);
  calls[0]?.flush();
  assert.is(opened, 0);
});

test('a second call for the same Outgoing fails with BUSY, is not opened, and leaves the first alone', () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  const first = seen(duplex(open, outgoing));
  const second = seen(duplex(open, outgoing));
  assert.is(codeOfEnd(second), 'BUSY');
  assert.is(calls.length, 1);
  calls[0]?.reply('still here');
  assert.equal(first.values, ['still here']);
});

test('unsubscribing cancels the call once and emits nothing', async () => {
  const { open, calls } = fakeOpen<string, string>();
  const stream = seen(duplex(open, new Outgoing<string>()));
  stream.stop();
  calls[0]?.reply('late');
  await turns(2);
  assert.is(calls[0]?.cancelled, 1);
  assert.equal([stream.values, stream.ends], [[], []]);
  assert.equal(calls[0]?.faults, []);
});

test('an OK completes and cancels nothing', async () => {
  const { open, calls } = fakeOpen<string, string>();
  const stream = seen(duplex(open, new Outgoing<string>()));
  calls[0]?.finish(status.OK);
  await turns(2);
  assert.equal(stream.ends, ['complete']);
  assert.is(calls[0]?.cancelled, 0);
});

test('R2: what is still readable after an error comes before it', () => {
  const { open, calls } = fakeOpen<string, string>();
  const stream = seen(duplex(open, new Outgoing<string>()));
  calls[0]?.reply('one');
  calls[0]?.finish(status.UNAVAILABLE, 'gone', ['two', 'three']);
  assert.equal(stream.values, ['one', 'two', 'three']);
  assert.is(codeOfEnd(stream), status.UNAVAILABLE);
});

test('R2: the last replies of a real server come before its error', async () => {
  const peer = await barePeer((call) => {
    for (let id = 0; id < 10; id += 1) call.write({ id });
    setTimeout(() => call.emit('error', { code: status.ABORTED, details: 'enough' }), 20);
  });
  const open = bidi(peer.client(), 'exchange');
  const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })));
  await until('the end', () => stream.ends.length > 0);
  assert.is(stream.values.length, 10);
  assert.is(codeOfEnd(stream), status.ABORTED);
});

test("E4: the status decides, and grpc-js's own error is what is told", async () => {
  const peer = await barePeer((call) => {
    call.emit('error', { code: status.FAILED_PRECONDITION, details: 'not so', metadata: new Metadata() });
  });
  const open = bidi(peer.client(), 'exchange');
  const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })));
  await until('the end', () => stream.ends.length > 0);
  const [error] = stream.ends as [{ code: number; details: string }];
  assert.is(stream.ends.length, 1);
  assert.is(error.code, status.FAILED_PRECONDITION);
  assert.is(error.details, 'not so');
  assert.not(RxDuplexError.is(error));
});

test('W2: a dead call is never written into, and its late callbacks settle nothing', async () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  const dropped: Dropped<string>[] = [];
  outgoing.dropped$.subscribe((one) => dropped.push(one));
  seen(duplex(open, outgoing));
  outgoing.next('a');
  outgoing.next('b');
  calls[0]?.flush();
  calls[0]?.finish(status.UNAVAILABLE, 'gone');
  calls[0]?.flush();
  outgoing.next('c');
  await turns(1);
  assert.equal(calls[0]?.faults, []);
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, queued: 1, sent: 1, lost: 1 });
  assert.equal(
    dropped.map(({ message, outcome, reason }) => [message, outcome, reason]),
    [['b', 'lost', 'connection-lost']],
  );
});

test('W2: what is offered while the rest of a dead call is read waits for the next call', () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  duplex(open, outgoing).subscribe({ next: (message) => outgoing.next(message), error: () => undefined });
  calls[0]?.finish(status.UNAVAILABLE, 'gone', ['one', 'two']);
  assert.equal(calls[0]?.faults, []);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, queued: 2 });
});

test('W2: a callback of one call does not settle a message of the next', () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  seen(duplex(open, outgoing));
  outgoing.next('a');
  calls[0]?.finish(status.UNAVAILABLE);
  seen(duplex(open, outgoing));
  outgoing.next('b');
  calls[0]?.flush();
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, inFlight: 1, lost: 1 });
  calls[1]?.flush();
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, sent: 1, lost: 1 });
});

test('W3: it writes once, and again when that has been flushed, so that the call never has too much', () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  seen(duplex(open, outgoing));
  for (let count = 0; count < 100; count += 1) outgoing.next(String(count));
  assert.is(calls[0]?.written.length, 1);
  calls[0]?.flush();
  assert.is(calls[0]?.written.length, 2);
  for (let count = 0; count < 100; count += 1) calls[0]?.flush();
  assert.is(calls[0]?.written.length, 100);
  assert.equal(booksOf(outgoing), { offered: 100, accepted: 100, sent: 100 });
});

test('E3: a cancelled call keeps its error listener, so that the process lives', async () => {
  const { open, calls } = fakeOpen<string, string>();
  seen(duplex(open, new Outgoing<string>())).stop();
  await until('the late error', () => calls[0]?.ended === true);
  assert.ok((calls[0]?.listenerCount('error') ?? 0) > 0);
});

test('E3: a call that is made only after nobody wants it is cancelled, with a listener', async () => {
  const { open, calls } = fakeOpen<string, string>();
  const late = duplex<string, string>(async (context) => {
    await turns(2);
    return open(context);
  }, new Outgoing<string>());
  seen(late).stop();
  await until('the late call', () => calls[0]?.ended === true);
  assert.is(calls[0]?.cancelled, 1);
  assert.equal(calls[0]?.faults, []);
});

test('E2: unsubscribing ends the call on the server', async () => {
  let cancelled = 0;
  const peer = await barePeer((call) => {
    call.on('cancelled', () => (cancelled += 1));
    call.sendMetadata(new Metadata());
  });
  const open = bidi(peer.client(), 'exchange');
  let opened = false;
  const stream = duplex(open, new Outgoing<PeerRequest>({ encode: open.encode }), { onOpen: () => (opened = true) });
  const subscription = stream.subscribe();
  await until('the call to open', () => opened);
  subscription.unsubscribe();
  await until('the server to be told', () => cancelled === 1);
});

test('E2: unsubscribing in the turn in which the call was made ends it on the server as well', async () => {
  let open = 0;
  const peer = await barePeer((call) => {
    open += 1;
    call.sendMetadata(new Metadata());
    call.on('data', () => undefined);
    call.on('cancelled', () => (open -= 1));
  });
  const client = peer.client();
  const opening = bidi(client, 'exchange');
  await new Promise((resolve) => {
    client.waitForReady(Date.now() + 5000, resolve);
  });
  for (let count = 0; count < 20; count += 1) {
    const outgoing = new Outgoing<PeerRequest>({ encode: opening.encode });
    outgoing.next(beat(count));
    seen(duplex(opening, outgoing)).stop();
  }
  await turns(50);
  await until('all calls to end', () => open === 0);
});

test('E5: a CANCELLED that is not our own is an error like any other', async () => {
  const peer = await barePeer((call) => {
    call.sendMetadata(new Metadata());
    setTimeout(() => {
      peer.server.forceShutdown();
    }, 20);
  });
  const open = bidi(peer.client(), 'exchange');
  const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })));
  await until('the end', () => stream.ends.length > 0);
  assert.ok([status.CANCELLED, status.UNAVAILABLE].some((code) => code === codeOfEnd(stream)));
});

test('E1: initial metadata opens the call, before any message', async () => {
  const peer = await barePeer((call) => call.sendMetadata(new Metadata()));
  const open = bidi(peer.client(), 'exchange');
  const peers: string[] = [];
  const stream = seen(
    duplex(open, new Outgoing<PeerRequest>({ encode: open.encode }), { onOpen: (at) => peers.push(at) }),
  );
  await until('the call to open', () => peers.length > 0);
  assert.equal(peers, [`127.0.0.1:${String(peer.port)}`]);
  stream.stop();
});

test('E11: with a server that says nothing, the flush of the first write opens the call', async () => {
  const peer = await barePeer(() => undefined);
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  let opened = 0;
  const stream = seen(duplex(open, outgoing, { onOpen: () => (opened += 1) }));
  await turns(50);
  assert.is(opened, 0);
  outgoing.next(beat(1));
  await until('the call to open', () => opened === 1);
  stream.stop();
});

test('E11: a server that sends no metadata until its first message is served all the same', async () => {
  const peer = await barePeer((call) => {
    call.on('data', ({ id }: { id: string }) => Number(id) === 99 && call.write({ id }));
    call.on('end', () => call.end());
  });
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  from(Array.from({ length: 100 }, (_, id) => beat(id))).subscribe(outgoing);
  const replies = await lastValueFrom(duplex(open, outgoing).pipe(toArray()));
  assert.equal(
    replies.map(({ id }) => id),
    ['99'],
  );
});

test('E10: a stream above max_concurrent_streams waits, and the open timeout says so', async () => {
  const peer = await barePeer((call) => call.sendMetadata(new Metadata()), { 'grpc.max_concurrent_streams': 1 });
  const open = bidi(peer.client(), 'exchange');
  let opened = false;
  const first = seen(
    duplex(open, new Outgoing<PeerRequest>({ encode: open.encode }), { onOpen: () => (opened = true) }),
  );
  await until('the first to open', () => opened);
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const second = seen(duplex(open, outgoing, { openTimeoutMs: 50 }));
  await until('the second to give up', () => second.ends.length > 0);
  assert.is(codeOfEnd(second), 'OPEN_TIMEOUT');
  assert.equal(first.ends, []);
  first.stop();
});

test('an attempt towards a peer that is down takes no message with it', async () => {
  const peer = await barePeer(echo);
  peer.stop();
  const client = clientOf(peer.port);
  const open = bidi(client, 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  for (let id = 0; id < 10; id += 1) outgoing.next(beat(id));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const stream = seen(duplex(open, outgoing));
    await until('the attempt to fail', () => stream.ends.length > 0);
    assert.is(codeOfEnd(stream), status.UNAVAILABLE);
  }
  assert.equal(booksOf(outgoing), { offered: 10, accepted: 10, queued: 10 });
  client.close();
});

test('what is queued when a call dies is written to the next, once and in order', () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  seen(duplex(open, outgoing));
  for (const message of 'abcdef') outgoing.next(message);
  calls[0]?.flush();
  calls[0]?.finish(status.UNAVAILABLE);
  seen(duplex(open, outgoing));
  for (let count = 0; count < 6; count += 1) calls[1]?.flush();
  assert.equal([calls[0]?.written.join(''), calls[1]?.written.join('')], ['ab', 'cdef']);
  assert.equal(booksOf(outgoing), { offered: 6, accepted: 6, sent: 5, lost: 1 });
});

test('complete drains the queue before the half-close; an empty Outgoing is half-closed at once', () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  seen(duplex(open, outgoing));
  for (const message of 'abc') outgoing.next(message);
  outgoing.complete();
  assert.is(calls[0]?.halfClosed, false);
  for (let count = 0; count < 3; count += 1) calls[0]?.flush();
  assert.is(calls[0]?.halfClosed, true);
  assert.equal(calls[0]?.faults, []);

  const empty = new Outgoing<string>();
  EMPTY.subscribe(empty);
  seen(duplex(open, empty));
  assert.is(calls[1]?.halfClosed, true);
});

test('an Outgoing that ends with an error cancels the call, and the stream fails with CLOSED and the cause', async () => {
  const { open, calls } = fakeOpen<string, string>();
  const outgoing = new Outgoing<string>();
  const stream = seen(duplex(open, outgoing));
  outgoing.next('a');
  outgoing.next('b');
  const cause = new Error('the producer is broken');
  outgoing.error(cause);
  const [error] = stream.ends as [RxDuplexError];
  assert.is(error.code, 'CLOSED');
  assert.is(error.cause, cause);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, lost: 1, undelivered: 1 });
  await turns(2);
  assert.is(calls[0]?.cancelled, 1);
});

test('a failing Open is a failed attempt: its own errors pass, any other becomes OPEN_FAILED with the cause', async () => {
  const cause = new Error('no such client');
  const thrown = seen(
    duplex<string, string>(() => {
      throw cause;
    }, new Outgoing<string>()),
  );
  assert.is(codeOfEnd(thrown), 'OPEN_FAILED');
  assert.is((thrown.ends[0] as RxDuplexError).cause, cause);
  const rejected = seen(duplex<string, string>(() => Promise.reject(cause), new Outgoing<string>()));
  await turns(1);
  assert.is(codeOfEnd(rejected), 'OPEN_FAILED');
  const grpc = Object.assign(new Error('later'), { code: status.UNAVAILABLE, details: 'later' });
  const foreign = Object.assign(new Error('not authorized'), { code: 13 });
  const passed = seen(duplex<string, string>(() => Promise.reject(grpc), new Outgoing<string>()));
  await turns(1);
  assert.is(passed.ends[0], grpc);
  const wrapped = seen(duplex<string, string>(() => Promise.reject(foreign), new Outgoing<string>()));
  await turns(1);
  assert.is(codeOfEnd(wrapped), 'OPEN_FAILED');
  assert.is((wrapped.ends[0] as Error).message, 'OPEN_FAILED: the call could not be opened: not authorized');
});

test('the signal of an attempt is aborted when the call is no longer wanted', async () => {
  let aborted = false;
  const stream = seen(
    duplex<string, string>(({ signal }) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    }, new Outgoing<string>()),
  );
  assert.not(aborted);
  stream.stop();
  await turns(1);
  assert.ok(aborted);
});

test('a bad openTimeoutMs is refused at the door', () => {
  const { open } = fakeOpen<string, string>();
  assert.throws(
    () => duplex(open, new Outgoing<string>(), { openTimeoutMs: -1 }),
    /BAD_OPTION: openTimeoutMs must be .* got -1/,
  );
});

test('a gate that is none is refused at the door', () => {
  const { open } = fakeOpen<string, string>();
  const gate = 'none' as unknown as Gate;
  assert.throws(() => duplex(open, new Outgoing<string>(), { gate }), /BAD_OPTION: gate must be a Gate; got "none"/);
});

test('A3: a producer that completed before the subscription still has its messages delivered', async () => {
  const peer = await barePeer(echo);
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  from([beat(1), beat(2), beat(3)]).subscribe(outgoing);
  const replies: PeerReply__Output[] = await lastValueFrom(duplex(open, outgoing).pipe(toArray()));
  assert.is(replies.length, 3);
});

test('a server whose streams end when they are half-closed shuts down by itself', async () => {
  const peer = await barePeer(echo);
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const ended = lastValueFrom(duplex(open, outgoing).pipe(ignoreElements()), { defaultValue: 'ended' });
  outgoing.next(beat(1));
  await until('the message to be sent', () => outgoing.stats().sent === 1);
  const down = new Promise<void>((resolve) => {
    peer.server.tryShutdown(() => {
      resolve();
    });
  });
  outgoing.complete();
  assert.is(await ended, 'ended');
  await down;
});

test('an onOpen that throws is reported as a subscriber that throws is, and the call goes on', async () => {
  const unhandled: unknown[] = [];
  config.onUnhandledError = (error) => void unhandled.push(error);
  const { open, calls } = fakeOpen<string, string>();
  const mistake = new Error('a mistake');
  const onOpen = (): never => {
    throw mistake;
  };
  const stream = seen(duplex(open, new Outgoing<string>(), { onOpen }));
  calls[0]?.metadata();
  calls[0]?.reply('a');
  await new Promise((resolve) => setTimeout(resolve));
  config.onUnhandledError = null;
  assert.equal([unhandled, stream.values, stream.ends], [[mistake], ['a'], []]);
});

test('by default metadata or a call that never comes fails in 20 s, and a silent peer that is connected never does', () => {
  using time = new FakeTime();
  const never = seen(duplex<string, string>(() => new Promise(() => undefined), new Outgoing<string>()));
  const { open, calls } = fakeOpen<string, string>();
  const silent = seen(duplex(open, new Outgoing<string>()));
  let connected: () => void = () => undefined;
  const waiting = Object.assign(() => open({} as OpenContext), {
    whenConnected: (_: unknown, listener: () => void) => {
      connected = listener;
      return () => undefined;
    },
  });
  const away = seen(duplex(waiting, new Outgoing<string>()));
  const late = seen(duplex(waiting, new Outgoing<string>()));
  time.advance(19_999);
  assert.equal([never.ends, away.ends, late.ends], [[], [], []]);
  connected();
  time.advance(1);
  for (const { ends } of [never, away]) assert.is((ends[0] as RxDuplexError).code, 'OPEN_TIMEOUT');
  assert.match(String(never.ends[0]), 'no call could be made in 20000 ms');
  time.advance(1_000_000);
  assert.equal([late.ends, silent.ends], [[], []]);
  assert.is(calls.length, 3);
  for (const { stop } of [late, silent]) stop();
});

test('an openTimeoutMs that is given covers a silent peer as well', () => {
  using time = new FakeTime();
  const { open } = fakeOpen<string, string>();
  const silent = seen(duplex(open, new Outgoing<string>(), { openTimeoutMs: 50 }));
  time.advance(50);
  assert.match(String(silent.ends[0]), 'OPEN_TIMEOUT: no sign of the peer in 50 ms');
});

test.run();
