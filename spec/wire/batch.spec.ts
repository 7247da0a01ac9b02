import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { InterceptingCall, Metadata, Server, ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { InterceptorOptions, NextCall, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { Outgoing, RxDuplexError, bidi, consume, duplex, reconnect, repeated, serve } from 'rxduplex';
import type { BidiOptions, JoiningEnded, ServeOptions, Serving } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import { map } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { batchHeader, batchedHeader, batchingOf } from '../../lib/wire/batch.js';
import { seen } from '../support/marbles.js';
import { barePeer, beat, clientOf, peer, replyTo, stopAll, until } from '../support/peer.js';
import type { ExchangeCall, Peer } from '../support/peer.js';
import { seeded } from '../support/seed.js';
import { booksOf } from '../support/told.js';

test.after.each(stopAll);

type Batched = Required<BidiOptions<PeerRequest, PeerReply__Output>>['batch'];

const batch = repeated('batch');
const upTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id);
const ids = (messages: readonly { id?: unknown }[]): number[] => messages.map(({ id }) => Number(id));

const { requestSerialize, requestDeserialize } = PeerService['Exchange'] as unknown as {
  requestSerialize: (message: PeerRequest) => Buffer;
  requestDeserialize: (bytes: Buffer) => PeerRequest__Output;
};

interface Served extends Peer {
  readonly serving: Serving;
}

/** An echo of ours. `sizes` tells how many messages each message of the wire held, as the server's grpc-js saw them. */
async function echoing(options: ServeOptions): Promise<Served & { readonly sizes: number[] }> {
  const sizes: number[] = [];
  const noting = (_: unknown, call: ServerInterceptingCallInterface): ServerInterceptingCall =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMessage: (message: PeerRequest__Output | null, go) => {
            if (message) sizes.push(Math.max(message.batch.length, 1));
            go(message);
          },
        });
      },
    });
  let serving: Serving | undefined;
  const on = await peer(
    (server) => {
      serving = serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) }, options);
    },
    { interceptors: [noting] },
  );
  if (!serving) throw new Error('not served');
  return { ...on, serving, sizes };
}

/** Sends so many beats at once and reads as many replies. */
async function exchanged(on: Peer, count: number, options: BidiOptions<PeerRequest, PeerReply__Output>) {
  const open = bidi(on.client(), 'exchange', options);
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode, maxMessages: count + 1 });
  const stream = seen(duplex(open, outgoing));
  // The answer to the first shows that the peer has said whether it agrees.
  outgoing.next(beat(0));
  await until('the first reply', () => stream.values.length === 1);
  for (const id of upTo(count)) outgoing.next(beat(id + 1));
  await until('all replies', () => stream.values.length === count + 1);
  assert.equal(ids(stream.values), upTo(count + 1));
  assert.equal(booksOf(outgoing), { offered: count + 1, accepted: count + 1, sent: count + 1 });
  stream.stop();
}

test('what waits goes in few envelopes, both ways, and subscribers, order and books do not show it', async () => {
  const on = await echoing({ batch });
  await exchanged(on, 5000, { batch });
  assert.ok(on.sizes.length < 60, `${on.sizes.length} messages on the wire`);
  assert.is(
    on.sizes.reduce((sum, size) => sum + size, 0),
    5001,
  );
  await until('the end of the call', () => on.serving.stats().open === 0);
  const { inbound, outbound } = on.serving.stats();
  assert.equal(inbound, { received: 5001, routed: 5001, unrouted: 0, invalid: 0 });
  assert.equal([outbound.offered, outbound.accepted, outbound.sent], [5001, 5001, 5001]);
});

test('a peer that does not agree gets single messages: neither side may want it alone, nor by another name', async () => {
  const other = { name: 'other', join: (messages: readonly unknown[]) => ({ batch: messages }) } as Batched;
  for (const [client, server] of [
    [{ batch }, {}],
    [{}, { batch }],
    [{ batch: other }, { batch }],
  ] as const) {
    const on = await echoing(server);
    await exchanged(on, 200, client);
    assert.equal(new Set(on.sizes), new Set([1]));
    on.stop();
  }
});

test('a bare server gets single messages, and may send a message that looks like an envelope', async () => {
  let sizes = 0;
  const on = await barePeer((call: ExchangeCall) => {
    call.on('data', ({ batch: members }: PeerRequest__Output) => (sizes += members.length));
    call.on('end', () => {
      call.write({ id: 1, batch: [{ id: 2 }, { id: 3 }] });
      call.end();
    });
  });
  const open = bidi(on.client(), 'exchange', { batch });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  for (const id of upTo(100)) outgoing.next(beat(id));
  outgoing.complete();
  const stream = seen(duplex(open, outgoing));
  await until('the end', () => stream.ends.length > 0);
  assert.equal([ids(stream.values), stream.values[0]?.batch.length, sizes], [[1], 2, 0]);
});

