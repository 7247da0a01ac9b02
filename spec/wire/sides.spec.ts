// time limit: 300 s
import { getDefaultHighWaterMark } from 'node:stream';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { replyBytes, windowBytes } from '../support/flood.js';
import { stopAll, stopped, until } from '../support/peer.js';
import { proxyTo } from '../support/proxy.js';
import { Flood, clientOn, serverOf, sides } from '../support/sides.js';
import type { Reads } from '../support/sides.js';
import { booksOf } from '../support/told.js';
import { frameTypes, framesTo, preface } from '../support/window.js';
import type { Frame } from '../support/window.js';
import { framesOf } from '../support/wire.js';

test.after.each(stopAll);

const upTo = (end: number, first = 0): number[] => Array.from({ length: end - first }, (_, at) => first + at);

/** Few bytes mostly, and now and then none, as many as a write may carry, or more than a window. */
function anySize(id: number): number {
  if (id % 397 === 5) return 70_000;
  if (id % 101 === 7) return 16_384 - 5 + (id % 11);
  return id % 7 === 3 ? 0 : (id * 7919) % 700;
}

const cases = Object.entries(sides).flatMap(([clientIs, client]) =>
  Object.entries(sides)
    .filter(([, server]) => client !== 'bare' || server !== 'bare')
    .flatMap(([serverIs, server]) =>
      [false, true].map((batches) => ({
        title: `client: ${clientIs}, server: ${serverIs}, batches: ${batches ? 'wanted' : 'not wanted'}`,
        client,
        server,
        batches,
        agreed: batches && client !== 'bare' && server !== 'bare',
      })),
    ),
);

/** Gathers the bytes of the DATA frames of the one call there is. */
function bytesOf(seen: Buffer[]): (frame: Frame) => void {
  return ({ type, payload }) => {
    if (type === frameTypes.data) seen.push(payload);
  };
}

/** Without envelopes each message has its own frame, byte for byte. */
function assertOnTheWire(chunks: readonly Buffer[], flood: Flood, agreed: boolean): void {
  const frames = framesOf(Buffer.concat(chunks));
  if (agreed) assert.ok(frames.length < flood.count, `${frames.length} messages on the wire`);
  else {
    assert.is(frames.length, flood.count);
    const odd = frames.findIndex(
      ({ flag, message }, id) => flag !== 0 || !message.equals(replyBytes(flood.message(id))),
    );
    assert.is(odd, -1);
  }
}

for (const { title, client: clientIs, server: serverIs, batches, agreed } of cases) {
  test(`${title}: floods of all sizes go both ways at once, in order and each message once, as the books say and the bytes on the wire`, async () => {
    const [requests, replies] = [new Flood(1200, anySize), new Flood(1000, anySize)];
    const floods = { requests, replies, batches };
    const server = await serverOf(serverIs, floods);
    const [fromClient, fromServer]: [Buffer[], Buffer[]] = [[], []];
    const proxy = stopped(
      await proxyTo(server.port, {
        fromClient: framesTo(bytesOf(fromClient), preface.length),
        fromServer: framesTo(bytesOf(fromServer)),
      }),
    );
    const client = stopped(clientOn(proxy.port, clientIs, floods));
    await client.ended;
    assert.equal(server.read, [upTo(requests.count)]);
    assert.equal(client.read, [upTo(replies.count)]);
    assertOnTheWire(fromClient, requests, agreed);
    assertOnTheWire(fromServer, replies, agreed);
    if (client.books) {
      const [count, bytes] = [requests.count, requests.bytes(0, requests.count)];
      assert.equal(booksOf({ stats: client.books }), { offered: count, accepted: count, sent: count });
      assert.is(client.books().bytes.sent, bytes);
    }
    const { books } = server;
    if (books) {
      await until('the call to be over', () => books().open === 0);
      const { completed, inbound, outbound } = books();
      const count = replies.count;
      assert.is(completed, 1);
      assert.equal(inbound, { received: requests.count, routed: requests.count, unrouted: 0, invalid: 0 });
      assert.equal(booksOf({ stats: () => outbound }), { offered: count, accepted: count, sent: count });
      assert.is(outbound.bytes.sent, replies.bytes(0, count));
    }
  });
}

const smallSize = (id: number): number => (id * 7919) % 700;

/** A write: an envelope, or the largest of the messages. */
const writeBytes = 1 << 14;
/** What had left a writer and was never given to the reader: a window, and what grpc-js and node read ahead. */
const transitBytes = windowBytes + 16 * writeBytes + 2 * writeBytes + getDefaultHighWaterMark(false);

/** The first call has read a beginning, and the second what follows from `first` on: to the end, and nothing twice. */
function assertHalves(reads: Reads, flood: Flood, first: number): number {
  const [before = [], after = []] = reads;
  assert.is(reads.length, 2);
  assert.equal(before, upTo(before.length));
  assert.equal(after, upTo(flood.count, first));
  assert.ok(before.length <= first || first === 0, `${before.length} were read, and then those from ${first} on`);
  return before.length;
}

for (const { title, client: clientIs, server: serverIs, batches } of cases) {
  test(`${title}: what a reset in the middle of both floods has lost is what the books say`, async () => {
    const [requests, replies] = [new Flood(3000, smallSize), new Flood(3000, smallSize)];
    let broken = false;
    const onRead = (): void => {
      const isInTheMiddle = [server.read, client.read].every(([ids = []]) => ids.length > 800);
      if (broken || !isInTheMiddle) return;
      broken = true;
      proxy.reset();
    };
    const floods = { requests, replies, batches, onRead };
    const server = await serverOf(serverIs, floods);
    const proxy = stopped(await proxyTo(server.port));
    const client = stopped(clientOn(proxy.port, clientIs, floods));
    await client.ended;
    assert.is(proxy.resets, 1);

    const written = client.wroteFirst();
    const seen = assertHalves(server.read, requests, written);
    assertHalves(client.read, replies, 0);
    if (client.books) {
      const { lost } = client;
      const count = requests.count;
      assert.equal(lost, upTo(written, written - lost.length));
      assert.equal(booksOf({ stats: client.books }), {
        offered: count,
        accepted: count,
        sent: count - lost.length,
        ...(lost.length > 0 && { lost: lost.length }),
      });
      const transit = requests.bytes(seen, written - lost.length);
      assert.ok(transit <= transitBytes, `${transit} bytes were sent, are not lost and were not read`);
    }
    const { books } = server;
    if (books) {
      await until('the calls to be over', () => books().open === 0);
      const { completed, cancelled, inbound, outbound } = books();
      const received = server.read.flat().length;
      assert.equal([completed, cancelled], [1, 1]);
      assert.equal(inbound, { received, routed: received, unrouted: 0, invalid: 0 });
      booksOf({ stats: () => outbound });
      const { offered, accepted, sent, lost, undelivered, rejected, waiting } = outbound;
      const read = client.read.flat().length;
      assert.equal([offered, accepted, waiting], [accepted + rejected, sent + lost + undelivered, 0]);
      assert.ok(server.made() - offered <= 1 && server.made() >= offered, 'all that was made was offered');
      const readFirst = client.read[0]?.length ?? NaN;
      assert.ok(read <= sent + lost);
      const transit = replies.bytes(readFirst, sent - replies.count);
      assert.ok(transit <= transitBytes, `${transit} bytes were sent, are not lost and were not read`);
    }
  });
}

test.run();
