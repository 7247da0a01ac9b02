import { getDefaultHighWaterMark } from 'node:stream';

import { status } from '@grpc/grpc-js';
import { Gate, Outgoing, Remote, bidi, consume, duplex, oneof, repeated, serve } from 'rxduplex';
import type { Gated } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import { NEVER, ignoreElements, tap, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { batchHeader, batchedHeader } from '../../lib/wire/batch.js';
import { seen } from '../support/marbles.js';
import {
  aheadMessages,
  envelope,
  members,
  message,
  messageBytes,
  slackMessages,
  windowBytes,
} from '../support/flood.js';
import { floodInto, floodingClient, floodingServer, replyBytes, requestBytes, standsStill } from '../support/flood.js';
import type { Flood } from '../support/flood.js';
import { barePeer, clientOf, peer, stopAll, until } from '../support/peer.js';

test.after.each(stopAll);

const batch = repeated('batch');

/** What a peer may flood with: messages, or envelopes of as many bytes that it was asked for. */
const floods = [
  { of: 'messages', reply: replyBytes(message), request: requestBytes(message), several: 1, headers: {}, wanted: {} },
  {
    of: 'envelopes',
    reply: replyBytes(envelope),
    request: requestBytes(envelope),
    several: members,
    headers: { [batchHeader]: 'batch', [batchedHeader]: 'batch' },
    wanted: { batch },
  },
] as const;

/** What a peer of HTTP/2 itself could write: it has no objects of its own on its side. */
const heldBytes = (aheadMessages + 1) * (messageBytes + 16) + windowBytes;

/** Lets go of what is held from the beginning, and holds it again, several times. */
async function assertHolds(flood: Flood, gate: Gate, held: () => void): Promise<void> {
  let letGo = held;
  let before = await standsStill(flood);
  assert.ok(before <= heldBytes, `${before} bytes before anything was read`);
  for (let round = 1; round <= 3; round += 1) {
    const enough = before + 4 * heldBytes;
    letGo();
    await until('the peer to go on', () => flood.bytes > enough);
    letGo = gate.hold();
    const at = flood.bytes;
    before = await standsStill(flood);
    assert.ok(before - at <= heldBytes, `${before - at} bytes while held`);
  }
}

for (const { of, reply, request, several, headers, wanted } of floods) {
  test(`a peer that floods with ${of} is given no window while the gate of a call is held, from its opening on, and more when it is let go`, async () => {
    const flood = await floodingServer(reply, headers);
    const client = clientOf(flood.port);
    const open = bidi(client, 'exchange', wanted);
    const gate = new Gate();
    const letGo = gate.hold();
    const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode }), { gate }));
    await until('the call', () => flood.started);
    await until('the first bytes', () => flood.bytes > 0);
    await standsStill(flood);
    assert.equal(stream.values, []);
    await assertHolds(flood, gate, letGo);
    stream.stop();
    client.close();
    flood.stop();
  });

  test(`a client that floods with ${of} is given no window while the gate of a server's requests$ is held, and more when it is let go`, async () => {
    let requests: Gated<PeerRequest__Output> | undefined;
    const served = await peer((server) => {
      const exchange = (requests$: Gated<PeerRequest__Output>): Observable<never> => {
        requests = requests$;
        return NEVER;
      };
      serve(server, PeerService, { exchange }, wanted);
    });
    const flood = floodingClient(served.port, request, headers);
    await until('the call', () => requests !== undefined);
    const { gate } = requests as unknown as Gated<PeerRequest__Output>;
    const before = await standsStill(flood);
    assert.ok(before <= heldBytes, `${before} bytes before anybody subscribed`);
    const letGo = gate.hold();
    let read = 0;
    requests?.subscribe({ next: () => (read += 1), error: () => undefined });
    assert.ok((await standsStill(flood)) <= heldBytes);
    assert.is(read, 0);
    await assertHolds(flood, gate, letGo);
    assert.ok(read > 0);
    flood.stop();
  });

  test(`a peer that floods with ${of} is given no window while one reader of three of a Remote is slow, and more when it has handled one`, async () => {
    const flood = await floodingServer(reply, headers);
    const client = clientOf(flood.port);
    const remote = new Remote(bidi(client, 'exchange', wanted), { events: oneof('event') });
    const quick = [seen(remote.on('append')), seen(remote.on('append'))];
    const finish: (() => void)[] = [];
    const slow = seen(remote.on('append').pipe(consume(() => new Promise<void>((resolve) => finish.push(resolve)))));
    for (let handled = 1; handled <= 60 * several; handled += 1) {
      await until('the slow one to begin', () => finish.length === handled);
      if (handled % (20 * several) === 0) await standsStill(flood);
      // Of the envelope in hand all are kept, of those before none.
      assert.ok(flood.bytes <= Math.ceil(handled / several) * (messageBytes + 16) + heldBytes);
      assert.equal(
        quick.map(({ values }) => values.length),
        [handled, handled],
      );
      finish.at(-1)?.();
    }
    slow.stop();
    await until('the peer to go on', () => flood.bytes > 120 * messageBytes);
    await remote.close({ drainMs: 0 });
    client.close();
    flood.stop();
  });
}