test('a bare client may send to a service that packs, and gets single messages', async () => {
  const on = await echoing({ batch });
  const call = on.client().exchange();
  const replies: PeerReply__Output[] = [];
  call.on('data', (reply: PeerReply__Output) => replies.push(reply));
  call.on('error', () => undefined);
  for (const id of upTo(100)) call.write(beat(id));
  call.end();
  await until('all replies', () => replies.length === 100);
  assert.equal(ids(replies), upTo(100));
});

test('a peer that answers by another name has agreed to nothing, nor has one that asks by another', async () => {
  const names: unknown[] = [];
  const bare = await barePeer((call: ExchangeCall) => {
    const says = new Metadata();
    says.set(batchedHeader, 'other');
    call.sendMetadata(says);
    call.on('data', ({ id, batch: members }: PeerRequest__Output) => {
      call.write({ id, batch: [{ id: 1000 + members.length }] });
    });
    call.on('end', () => call.end());
  });
  const open = bidi(bare.client(), 'exchange', { batch });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing));
  for (const first of [0, 50]) {
    for (const id of upTo(50)) outgoing.next(beat(first + id));
    await until('the answers', () => stream.values.length === first + 50);
  }
  assert.equal(
    stream.values.map(({ id, batch: members }) => [id, members.map((member) => member.id)]),
    upTo(100).map((id) => [String(id), ['1000']]),
  );
  stream.stop();

  const on = await echoing({ batch });
  for (const asked of [[], ['other'], ['batch']]) {
    const metadata = new Metadata();
    for (const name of asked) metadata.set(batchHeader, name);
    const call = on.client().exchange(metadata);
    const replies: PeerReply__Output[] = [];
    call.on('error', () => undefined);
    call.on('metadata', (came: Metadata) => names.push(came.get(batchedHeader)));
    call.on('data', (reply: PeerReply__Output) => {
      replies.push(...(reply.batch.length > 0 ? reply.batch : [reply]));
    });
    let ended = false;
    call.on('end', () => (ended = true));
    call.write({ id: 5, batch: [{ id: 6 }, { id: 7 }] });
    call.end();
    await until('the end', () => ended);
    assert.equal(ids(replies), asked[0] === 'batch' ? [6, 7] : [5]);
  }
  assert.equal(names, [[], [], ['batch']]);
});

test('what a call asks for is not written into the metadata that was given', async () => {
  const on = await echoing({ batch });
  const metadata = new Metadata();
  metadata.set('token', 'secret');
  await exchanged(on, 10, { batch, metadata });
  assert.equal(metadata.getMap(), { token: 'secret' });
});

test('an envelope holds what its members would be alone, whatever they are', () => {
  const packing = batchingOf<PeerRequest, never>(batch, requestSerialize, 'bytes').packing();
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(0), fc.nat(300), fc.constantFrom(127, 128, 16_383, 16_384, 70_000)), {
        minLength: 1,
        maxLength: 20,
      }),
      (sizes) => {
        const messages = sizes.map((size, id): PeerRequest =>
          size === 0 ? {} : { id, append: { payload: Buffer.alloc(size, id) } },
        );
        const envelope = packing?.pack(messages.map(requestSerialize), []) as Buffer;
        assert.equal(envelope, requestSerialize({ batch: messages }));
        assert.equal(
          requestDeserialize(envelope).batch,
          messages.map((message) => requestDeserialize(requestSerialize(message))),
        );
      },
    ),
    seeded({ numRuns: 60 }),
  );
});

/** Envelopes by functions, as for a proto whose batch is not of its own kind. */
const byFunctions = {
  name: 'own',
  join: (messages: readonly object[]) => ({ id: 77, batch: messages }),
  split: ({ id, batch: members }: { id: string; batch: readonly unknown[] }) => (id === '77' ? members : undefined),
} as unknown as Batched & NonNullable<ServeOptions['batch']>;

