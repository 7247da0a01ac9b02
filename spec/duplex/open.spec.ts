import { InterceptingCall, Metadata, credentials, status } from '@grpc/grpc-js';
import type { Interceptor } from '@grpc/grpc-js';
import type { RxDuplexError } from 'rxduplex';
import { Outgoing, bidi, channelOptions, duplex, reconnect } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import type { PeerRequest } from 'rxduplex/peer';
import { take } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { seen } from '../support/marbles.js';
import { barePeer, beat, clientOf, echo, stopAll, until } from '../support/peer.js';
import { booksOf } from '../support/told.js';

test.after.each(stopAll);

const idle = (): PeerClient => clientOf(1);

test('a method goes by its name in the proto, capitalised or not', () => {
  const client = idle();
  assert.equal(bidi(client, 'exchange').encode(beat(1)), bidi(client, 'Exchange').encode(beat(1)));
  client.close();
});

test('a method that is none, and a client that knows no definition, are refused at the door', () => {
  const client = idle();
  assert.throws(() => bidi(client, 'nope' as 'exchange'), /BAD_OPTION: method must be one of exchange; got "nope"/);
  assert.throws(
    () => bidi({ exchange: 1 } as unknown as PeerClient, 'exchange'),
    /BAD_OPTION: client must be made by the copy of @grpc\/grpc-js that rxduplex uses/,
  );
  client.close();
});

test('metadata and wire of a wrong kind are refused at the door', () => {
  const client = idle();
  assert.throws(
    () => bidi(client, 'exchange', { metadata: { token: 'x' } as unknown as Metadata }),
    /BAD_OPTION: metadata must be an instance of the Metadata of the copy of @grpc\/grpc-js/,
  );
  assert.throws(
    () => bidi(client, 'exchange', { wire: 'json' as 'bytes' }),
    /BAD_OPTION: wire must be one of "bytes", "objects"; got "json"/,
  );
  client.close();
});

test('E8: a deadline that is no time is refused at the door, and at each attempt', () => {
  const client = idle();
  assert.throws(() => bidi(client, 'exchange', { options: { deadline: NaN } }), /BAD_OPTION: options.deadline .* NaN/);
  assert.throws(() => bidi(client, 'exchange', { options: { deadline: new Date('no day') } }), /BAD_OPTION/);
  const open = bidi(client, 'exchange', { options: () => ({ deadline: NaN }) });
  const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })));
  assert.is((stream.ends[0] as RxDuplexError).code, 'BAD_OPTION');
  client.close();
});

test('E8: a deadline given by a function is that of each attempt', async () => {
  const peer = await barePeer(echo);
  const deadlines: number[] = [];
  const open = bidi(peer.client(), 'exchange', {
    options: () => {
      deadlines.push(Date.now() + 30);
      return { deadline: deadlines.at(-1) ?? 0 };
    },
  });
  const codes: unknown[] = [];
  const stream = seen(
    duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })).pipe(
      reconnect({ backoff: () => 0, onRetry: ({ cause }) => codes.push((cause as { code: unknown }).code) }),
    ),
  );
  await until('three attempts', () => deadlines.length >= 3);
  stream.stop();
  assert.equal(codes.slice(0, 2), [status.DEADLINE_EXCEEDED, status.DEADLINE_EXCEEDED]);
});

test('metadata is sent, a copy of it; a function is asked at each attempt, and may be async', async () => {
  const tokens: unknown[] = [];
  const peer = await barePeer((call) => {
    tokens.push(call.metadata.get('token')[0]);
    call.emit('error', { code: status.UNAVAILABLE, details: 'again' });
  });
  let asked = 0;
  const open = bidi(peer.client(), 'exchange', {
    metadata: async () => {
      asked += 1;
      const metadata = new Metadata();
      metadata.set('token', `t${String(asked)}`);
      return Promise.resolve(metadata);
    },
  });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing).pipe(reconnect({ backoff: () => 0 })));
  await until('three attempts', () => tokens.length >= 3);
  stream.stop();
  assert.equal(tokens.slice(0, 3), ['t1', 't2', 't3']);
});

test('metadata that cannot be had is a failed attempt, with the cause', async () => {
  const client = idle();
  const cause = new Error('no token today');
  for (const metadata of [
    () => Promise.reject<Metadata>(cause),
    (): Metadata => {
      throw cause;
    },
  ]) {
    const open = bidi(client, 'exchange', { metadata });
    const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })));
    await until('the end', () => stream.ends.length > 0);
    const error = stream.ends[0] as RxDuplexError;
    assert.is(error.code, 'METADATA_FAILED');
    assert.is(error.cause, cause);
  }
  client.close();
});