/** Handles so many slowly, and knows by how much the peer was ahead at most. */
function slowly(count: number) {
  const books = { written: 0, handled: 0, most: 0 };
  return {
    /** Whether the peer is to write one more. */
    more: (): boolean => {
      if (books.written === count) return false;
      books.written += 1;
      books.most = Math.max(books.most, books.written - books.handled);
      return true;
    },
    handler: (): Observable<unknown> => timer(2).pipe(tap(() => (books.handled += 1))),
    books,
  };
}

test('R4: a server is never further ahead of a slow reader than the slack of the transport, at any step', async () => {
  const { more, handler, books } = slowly(400);
  const flooding = await barePeer((call) => {
    floodInto(call, more);
  });
  const open = bidi(flooding.client(), 'exchange');
  const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })).pipe(consume(handler)));
  await until('the end', () => stream.ends.length > 0);
  assert.equal([stream.ends, books.handled], [['complete'], 400]);
  assert.ok(books.most <= slackMessages, `${books.most} messages ahead, of ${slackMessages}`);
  assert.ok(books.most > aheadMessages, 'it was no flood');
});

test('R4: nor is a client ahead of a slow handler', async () => {
  const { more, handler, books } = slowly(400);
  const served = await peer((server) => {
    serve(server, PeerService, {
      exchange: (requests$) => requests$.pipe(consume(handler), ignoreElements()),
    });
  });
  const call = served.client().exchange();
  let ended = false;
  call.on('data', () => undefined);
  call.on('error', () => undefined);
  call.on('status', ({ code }) => (ended = code === status.OK));
  floodInto(call, more);
  await until('the end', () => ended);
  assert.is(books.handled, 400);
  assert.ok(books.most <= slackMessages, `${books.most} messages ahead, of ${slackMessages}`);
  assert.ok(books.most > aheadMessages, 'it was no flood');
});

/** What a buffer of ours holds beside that: as many messages as one envelope. */
const buffered = members;
const slackOfBatches = (slackMessages + 1) * members + buffered;
const smallBytes = messageBytes / members - 16;
/** As many could be ahead without envelopes. */
const slackOfSingles =
  2 * aheadMessages + 2 + Math.ceil((windowBytes + getDefaultHighWaterMark(false)) / smallBytes) + buffered;
/** Small enough for an envelope to hold as many. */
const small: PeerRequest & PeerReply = { id: 1, append: { payload: Buffer.alloc(smallBytes) } };

function* smallOnes(more: () => boolean): Generator<PeerRequest & PeerReply> {
  while (more()) yield small;
}

test('R4: nor is a server that packs envelopes further ahead than as many of those', async () => {
  const count = 2 * slackOfBatches;
  const { more, handler, books } = slowly(count);
  const served = await peer((server) => {
    serve(server, PeerService, { exchange: () => smallOnes(more) }, { batch, outgoing: { maxMessages: buffered } });
  });
  const open = bidi(served.client(), 'exchange', { batch });
  const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })).pipe(consume(handler)));
  await until('the end', () => stream.ends.length > 0, 60_000);
  assert.equal([stream.ends, books.handled], [['complete'], count]);
  assert.ok(books.most <= slackOfBatches, `${books.most} messages ahead, of ${slackOfBatches}`);
  assert.ok(books.most > slackOfSingles, 'there were no envelopes');
});

test('R4: nor is a client that packs envelopes', async () => {
  const count = 2 * slackOfBatches;
  const { more, handler, books } = slowly(count);
  const served = await peer((server) => {
    serve(
      server,
      PeerService,
      { exchange: (requests$) => requests$.pipe(consume(handler), ignoreElements()) },
      { batch },
    );
  });
  const open = bidi(served.client(), 'exchange', { batch });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode, maxMessages: buffered });
  const stream = seen(duplex(open, outgoing));
  void outgoing.feed(smallOnes(more)).then(() => outgoing.complete());
  await until('the end', () => stream.ends.length > 0, 60_000);
  assert.equal([stream.ends, books.handled], [['complete'], count]);
  assert.ok(books.most <= slackOfBatches, `${books.most} messages ahead, of ${slackOfBatches}`);
  assert.ok(books.most > slackOfSingles, 'there were no envelopes');
});

test.run();
