import { EventEmitter } from 'node:events';

import { Outgoing } from 'rxduplex';
import type { OutgoingOptions } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Joining } from '../../lib/wire/joining.js';
import type { Packing } from '../../lib/wire/joining.js';
import { Pump } from '../../lib/wire/pump.js';
import type { Sender } from '../../lib/wire/pump.js';
import { booksOf } from '../support/told.js';

/** What a message is: so many bytes. */
type Message = number;

const overhead = 5;
const maxBytes = 100;

/** Several messages in one write are written as a list of them. */
const listing: Packing<Message> = { overhead, pack: (_, entries) => entries.map(({ message }) => message) };

/** A call that flushes when it is told to. */
class FakeSender extends EventEmitter implements Sender {
  readonly written: unknown[] = [];
  readonly #callbacks: ((error?: Error | null) => void)[] = [];

  write(chunk: unknown, flushed: (error?: Error | null) => void): void {
    this.written.push(chunk);
    this.#callbacks.push(flushed);
  }

  flush(error?: Error): void {
    this.#callbacks.shift()?.(error);
  }
}

/** A pump of messages that are written as themselves, and packed as lists of them unless they are not to be. */
function pumping(
  packing: Packing<Message> | undefined,
  options: Partial<OutgoingOptions<Message>> = {},
  chunk: (message: Message) => unknown = (message) => message,
  joining = new Joining(maxBytes, false),
) {
  const outgoing = new Outgoing<Message>({ sizeOf: (message) => message, ...options } as OutgoingOptions<Message>);
  const call = new FakeSender();
  let finished = 0;
  const pump = new Pump(outgoing, {
    chunk: ({ message }) => chunk(message),
    joining,
    finish: () => (finished += 1),
    failed: () => undefined,
  });
  if (packing) pump.packBy(packing);
  return { outgoing, call, pump, finished: () => finished };
}

/** What is written after a first message, if so many wait by then. */
function writtenAfterFirst(...messages: Message[]): unknown[] {
  const { outgoing, call, pump } = pumping(listing);
  pump.start(call);
  outgoing.next(1);
  for (const message of messages) outgoing.next(message);
  for (let left = messages.length; left >= 0; left -= 1) call.flush();
  assert.equal(booksOf(outgoing), {
    offered: messages.length + 1,
    accepted: messages.length + 1,
    sent: messages.length + 1,
  });
  return call.written.slice(1);
}

test('what has gathered goes together, and a lone message by itself and at once', () => {
  const { outgoing, call, pump } = pumping(listing);
  pump.start(call);
  for (const message of [1, 2, 3, 4]) outgoing.next(message);
  assert.equal(call.written, [1]);
  call.flush();
  assert.equal(call.written, [1, [2, 3, 4]]);
  outgoing.next(5);
  call.flush();
  assert.equal(call.written, [1, [2, 3, 4], 5]);
});

test('a write has at most maxBytes, with the overhead of each message, and all of them if it is given', () => {
  const half = maxBytes / 2 - overhead;
  assert.equal(writtenAfterFirst(half, half), [[half, half]]);
  assert.equal(writtenAfterFirst(half + 1, half), [half + 1, half]);
  assert.equal(writtenAfterFirst(half, half + 1), [half, half + 1]);
  const fifth = maxBytes / 5 - overhead;
  assert.equal(writtenAfterFirst(...Array<number>(10).fill(fifth)), [Array(5).fill(fifth), Array(5).fill(fifth)]);
  assert.equal(writtenAfterFirst(fifth, fifth, fifth, fifth, fifth + 1), [[fifth, fifth, fifth, fifth], fifth + 1]);
  const none = Array<number>(maxBytes / overhead).fill(0);
  assert.equal(writtenAfterFirst(...none, 0, 0), [none, [0, 0]]);
});

test('a message that is larger than a write goes by itself, in its turn', () => {
  assert.equal(writtenAfterFirst(3, maxBytes + 1, 4, 5), [3, maxBytes + 1, [4, 5]]);
  assert.equal(writtenAfterFirst(maxBytes - overhead, 0), [maxBytes - overhead, 0]);
});

test('messages in bytes are measured by those, whatever the buffer measures', () => {
  const { outgoing, call, pump } = pumping(listing, { sizeOf: () => 1 }, (size) => Buffer.alloc(size));
  pump.start(call);
  for (const message of [1, 45, 45, 45]) outgoing.next(message);
  call.flush();
  call.flush();
  assert.equal(call.written, [Buffer.alloc(1), [45, 45], Buffer.alloc(45)]);
});

test('without a packing each message is a write, and one write is on its way at a time', () => {
  const { outgoing, call, pump } = pumping(undefined);
  pump.start(call);
  for (const message of [1, 2, 3]) outgoing.next(message);
  assert.equal(call.written, [1]);
  call.flush();
  assert.equal(call.written, [1, 2]);
  pump.stop();
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, sent: 1, lost: 1, queued: 1 });
});