test('a function that gives a client is asked at each attempt: a new address', async () => {
  const first = await barePeer((call) => call.emit('error', { code: status.UNAVAILABLE, details: 'moved' }));
  const second = await barePeer(echo);
  let address = first.client();
  const open = bidi<PeerClient, 'exchange'>(() => address, 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  let moved = false;
  const onRetry = (): void => {
    address = second.client();
    moved = true;
  };
  const stream = seen(duplex(open, outgoing).pipe(reconnect({ backoff: () => 0, onRetry }), take(1)));
  await until('the first attempt to fail', () => moved);
  outgoing.next(beat(7));
  await until('the reply', () => stream.values.length > 0);
  assert.is(stream.values[0]?.id, '7');
});

test('W5: a message that cannot be serialised is refused alone, and the stream goes on', async () => {
  const peer = await barePeer(echo);
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing));
  const bad = { vote: 'nobody' } as unknown as PeerRequest;
  outgoing.next(beat(1));
  assert.is(outgoing.next(bad), false);
  outgoing.next(beat(2));
  await until('both replies', () => stream.values.length === 2);
  stream.stop();
  assert.equal(booksOf(outgoing), { offered: 3, rejected: 1, accepted: 2, sent: 2 });
});

test('W5: the same where messages were not serialised when they were offered', async () => {
  const peer = await barePeer(echo);
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>();
  const reasons: string[] = [];
  outgoing.dropped$.subscribe(({ outcome, reason }) => reasons.push(`${outcome} ${reason}`));
  const stream = seen(duplex(open, outgoing));
  outgoing.next(beat(1));
  outgoing.next({ vote: 'nobody' } as unknown as PeerRequest);
  outgoing.next(beat(2));
  await until('both replies', () => stream.values.length === 2);
  stream.stop();
  assert.equal(reasons, ['dropped unserialisable']);
  assert.equal(booksOf(outgoing), { offered: 3, accepted: 3, sent: 2, dropped: 1 });
});

function recording(seenByInterceptor: unknown[]): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      sendMessage: (message, next) => {
        seenByInterceptor.push(message);
        next(message);
      },
    });
}

test('W8: interceptors given in options see messages, not bytes', async () => {
  const peer = await barePeer(echo);
  const messages: unknown[] = [];
  const open = bidi(peer.client(), 'exchange', { options: { interceptors: [recording(messages)] } });
  assert.is(open.wire, 'objects');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing));
  for (let id = 0; id < 50; id += 1) outgoing.next(beat(id));
  await until('the replies', () => stream.values.length === 50);
  stream.stop();
  assert.equal(
    messages,
    Array.from({ length: 50 }, (_, id) => beat(id)),
  );
});

test('W8: for interceptors of the client, wire: objects does the same', async () => {
  const peer = await barePeer(echo);
  const messages: unknown[] = [];
  const client = new PeerClient(`127.0.0.1:${String(peer.port)}`, credentials.createInsecure(), {
    ...channelOptions({ ownConnection: true }),
    interceptors: [recording(messages)],
  });
  const open = bidi(client, 'exchange', { wire: 'objects' });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing));
  outgoing.next(beat(1));
  await until('the reply', () => stream.values.length === 1);
  stream.stop();
  assert.equal(messages, [beat(1)]);
  client.close();
});

test('W8: interceptors that a function of options gives are refused for bytes, and given messages for objects', async () => {
  const peer = await barePeer(echo);
  const messages: unknown[] = [];
  const options = () => ({ interceptors: [recording(messages)] });
  const refused = seen(duplex(bidi(peer.client(), 'exchange', { options }), new Outgoing<PeerRequest>()));
  assert.match(String(refused.ends[0]), /BAD_OPTION: wire must be 'objects' when .* got "bytes"/);
  const open = bidi(peer.client(), 'exchange', { options, wire: 'objects' });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  const stream = seen(duplex(open, outgoing));
  outgoing.next(beat(1));
  await until('the reply', () => stream.values.length === 1);
  stream.stop();
  assert.equal(messages, [beat(1)]);
});

test('C1: keepalive is on, and gentle enough for a stranger', () => {
  const options = channelOptions();
  assert.is(options['grpc.keepalive_time_ms'], 300_000);
  assert.is(options['grpc.keepalive_timeout_ms'], 20_000);
  assert.not('grpc.keepalive_time_ms' in channelOptions({ keepaliveMs: Infinity }));
});