test('an envelope takes no more bytes than its members and the overhead of each', () => {
  for (const by of [batch, byFunctions]) {
    const packing = batchingOf<PeerRequest, PeerReply__Output>(by, requestSerialize, 'bytes').packing();
    if (!packing) throw new Error('it cannot be packed');
    for (const size of [0, 1, 100, 120, 127, 128, 16_383, 16_384]) {
      for (const count of [2, 3, 20]) {
        const messages = upTo(count).map((): PeerRequest => ({ append: { payload: Buffer.alloc(size) } }));
        const chunks = messages.map(requestSerialize);
        const entries = messages.map((message) => ({ message }));
        const { length } = packing.pack(chunks, entries as never) as Buffer;
        const most = chunks.reduce((sum, chunk) => sum + chunk.length + packing.overhead, 0);
        assert.ok(length <= most, `${length} bytes, of ${most}`);
      }
    }
  }
});

test('with wire: objects the envelopes are made of the messages themselves', async () => {
  const on = await echoing({ batch, wire: 'objects' });
  await exchanged(on, 500, { batch, wire: 'objects' });
  assert.ok(on.sizes.length < 100, `${on.sizes.length} messages on the wire`);
});

test('envelopes of the user’s own are made and read by the functions that were given', async () => {
  const on = await echoing({ batch: byFunctions });
  await exchanged(on, 76, { batch: byFunctions });
  assert.ok(on.sizes.length < 76, `${on.sizes.length} messages on the wire`);
});

test('messages whose join throws are dropped and told, and the stream goes on', async () => {
  const on = await echoing({ batch: byFunctions });
  const fails = {
    name: 'own',
    join: () => {
      throw new Error('no envelope');
    },
  } as Batched;
  const open = bidi(on.client(), 'exchange', { batch: fails });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const dropped: string[] = [];
  outgoing.dropped$.subscribe(({ reason, error }) => dropped.push(`${reason} ${(error as Error).message}`));
  const stream = seen(duplex(open, outgoing));
  outgoing.next(beat(0));
  await until('the first reply', () => stream.values.length === 1);
  for (const id of upTo(5)) outgoing.next(beat(id + 1));
  await until('the loss', () => dropped.length === 4);
  outgoing.next(beat(6));
  await until('the last reply', () => stream.values.length === 3);
  assert.equal(ids(stream.values), [0, 1, 6]);
  assert.equal(dropped, Array(4).fill('unserialisable no envelope'));
  assert.equal(booksOf(outgoing), { offered: 7, accepted: 7, sent: 3, dropped: 4 });
  stream.stop();
});

const torn = {
  ...byFunctions,
  split: () => {
    throw new Error('no members');
  },
} as Batched & NonNullable<ServeOptions['batch']>;

test('a split of the client’s that throws ends the stream with what it threw, for good, and cancels the call', async () => {
  const on = await echoing({ batch: byFunctions });
  const open = bidi(on.client(), 'exchange', { batch: torn });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing).pipe(reconnect({ backoff: () => 0 })));
  outgoing.next(beat(0));
  await until('the end', () => stream.ends.length > 0);
  assert.equal([stream.values, (stream.ends[0] as Error).message], [[], 'no members']);
  await until('the end of the call', () => on.serving.stats().cancelled === 1);
});

test('a split of the server’s that throws ends its call alone, with UNKNOWN, and is told to the owner', async () => {
  const on = await echoing({ batch: torn });
  const failures = seen(on.serving.failures$);
  const stream = seen(duplex(bidi(on.client(), 'exchange'), new Outgoing<PeerRequest>()));
  const open = bidi(on.client(), 'exchange', { batch: byFunctions });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const batched = seen(duplex(open, outgoing));
  outgoing.next(beat(0));
  await until('the end', () => batched.ends.length > 0);
  assert.is((batched.ends[0] as { code: status }).code, status.UNKNOWN);
  assert.equal(
    failures.values.map(({ error }) => (error as Error).message),
    ['no members'],
  );
  const { open: calls, failed } = on.serving.stats();
  assert.equal([stream.ends, calls, failed], [[], 1, 1]);
  stream.stop();
});

test('a slow reader of envelopes is given one message at a time, and loses none', async () => {
  const on = await echoing({ batch });
  const open = bidi(on.client(), 'exchange', { batch });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode, maxMessages: 500 });
  let working = 0;
  let most = 0;
  const stream = seen(
    duplex(open, outgoing).pipe(
      consume(async ({ id }) => {
        most = Math.max(most, (working += 1));
        await Promise.resolve();
        working -= 1;
        return Number(id);
      }),
    ),
  );
  for (const id of upTo(500)) outgoing.next(beat(id));
  await until('all replies', () => stream.values.length === 500);
  assert.equal([stream.values, most], [upTo(500), 1]);
  stream.stop();
});