for (const nothing of [undefined, null]) {
  test(`what is serialised to ${String(nothing)} is dropped and told, and the messages after it are written`, () => {
    const { outgoing, call, pump } = pumping(undefined, {}, (message) => (message === 1 ? nothing : message));
    const dropped: string[] = [];
    outgoing.dropped$.subscribe(({ reason, error }) => dropped.push(`${reason} ${String(error)}`));
    pump.start(call);
    for (const message of [1, 2]) outgoing.next(message);
    assert.equal(call.written, [2]);
    assert.equal(dropped, [`unserialisable TypeError: a message was serialised to ${String(nothing)}`]);
    const together = pumping({ overhead, pack: () => nothing });
    together.pump.start(together.call);
    for (const message of [1, 2, 3]) together.outgoing.next(message);
    together.call.flush();
    together.outgoing.next(4);
    assert.equal(together.call.written, [1, 4]);
    assert.equal(booksOf(together.outgoing), { offered: 4, accepted: 4, sent: 1, dropped: 2, inFlight: 1 });
  });
}

test('what a call refuses to write is dropped and told, nothing is thrown into the producer, and the next is written', () => {
  const { outgoing, call, pump } = pumping(undefined);
  const dropped: string[] = [];
  outgoing.dropped$.subscribe(({ reason, error }) => dropped.push(`${reason} ${(error as Error).message}`));
  pump.start({
    write: (chunk, flushed) => {
      if (chunk === 1) throw new Error('no such chunk');
      call.write(chunk, flushed);
    },
  });
  outgoing.next(1);
  outgoing.next(2);
  assert.equal([call.written, dropped], [[2], ['unserialisable no such chunk']]);
  assert.equal(booksOf(outgoing), { offered: 2, accepted: 2, dropped: 1, inFlight: 1 });
});

test('all messages of a write are sent when it is flushed, and lost when it is not', () => {
  const { outgoing, call, pump } = pumping(listing);
  const lost: Message[] = [];
  outgoing.dropped$.subscribe(({ message }) => lost.push(message));
  pump.start(call);
  for (const message of [1, 2, 3, 4]) outgoing.next(message);
  call.flush();
  assert.equal(booksOf(outgoing), { offered: 4, accepted: 4, sent: 1, inFlight: 3 });
  outgoing.next(5);
  pump.stop();
  assert.equal(booksOf(outgoing), { offered: 5, accepted: 5, sent: 1, lost: 3, queued: 1 });
  assert.equal(lost, [2, 3, 4]);
  call.flush();
  assert.equal(booksOf(outgoing), { offered: 5, accepted: 5, sent: 1, lost: 3, queued: 1 });
});

test('a write that failed settles nothing: its messages are in flight until the call is over', () => {
  const { outgoing, call, pump } = pumping(listing);
  pump.start(call);
  for (const message of [1, 2, 3]) outgoing.next(message);
  call.flush();
  call.flush(new Error('broken'));
  outgoing.next(4);
  assert.equal(booksOf(outgoing), { offered: 4, accepted: 4, sent: 1, inFlight: 2, queued: 1 });
  assert.equal(call.written, [1, [2, 3]]);
});

test('it carries several only while several are on their way in one write', () => {
  const { outgoing, call, pump } = pumping(listing);
  pump.start(call);
  assert.not(pump.carriesSeveral);
  for (const message of [1, 2, 3]) outgoing.next(message);
  assert.not(pump.carriesSeveral);
  call.flush();
  assert.ok(pump.carriesSeveral);
  call.flush();
  assert.not(pump.carriesSeveral);
  outgoing.next(4);
  assert.not(pump.carriesSeveral);
});

/** Messages as bytes, which are coalesced as soon as grpc-js has framed the first of them as expected. */
const inBytes = (joining: Joining = new Joining(maxBytes, true)) =>
  pumping(undefined, {}, (size) => Buffer.alloc(size, size), joining);

/** What grpc-js does with what it is given to write. */
function frame(chunk: unknown): Buffer {
  const { length } = chunk as Buffer;
  const output = Buffer.alloc(length + 5);
  output.writeUInt32BE(length, 1);
  (chunk as Buffer).copy(output, 5);
  return output;
}

test('once a first message was framed as expected the next ones go together, each with its prefix', () => {
  const { outgoing, call, pump } = inBytes();
  pump.start(call);
  for (const message of [1, 2, 3]) outgoing.next(message);
  assert.is(call.written.length, 1);
  const frames = [1, 2, 3].map((size) => frame(Buffer.alloc(size, size)));
  assert.equal(frame(call.written[0]), frames[0]);
  call.flush();
  assert.is(call.written.length, 2);
  assert.equal(frame(call.written[1]), Buffer.concat(frames.slice(1)));
});

test('envelopes that were agreed on before the first message was flushed are not given up for that', () => {
  const { outgoing, call, pump } = inBytes();
  pump.start(call);
  for (const message of [1, 2, 3]) outgoing.next(message);
  frame(call.written[0]);
  pump.packBy(listing);
  call.flush();
  assert.equal(call.written[1], [2, 3]);
});

