import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';

import { Outgoing, bidi, duplex, repeated, serve } from 'rxduplex';
import type { BidiOptions, JoiningEnded, ServeOptions } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { beat, barePeer, echo, peer, replyTo, stopAll, until } from '../support/peer.js';
import type { Peer } from '../support/peer.js';
import { seen } from '../support/marbles.js';
import { booksOf } from '../support/told.js';

/** grpc-js frames what is written here, on a client and on a server. Neither place is promised. */
interface ClientFraming {
  writeMessage: (this: ClientFraming, message: Buffer, compress: boolean) => Promise<Buffer>;
}
interface ServerFraming {
  handler: { serialize(value: unknown): Buffer };
  serializeMessage: (this: ServerFraming, value: unknown) => Buffer;
}

const require = createRequire(import.meta.url);
const { CompressionFilterFactory } = require('@grpc/grpc-js/build/src/compression-filter.js') as {
  CompressionFilterFactory: new (
    channel: undefined,
    options: object,
  ) => {
    createFilter(): { sendCompression: ClientFraming };
  };
};
const { BaseServerInterceptingCall } = require('@grpc/grpc-js/build/src/server-interceptors.js') as {
  BaseServerInterceptingCall: { prototype: ServerFraming };
};
const ofClient = Object.getPrototypeOf(
  new CompressionFilterFactory(undefined, {}).createFilter().sendCompression,
) as ClientFraming;
const ofServer = BaseServerInterceptingCall.prototype;
const asShipped = { writeMessage: ofClient.writeMessage, serializeMessage: ofServer.serializeMessage };

/** Other ways to frame a message, which another version of grpc-js may have as well as its own. */
const framings: Readonly<Record<string, (message: Buffer) => Buffer>> = {
  'by concat': (message) => Buffer.concat([prefixOf(message), message]),
  'by set': (message) => {
    const output = new Uint8Array(message.length + 5);
    output.set(prefixOf(message));
    output.set(message, 5);
    return Buffer.from(output.buffer);
  },
  'with the prefix after the message': (message) => {
    const output = Buffer.alloc(message.length + 5);
    message.copy(output, 5);
    prefixOf(message).copy(output);
    return output;
  },
  'into a larger buffer': (message) => {
    const output = Buffer.alloc(message.length + 100);
    prefixOf(message).copy(output);
    message.copy(output, 5);
    return output.subarray(0, message.length + 5);
  },
  'by a copy of its own': (message) => {
    const output = Buffer.alloc(message.length + 5);
    prefixOf(message).copy(output);
    message.copy(output, 5, 0, message.length);
    return output;
  },
};

function prefixOf({ length }: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

/** How often each side had a message framed, which is once a write. */
const writes = { client: 0, server: 0 };

function frameBy(frame: ((message: Buffer) => Buffer) | undefined): void {
  ofClient.writeMessage = function (message, compress) {
    writes.client += 1;
    return frame ? Promise.resolve(frame(message)) : asShipped.writeMessage.call(this, message, compress);
  };
  ofServer.serializeMessage = function (value) {
    writes.server += 1;
    return frame ? frame(this.handler.serialize(value)) : asShipped.serializeMessage.call(this, value);
  };
}

const reasons: JoiningEnded['reason'][] = [];
const noted = (notice: unknown): void => void reasons.push((notice as JoiningEnded).reason);

test.before.each(() => {
  Object.assign(writes, { client: 0, server: 0 });
  reasons.length = 0;
  subscribe('rxduplex:joining', noted);
});

test.after.each(() => {
  stopAll();
  unsubscribe('rxduplex:joining', noted);
  ofClient.writeMessage = asShipped.writeMessage;
  ofServer.serializeMessage = asShipped.serializeMessage;
});

const count = 200;
const calls = 4;
const all = Array.from({ length: count }, (_, id) => id);

/** An echo of ours. */
const serving = (options: ServeOptions = {}): Promise<Peer> =>
  peer((server) => {
    serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) }, options);
  });