/** What was told on the diagnostics channel while `act` ran. */
async function notices(act: () => Promise<void>): Promise<JoiningEnded['reason'][]> {
  const reasons: JoiningEnded['reason'][] = [];
  const listener = (notice: unknown): void => void reasons.push((notice as JoiningEnded).reason);
  subscribe('rxduplex:joining', listener);
  await act();
  unsubscribe('rxduplex:joining', listener);
  return reasons;
}

test('an envelope that is too large for the peer ends them for good: the next call sends single messages', async () => {
  const reasons = await notices(async () => {
    let serving: Serving | undefined;
    const on = await peer(
      (server) => {
        serving = serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) }, { batch });
      },
      { 'grpc.max_receive_message_length': 1000 },
    );
    const open = bidi(on.client(), 'exchange', { batch });
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    const causes: unknown[] = [];
    const stream = seen(
      duplex(open, outgoing).pipe(
        reconnect({ backoff: () => 0, onRetry: ({ cause }) => causes.push((cause as { code: status }).code) }),
      ),
    );
    outgoing.next(beat(0));
    await until('the first reply', () => stream.values.length === 1);
    for (const id of upTo(1000)) outgoing.next(beat(id + 1));
    await until('the call to fail', () => causes.length === 1);
    outgoing.next(beat(2000));
    await until('the last reply', () => Number(stream.values.at(-1)?.id) === 2000);
    assert.equal([causes, stream.ends], [[status.RESOURCE_EXHAUSTED], []]);
    const { offered, sent, lost, queued } = outgoing.stats();
    assert.equal([offered, queued, sent + lost], [1002, 0, 1002]);
    assert.is(serving?.stats().open, 1);
    stream.stop();
  });
  assert.equal(reasons, ['limit']);
});

test('a peer that sends back all metadata that it was sent has agreed to nothing', async () => {
  const bare = await barePeer((call: ExchangeCall) => {
    call.sendMetadata(call.metadata.clone());
    call.on('data', ({ id, batch: members }: PeerRequest__Output) => call.write({ id: members.length > 0 ? 0 : id }));
    call.on('end', () => call.end());
  });
  const open = bidi(bare.client(), 'exchange', { batch });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing));
  outgoing.next(beat(1));
  await until('the first answer', () => stream.values.length === 1);
  for (const id of upTo(100)) outgoing.next(beat(id + 2));
  await until('the answers', () => stream.values.length === 101);
  assert.equal(
    ids(stream.values),
    upTo(101).map((id) => id + 1),
  );
  stream.stop();
});

test('after that a peer that says it understands envelopes, without being asked, gets none and none of its own are read', async () => {
  const calls: string[][] = [];
  const on = await barePeer(
    (call: ExchangeCall) => {
      const [asked, ids]: [string[], string[]] = [[...call.metadata.get(batchHeader).map(String)], []];
      calls.push(asked, ids);
      const says = new Metadata();
      says.set(batchedHeader, 'batch');
      call.sendMetadata(says);
      call.on('data', ({ id, batch: members }: PeerRequest__Output) => {
        ids.push(members.length > 0 ? 'envelope' : id);
        call.write({ id, batch: [{ id: 7 }, { id: 8 }] });
      });
      call.on('error', () => undefined);
    },
    { 'grpc.max_receive_message_length': 1000 },
  );
  const open = bidi(on.client(), 'exchange', { batch });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  let retries = 0;
  const stream = seen(duplex(open, outgoing).pipe(reconnect({ backoff: () => 0, onRetry: () => (retries += 1) })));
  outgoing.next(beat(1));
  await until('the first replies', () => stream.values.length === 2);
  assert.equal(ids(stream.values), [7, 8]);
  for (const id of upTo(500)) outgoing.next(beat(id + 2));
  await until('the call to fail', () => retries === 1);
  await until('another call', () => calls.length === 4);
  for (const id of upTo(200)) outgoing.next(beat(id + 1000));
  await until('the last of them', () => calls[3]?.at(-1) === '1199');
  assert.equal([calls[0], calls[2], retries], [['batch'], [], 1]);
  assert.not(calls[3]?.includes('envelope'));
  await until('its answer', () => ids(stream.values).at(-1) === 1199);
  assert.equal(stream.values.at(-1)?.batch.length, 2);
  stream.stop();
});