test('where joining has ended every message goes alone', () => {
  const joining = new Joining(maxBytes, true);
  joining.end('limit');
  const { outgoing, call, pump } = inBytes(joining);
  pump.start(call);
  for (const message of [1, 2, 3]) outgoing.next(message);
  call.flush();
  call.flush();
  assert.equal(
    call.written,
    [1, 2, 3].map((size) => Buffer.alloc(size, size)),
  );
});

test('what producers bring who are told of room, as a write is flushed, goes together', () => {
  const { outgoing, call, pump } = pumping(listing, { maxMessages: 4 });
  pump.start(call);
  for (const message of [1, 2, 3, 4]) outgoing.next(message);
  outgoing.ready$.subscribe(() => {
    for (const message of [5, 6, 7]) outgoing.next(message);
  });
  call.flush();
  assert.equal(call.written, [1, [2, 3, 4]]);
  call.flush();
  assert.equal(call.written, [1, [2, 3, 4], [5, 6, 7]]);
});

test('messages that cannot be packed are dropped and told, and what comes after them goes on', () => {
  let fails = true;
  const { outgoing, call, pump } = pumping({
    overhead,
    pack: (chunks, entries) => {
      if (fails) throw new Error('no envelope');
      return listing.pack(chunks, entries);
    },
  });
  const told: string[] = [];
  outgoing.dropped$.subscribe(({ message, reason, error }) => {
    told.push(`${message} ${reason} ${(error as Error).message}`);
    fails = false;
  });
  pump.start(call);
  const half = maxBytes / 2 - overhead;
  for (const message of [1, half, half, 2, 3]) outgoing.next(message);
  call.flush();
  assert.equal(
    told,
    [half, half].map((message) => `${message} unserialisable no envelope`),
  );
  assert.equal(call.written, [1, [2, 3]]);
  call.flush();
  assert.equal(booksOf(outgoing), { offered: 5, accepted: 5, sent: 3, dropped: 2 });
});

test('however many messages cannot be packed, all are dropped and the stream goes on', () => {
  const count = 100_000;
  const { outgoing, call, pump } = pumping(
    {
      overhead,
      pack: () => {
        throw new Error('no envelope');
      },
    },
    { maxMessages: count + 1, maxBytes: 1 << 30 },
  );
  pump.start(call);
  const half = maxBytes / 2 - overhead;
  outgoing.next(1);
  for (let left = count; left > 0; left -= 1) outgoing.next(half);
  call.flush();
  assert.equal(booksOf(outgoing), { offered: count + 1, accepted: count + 1, sent: 1, dropped: count });
  outgoing.next(2);
  assert.equal(call.written, [1, 2]);
});

test('a message that cannot be written is dropped from among those it would have gone with', () => {
  const { outgoing, call, pump } = pumping(listing, {}, (message) => {
    if (message === 3) throw new Error('unwritable');
    return message;
  });
  pump.start(call);
  for (const message of [1, 2, 3, 4]) outgoing.next(message);
  call.flush();
  assert.equal(call.written, [1, [2, 4]]);
  call.flush();
  assert.equal(booksOf(outgoing), { offered: 4, accepted: 4, sent: 3, dropped: 1 });
});

test('who ends the call as a message of a write is taken gets that write never made, and all of it lost', () => {
  const { outgoing, call, pump } = pumping(listing);
  outgoing.taken$.subscribe((message) => {
    if (message === 3) pump.stop();
  });
  pump.start(call);
  for (const message of [1, 2, 3, 4]) outgoing.next(message);
  call.flush();
  assert.equal(call.written, [1]);
  assert.equal(booksOf(outgoing), { offered: 4, accepted: 4, sent: 1, lost: 2, queued: 1 });
});

test('a packing that comes while a single write is on its way takes what has gathered by then', () => {
  const { outgoing, call, pump } = pumping(undefined);
  pump.start(call);
  for (const message of [1, 2, 3]) outgoing.next(message);
  pump.packBy(listing);
  assert.equal(call.written, [1]);
  call.flush();
  assert.equal(call.written, [1, [2, 3]]);
  call.flush();
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, sent: 3 });
});

test('it half-closes once, after the last write, and takes nothing when it has left', () => {
  const completed = pumping(listing);
  completed.pump.start(completed.call);
  for (const message of [1, 2, 3]) completed.outgoing.next(message);
  completed.outgoing.complete();
  assert.is(completed.finished(), 0);
  completed.call.flush();
  assert.equal([completed.call.written, completed.finished()], [[1, [2, 3]], 1]);
  completed.call.flush();
  assert.is(completed.finished(), 1);

  const left = pumping(listing);
  left.pump.start(left.call);
  for (const message of [1, 2, 3]) left.outgoing.next(message);
  left.pump.leave();
  left.call.flush();
  assert.equal([left.call.written, left.finished()], [[1], 1]);
  assert.equal(booksOf(left.outgoing), { offered: 3, accepted: 3, sent: 1, queued: 2 });
});

test.run();
