import { compressionAlgorithms } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { Outgoing, bidi, duplex } from 'rxduplex';
import type { Coalesce, Open, Wire } from 'rxduplex';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { lastValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Joined, Joint } from '../../lib/wire/coalesce.js';
import { seen } from '../support/marbles.js';
import { barePeer, beat, clientOf, echo, stopAll, until } from '../support/peer.js';
import { seeded } from '../support/seed.js';
import { booksOf } from '../support/told.js';
import { framesOf, wireServer } from '../support/wire.js';

test.after.each(stopAll);

/** What grpc-js's filter does with a serialised message. */
function frame(message: Buffer | Joined): Buffer {
  const output = Buffer.allocUnsafe(message.length + 5);
  output.writeUInt8(0, 0);
  output.writeUInt32BE(message.length, 1);
  message.copy(output, 5);
  return output;
}

test('a batch is framed as its messages would be, one after the other, whatever their sizes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 40 }), (arrays) => {
      const messages = arrays.map((bytes) => Buffer.from(bytes));
      const batch = new Joined(messages);
      assert.is(batch.byteLength, batch.length);
      const expected = Buffer.concat(messages.map((message) => frame(message)));
      assert.equal(frame(batch), expected);
      assert.equal(frame(batch), expected, 'framing it again, as a transparent retry does, changes nothing');
    }),
    seeded({ numRuns: 500 }),
  );
});

test('the probe is the message itself, and is proven only by the framing that is leant on', () => {
  const message = Buffer.from('some message');
  const proven = (use: (probe: Buffer) => void): boolean => {
    const joint = new Joint();
    use(joint.probe(message));
    return joint.proven;
  };
  assert.equal(Buffer.from(new Joint().probe(message)), message);
  assert.ok(proven((probe) => frame(probe)));
  assert.not(proven(() => undefined));
  assert.not(proven((probe) => Buffer.concat([Buffer.alloc(5), probe])));
  // Each of these differs from what is leant on in one thing.
  const into = ({ flag = 0, length = message.length, size = message.length + 5 }): Buffer => {
    const target = Buffer.alloc(size);
    target[0] = flag;
    target.writeUInt32BE(length, 1);
    return target;
  };
  assert.ok(proven((probe) => probe.copy(into({}), 5)));
  assert.not(proven((probe) => probe.copy(into({}), 4)));
  assert.not(proven((probe) => probe.copy(into({}), 5, 0)));
  assert.not(proven((probe) => probe.copy(into({ flag: 1 }), 5)));
  assert.not(proven((probe) => probe.copy(into({ length: message.length + 1 }), 5)));
  assert.not(proven((probe) => probe.copy(into({ size: message.length + 6 }), 5)));
});

/** An Open whose writes are counted. */
function counted(open: Open<PeerRequest, PeerReply__Output>): [Open<PeerRequest, PeerReply__Output>, () => number] {
  let writes = 0;
  const counting = (context: Parameters<typeof open>[0]): ClientDuplexStream<PeerRequest, PeerReply__Output> => {
    const call = open(context) as ClientDuplexStream<PeerRequest, PeerReply__Output>;
    const write = call.write.bind(call) as (...args: unknown[]) => boolean;
    call.write = (...args: unknown[]) => {
      writes += 1;
      return write(...args);
    };
    return call;
  };
  return [Object.assign(counting, open), () => writes];
}

async function writesOf(count: number, coalesce: Coalesce | false, wire: Wire = 'bytes'): Promise<number> {
  const peer = await barePeer(echo);
  const [open, writes] = counted(bidi(peer.client(), 'exchange', { wire }));
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode ?? (() => Buffer.alloc(0)), maxMessages: count });
  for (let id = 0; id < count; id += 1) outgoing.next(beat(id));
  const stream = seen(duplex(open, outgoing, { coalesce }));
  await until('all replies', () => stream.values.length === count);
  stream.stop();
  assert.equal(
    stream.values.map(({ id }) => Number(id)),
    Array.from({ length: count }, (_, id) => id),
  );
  assert.equal(booksOf(outgoing), { offered: count, accepted: count, sent: count });
  return writes();
}

test('W6: 1,000 queued messages leave in at most 3 writes, and come back one by one from a bare server', async () => {
  assert.ok((await writesOf(1000, {})) <= 3);
});

test('W6: with coalesce: false each message is a write, with the same outcome', async () => {
  assert.is(await writesOf(200, false), 200);
});

test('with wire: objects each message is a write, with the same outcome', async () => {
  assert.is(await writesOf(200, {}, 'objects'), 200);
});

test('a write carries no more than coalesce.maxBytes, unless one message alone is larger', async () => {
  const size = 5 + bidi(clientOf(1), 'exchange').encode(beat(100)).length;
  assert.is(await writesOf(100, { maxBytes: 1 }), 100);
  assert.ok((await writesOf(100, { maxBytes: 10 * size })) >= 10);
});

test('a bad coalesce.maxBytes is refused at the door', () => {
  const client = clientOf(1);
  const open = bidi(client, 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  assert.throws(
    () => duplex(open, outgoing, { coalesce: { maxBytes: 0 } }),
    /BAD_OPTION: coalesce.maxBytes must be .* got 0/,
  );
  client.close();
});

test('under compression nothing is joined, and everything arrives', async () => {
  const peer = await barePeer(echo);
  const client = peer.client({ 'grpc.default_compression_algorithm': compressionAlgorithms.gzip });
  const [open, writes] = counted(bidi(client, 'exchange'));
  const outgoing = new Outgoing<PeerRequest>({ encode: bidi(client, 'exchange').encode });
  for (let id = 0; id < 100; id += 1) outgoing.next(beat(id));
  const stream = seen(duplex(open, outgoing));
  await until('all replies', () => stream.values.length === 100);
  stream.stop();
  assert.is(writes(), 100);
});

test('a lone message goes at once, without a timer', async () => {
  const peer = await barePeer(echo);
  const [open, writes] = counted(bidi(peer.client(), 'exchange'));
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode ?? (() => Buffer.alloc(0)) });
  const stream = seen(duplex(open, outgoing));
  for (let id = 0; id < 10; id += 1) {
    outgoing.next(beat(id));
    await until('its reply', () => stream.values.length === id + 1);
    assert.is(writes(), id + 1);
  }
  stream.stop();
});

test('on the wire every message has its own prefix, from 0 bytes to more than a window, in order', async () => {
  const server = await wireServer();
  const client = clientOf(server.port);
  const open = bidi(client, 'exchange');
  const sizes = [0, 1, 4, 5, 6, 127, 128, 16_379, 16_384, 65_530, 65_535, 65_536, 70_000, 200_000, 3, 0, 0, 2];
  const messages = sizes.map((size): PeerRequest =>
    size === 0 ? {} : { append: { payload: Buffer.alloc(size, size) } },
  );
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  for (const message of messages) outgoing.next(message);
  outgoing.complete();
  await lastValueFrom(duplex(open, outgoing), { defaultValue: undefined });
  const frames = framesOf(Buffer.concat(server.chunks));
  client.close();
  server.stop();
  assert.equal(
    frames.map(({ flag }) => flag),
    messages.map(() => 0),
  );
  assert.equal(
    frames.map(({ message }) => message),
    messages.map((message) => Buffer.from(open.encode(message))),
  );
});

test.run();