test('a joined write that is above the limit of the channel ends joining for good, and later messages go alone', async () => {
  const reasons = await notices(async () => {
    const on = await echoing({});
    const open = bidi(on.client({ 'grpc.max_send_message_length': 1000 }), 'exchange');
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    let attempts = 0;
    const stream = seen(duplex(open, outgoing).pipe(reconnect({ backoff: () => 0, onRetry: () => (attempts += 1) })));
    for (const id of upTo(1000)) outgoing.next(beat(id));
    await until('the call to fail', () => attempts === 1);
    await until('the buffer to be empty', () => outgoing.stats().queued === 0);
    outgoing.next(beat(2000));
    await until('the last reply', () => Number(stream.values.at(-1)?.id) === 2000);
    assert.equal([attempts, stream.ends], [1, []]);
    assert.ok(outgoing.stats().lost > 0);
    booksOf(outgoing);
    stream.stop();
  });
  assert.equal(reasons, ['limit']);
});

test('one message that is too large by itself is final still, and joining goes on', async () => {
  const reasons = await notices(async () => {
    const on = await echoing({});
    const open = bidi(on.client({ 'grpc.max_send_message_length': 1000 }), 'exchange');
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    const stream = seen(duplex(open, outgoing).pipe(reconnect({ backoff: () => 0 })));
    outgoing.next({ append: { payload: Buffer.alloc(2000) } });
    await until('the end', () => stream.ends.length > 0);
    assert.is((stream.ends[0] as { code: status }).code, status.RESOURCE_EXHAUSTED);
  });
  assert.equal(reasons, []);
});

test('responses of a server with a limit are joined within it, if it is given', async () => {
  const reasons = await notices(async () => {
    const on = await peer(
      (server) => {
        const responses = upTo(100).map((id): PeerReply => ({ id, append: { payload: Buffer.alloc(50) } }));
        serve(server, PeerService, { exchange: () => responses }, { coalesce: { maxBytes: 1000 } });
      },
      { 'grpc.max_send_message_length': 1000 },
    );
    const stream = seen(duplex(bidi(on.client(), 'exchange'), new Outgoing<PeerRequest>()));
    await until('the end', () => stream.ends.length > 0);
    assert.equal([ids(stream.values), stream.ends], [upTo(100), ['complete']]);
  });
  assert.equal(reasons, []);
});

test('interceptors of a client with wire: objects see the envelopes', async () => {
  const on = await echoing({ batch });
  const sent: number[] = [];
  const noting = (options: InterceptorOptions, next: NextCall): InterceptingCall =>
    new InterceptingCall(next(options), {
      sendMessage: (message: PeerRequest, go) => {
        sent.push(message.batch?.length ?? 1);
        go(message);
      },
    });
  await exchanged(on, 100, { batch, options: { interceptors: [noting] } });
  assert.ok(sent.length < 100);
  assert.is(
    sent.reduce((sum, size) => sum + size, 0),
    101,
  );
});

test('bad batches are refused at the door', () => {
  const refused = (act: () => unknown, message: RegExp): void => {
    assert.throws(act, (error: unknown) => RxDuplexError.is(error) && message.test(error.message));
  };
  const opening = (given: unknown) => () =>
    batchingOf<PeerRequest, PeerReply__Output>(given as Batched, requestSerialize, 'bytes').packing();
  refused(() => repeated(''), /BAD_OPTION: field must be the name of a repeated field; got ""/);
  refused(() => repeated(5 as unknown as string), /BAD_OPTION: field must be .* got 5/);
  for (const field of ['nope', 'id', 'vote']) {
    refused(opening(repeated(field)), /BAD_OPTION: batch must be a repeated field of the type that is sent/);
  }
  refused(opening({ name: 'two words' }), /BAD_OPTION: batch.name must be/);
  refused(opening({ name: 'own', join: 'no' }), /BAD_OPTION: batch.join must be a function/);
  refused(opening({ name: 'own', split: 'no' }), /BAD_OPTION: batch.split must be a function/);
  opening({ name: 'own' })();

  // The door is where both are made; of a client that is asked for anew at each call, each call.
  const client = clientOf(1);
  const given = repeated('vote') as unknown as Batched;
  refused(() => bidi(client, 'exchange', { batch: given }), /BAD_OPTION: batch must be/);
  const handlers = { exchange: () => [] };
  refused(() => serve(new Server(), PeerService, handlers, { batch: repeated('vote') }), /BAD_OPTION: batch must be/);
  const later = bidi(() => client, 'exchange', { batch: given });
  const context = { attempt: 1, signal: new AbortController().signal, batches: true };
  refused(() => later(context), /BAD_OPTION: batch must be/);
  client.close();
});

test.run();
