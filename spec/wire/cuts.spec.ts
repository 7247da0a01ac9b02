import { isDeepStrictEqual } from 'node:util';

import { Outgoing, bidi, duplex, repeated, serve } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import { ignoreElements, lastValueFrom, tap, toArray } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { duplexMethod } from '../../lib/definition.js';
import { batchHeader, batchedHeader } from '../../lib/wire/batch.js';
import { replyBytes } from '../support/flood.js';
import { clientOf, closed, peer, stopAll, stopped } from '../support/peer.js';
import { proxyTo } from '../support/proxy.js';
import { frameTypes, framesTo, preface } from '../support/window.js';
import { frameOf, framesOf, wireCall, wireServer } from '../support/wire.js';

test.after.each(stopAll);

const [, exchange] = duplexMethod<PeerRequest, PeerReply>(PeerService, 'exchange');
const batch = repeated('batch');
const asking = { [batchHeader]: batch.field };
const agreeing = { [batchedHeader]: batch.field };

/** What is written is a request, and a reply as well. */
type Written = PeerRequest & PeerReply;
type Read = Omit<PeerRequest__Output | PeerReply__Output, 'batch'>;

/** A reader of ours that is written to by a peer which knows nothing but HTTP/2. */
interface Reading {
  /** Reads what comes when each part is a DATA frame of its own. */
  readonly read: (parts: readonly Buffer[]) => Promise<readonly Read[]>;
  /** How many bytes each DATA frame had, since the last reading. */
  readonly frames: () => number[];
}

/** A proxy that knows how many bytes each DATA frame has that the raw peer writes. */
async function watched(port: number, raw: 'client' | 'server'): Promise<{ port: number; frames: () => number[] }> {
  const sizes: number[] = [];
  const seen = framesTo(
    ({ type, payload }) => {
      if (type === frameTypes.data && payload.length > 0) sizes.push(payload.length);
    },
    raw === 'client' ? preface.length : 0,
  );
  const ignored = (): void => undefined;
  const [fromClient, fromServer] = raw === 'client' ? [seen, ignored] : [ignored, seen];
  const proxy = stopped(await proxyTo(port, { fromClient, fromServer }));
  return { port: proxy.port, frames: () => sizes.splice(0) };
}

async function duplexReading(): Promise<Reading> {
  let parts: readonly Buffer[] = [];
  const server = stopped(await wireServer(() => ({ headers: agreeing, parts })));
  const { port, frames } = await watched(server.port, 'server');
  const client = closed(clientOf(port));
  const open = bidi(client, 'exchange', { batch });
  return {
    read: (given) => {
      parts = given;
      const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
      outgoing.complete();
      return lastValueFrom(duplex(open, outgoing).pipe(toArray()));
    },
    frames,
  };
}

async function serveReading(): Promise<Reading> {
  const read: Read[] = [];
  const served = await peer((server) => {
    serve(
      server,
      PeerService,
      {
        exchange: (requests$) =>
          requests$.pipe(
            tap((request) => read.push(request)),
            ignoreElements(),
          ),
      },
      { batch },
    );
  });
  let latest: () => number[] = () => [];
  return {
    read: async (parts) => {
      // A proxy for each connection: what that begins with is no frame.
      const { port, frames } = await watched(served.port, 'client');
      latest = frames;
      const { trailers } = await wireCall(port, exchange.path, parts, asking);
      assert.is(trailers['grpc-status'], '0');
      return read.splice(0);
    },
    frames: () => latest(),
  };
}

const readers: Readonly<Record<string, () => Promise<Reading>>> = { duplex: duplexReading, serve: serveReading };

/** The frames of messages, and the same messages as they are read. */
function framed(messages: readonly Written[], several = false): readonly [bytes: Buffer, expected: readonly Read[]] {
  const expected = messages
    .flatMap((message) => message.batch ?? [message])
    .map((message) => decoded(replyBytes(message)));
  assert.is(expected.length > messages.length, several);
  return [Buffer.concat(messages.map((message) => frameOf(replyBytes(message)))), expected];
}

const decoded = (bytes: Buffer): Read => exchange.responseDeserialize(bytes) as PeerReply__Output;

const payload = (size: number): Written =>
  size === 0 ? {} : { id: size, append: { payload: Buffer.alloc(size, size) } };

/** From nothing to more than a window. */
const sizes = [0, 1, 4, 5, 6, 127, 128, 16_379, 16_384, 65_530, 65_535, 65_536, 70_000, 200_000, 3, 0, 0, 2];

const single = [payload(0), payload(3), payload(0), payload(0), { id: 1, beat: { at: 1 } }, payload(0)];
const envelopes: readonly Written[] = [
  { batch: single },
  payload(0),
  { batch: [payload(1)] },
  payload(2),
  { batch: [payload(0)] },
];

/** A message of nothing is read as this. */
const ofNothing = decoded(Buffer.alloc(0));

for (const [name, reader] of Object.entries(readers)) {
  for (const [what, messages] of Object.entries({ messages: single, envelopes })) {
    const [bytes, expected] = framed(messages, what === 'envelopes');

    test(`${name} reads ${what} that are cut at any byte into two frames of HTTP/2, empty ones included`, async () => {
      const { read, frames } = await reader();
      assert.ok(expected.filter((message) => isDeepStrictEqual(message, ofNothing)).length >= 4);
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const parts = [bytes.subarray(0, cut), bytes.subarray(cut)];
        assert.equal(await read(parts), expected, `cut at ${cut}`);
        assert.equal(
          frames(),
          parts.map(({ length }) => length),
        );
      }
    });

    test(`${name} reads ${what} that come byte by byte, and all in one`, async () => {
      const { read, frames } = await reader();
      assert.equal(await read(Array.from(bytes, (byte) => Buffer.of(byte))), expected);
      assert.equal(frames(), Array<number>(bytes.length).fill(1));
      assert.equal(await read([bytes]), expected);
      assert.equal(frames(), [bytes.length]);
    });
  }

  test(`${name} reads messages from 0 bytes to more than a window, whatever frames carry them`, async () => {
    const [bytes, expected] = framed(sizes.map(payload));
    const { read } = await reader();
    for (const size of [16_384, 9973, 70_001]) {
      const count = Math.ceil(bytes.length / size);
      const parts = Array.from({ length: count }, (_, part) => bytes.subarray(part * size, (part + 1) * size));
      assert.equal(await read(parts), expected, `in parts of ${size}`);
    }
  });
}

test('on the wire every response of a service has its own prefix, from 0 bytes to more than a window, in order', async () => {
  const messages = sizes.map(payload);
  const served = await peer((server) => serve(server, PeerService, { exchange: () => messages }));
  const { bytes, trailers } = await wireCall(served.port, exchange.path, []);
  const frames = framesOf(bytes);
  assert.is(trailers['grpc-status'], '0');
  assert.ok(frames.every(({ flag }) => flag === 0));
  assert.equal(
    frames.map(({ message }) => message),
    messages.map(replyBytes),
  );
});

test.run();