/** A stream that can be subscribed again for another call, and what it is to send. */
function streamTo(on: Peer, options: BidiOptions<PeerRequest, PeerReply__Output> = {}) {
  const open = bidi(on.client(), 'exchange', options);
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode, maxMessages: count });
  return { outgoing, stream$: duplex(open, outgoing) };
}

/** One call: sends all at once, and reads as many replies. */
async function exchange(outgoing: Outgoing<PeerRequest>, stream$: Observable<PeerReply__Output>): Promise<void> {
  const before = outgoing.stats().sent;
  for (const id of all) outgoing.next(beat(id));
  const stream = seen(stream$);
  await until('all replies', () => stream.values.length === count);
  assert.equal(
    stream.values.map(({ id }) => Number(id)),
    all,
  );
  stream.stop();
  const sent = before + count;
  assert.equal(booksOf(outgoing), { offered: sent, accepted: sent, sent });
}

test('framed as grpc-js does it, messages share writes on both sides, and nothing is told', async () => {
  frameBy(undefined);
  const { outgoing, stream$ } = streamTo(await serving());
  for (let call = 1; call <= calls; call += 1) await exchange(outgoing, stream$);
  assert.ok(writes.client < (calls * count) / 2, `${writes.client} writes`);
  assert.ok(writes.server < (calls * count) / 2, `${writes.server} writes`);
  assert.equal(reasons, []);
});

for (const [how, frame] of Object.entries(framings)) {
  test(`framed ${how}, each message is a write on both sides, in order and whole, and each stream and service tells it once`, async () => {
    frameBy(frame);
    const on = await serving();
    for (const { outgoing, stream$ } of [streamTo(on), streamTo(on)]) {
      for (let call = 1; call <= calls; call += 1) await exchange(outgoing, stream$);
    }
    assert.equal(writes, { client: 2 * calls * count, server: 2 * calls * count });
    assert.equal(reasons, ['framing', 'framing', 'framing']);
  });
}

test('a client tells it of itself, when the server is plain grpc-js', async () => {
  frameBy(framings['by concat']);
  const { outgoing, stream$ } = streamTo(await barePeer(echo));
  for (let call = 1; call <= calls; call += 1) await exchange(outgoing, stream$);
  assert.equal([writes.client, reasons], [calls * count, ['framing']]);
});

test('a service tells it of itself, when the client is plain grpc-js', async () => {
  frameBy(framings['by concat']);
  const on = await serving();
  for (let call = 1; call <= calls; call += 1) {
    const stream = on.client().exchange();
    const ids: number[] = [];
    stream.on('data', ({ id }: PeerReply__Output) => ids.push(Number(id)));
    stream.on('error', () => undefined);
    for (const id of all) stream.write(beat(id));
    stream.end();
    await until('all replies', () => ids.length === count);
    assert.equal(ids, all);
  }
  assert.equal([writes.server, reasons], [calls * count, ['framing']]);
});

test('each further call is tried anew: what is framed as expected again is joined again', async () => {
  frameBy(framings['by concat']);
  const { outgoing, stream$ } = streamTo(await serving());
  await exchange(outgoing, stream$);
  frameBy(undefined);
  const before = { ...writes };
  for (let call = 1; call <= calls; call += 1) await exchange(outgoing, stream$);
  assert.ok(writes.client - before.client < (calls * count) / 2);
  assert.ok(writes.server - before.server < (calls * count) / 2);
  assert.equal(reasons, ['framing', 'framing']);
});

test('coalesce: false leans on nothing, and tells nothing', async () => {
  frameBy(framings['by concat']);
  const on = await serving({ coalesce: false });
  const open = bidi(on.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode, maxMessages: count });
  await exchange(outgoing, duplex(open, outgoing, { coalesce: false }));
  assert.equal([writes, reasons], [{ client: count, server: count }, []]);
});

test('envelopes that were agreed on lean on nothing either: they are made, whatever the framing', async () => {
  frameBy(framings['by concat']);
  const batch = repeated('batch');
  const { outgoing, stream$ } = streamTo(await serving({ batch }), { batch });
  for (let call = 1; call <= calls; call += 1) await exchange(outgoing, stream$);
  assert.ok(writes.server < (calls * count) / 2, `${writes.server} writes`);
});

test.run();