test("C5: the channel's own backoff is short, so that the policy's decides", () => {
  const options = channelOptions();
  assert.is(options['grpc.max_reconnect_backoff_ms'], 1_000);
  assert.is(options['grpc.initial_reconnect_backoff_ms'], 100);
  assert.is(channelOptions({ maxConnectBackoffMs: 50 })['grpc.initial_reconnect_backoff_ms'], 50);
});

test('C5: a server that comes back is found within the policy, not after minutes', async () => {
  const peer = await barePeer(echo);
  peer.stop();
  const client = clientOf(peer.port);
  const open = bidi(client, 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  let attempts = 0;
  const stream = seen(
    duplex(open, outgoing).pipe(reconnect({ backoff: () => 10, onRetry: () => void (attempts += 1) })),
  );
  outgoing.next(beat(1));
  await until('some failed attempts', () => attempts > 5);
  const again = await barePeer(echo, undefined, peer.port);
  await until('the reply', () => stream.values.length === 1);
  stream.stop();
  client.close();
  again.stop();
  assert.equal(booksOf(outgoing), { offered: 1, accepted: 1, sent: 1 });
});

test('a server that comes back while attempts are being made finds every message that was queued', async () => {
  for (let count = 0; count < 40; count += 1) {
    const peer = await barePeer(echo);
    peer.stop();
    const client = clientOf(peer.port, { 'grpc.initial_reconnect_backoff_ms': 5, 'grpc.max_reconnect_backoff_ms': 10 });
    const open = bidi(client, 'exchange');
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    let attempts = 0;
    const stream = seen(
      duplex(open, outgoing).pipe(
        reconnect({ backoff: () => 10 * Math.random(), onRetry: () => void (attempts += 1) }),
      ),
    );
    outgoing.next(beat(count));
    await until('some failed attempts', () => attempts > 3 + (count % 5));
    const again = await barePeer(echo, undefined, peer.port);
    await until('the reply, or the loss', () => stream.values.length === 1 || outgoing.stats().lost > 0);
    stream.stop();
    client.close();
    again.stop();
    assert.equal(booksOf(outgoing), { offered: 1, accepted: 1, sent: 1 });
  }
});

test('C6: channels of one target share a connection, unless they are given their own', async () => {
  const peers: string[] = [];
  const peer = await barePeer((call) => {
    peers.push(call.getPeer());
    call.sendMetadata(new Metadata());
  });
  const streams = [false, false, true, true].map((ownConnection) => {
    const client = new PeerClient(`127.0.0.1:${String(peer.port)}`, credentials.createInsecure(), {
      ...channelOptions({ ownConnection }),
    });
    const open = bidi(client, 'exchange');
    const stream = seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode })));
    return { client, stream };
  });
  await until('all calls', () => peers.length === 4);
  for (const { client, stream } of streams) {
    stream.stop();
    client.close();
  }
  assert.is(new Set(peers).size, 3);
});

test('C7: options of the channel are checked at the door', () => {
  const bad: readonly (readonly [string, object])[] = [
    ['keepaliveMs', { keepaliveMs: '30000' }],
    ['keepaliveMs', { keepaliveMs: 0 }],
    ['keepaliveTimeoutMs', { keepaliveTimeoutMs: NaN }],
    ['maxConnectBackoffMs', { maxConnectBackoffMs: -1 }],
    ['ownConnection', { ownConnection: 1 }],
  ];
  for (const [name, options] of bad) {
    assert.throws(() => channelOptions(options), new RegExp(`BAD_OPTION: ${name} must be`), name);
  }
});

test('W1: with channelOptions a write counts as sent only within the transport window of a peer that does not read', async () => {
  const stalled = await barePeer((call) => call.sendMetadata(new Metadata()));
  const open = bidi(stalled.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode, maxMessages: 4096, maxBytes: 8 << 20 });
  const stream = seen(duplex(open, outgoing));
  const size = 1024;
  for (let id = 0; id < 4096; id += 1) outgoing.next({ append: { payload: Buffer.alloc(size) } });
  let before = -1;
  await until('the writes to stand still', () => {
    const { sent } = outgoing.stats();
    const still = sent > 0 && sent === before;
    before = sent;
    return still;
  });
  const { bytes } = outgoing.stats();
  stream.stop();
  assert.ok(bytes.sent <= (64 << 10) + 16 * (size + 16), `${String(bytes.sent)} bytes counted as sent`);
});

test.run();
