import { connectivityState, status } from '@grpc/grpc-js';
import { Outgoing, Remote, bidi, duplex, oneof, reconnect } from 'rxduplex';
import type { RxDuplexError } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerRequest } from 'rxduplex/peer';
import { firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { seen } from '../support/marbles.js';
import { barePeer, beat, clientOf, echo, stopAll, turns, until } from '../support/peer.js';
import { booksOf } from '../support/told.js';

test.after.each(stopAll);

const isClosed = (client: PeerClient): boolean =>
  client.getChannel().getConnectivityState(false) === connectivityState.SHUTDOWN;

/** A port where nobody listens. */
async function absent(): Promise<number> {
  const peer = await barePeer(echo);
  peer.stop();
  return peer.port;
}

/** Makes clients, and keeps all that it has made. */
function factory(port: number): { readonly made: PeerClient[]; readonly make: () => PeerClient } {
  const made: PeerClient[] = [];
  return {
    made,
    make: () => {
      const client = clientOf(port);
      made.push(client);
      return client;
    },
  };
}

test('a function makes one client for each attempt, and each is closed when the next is there, the last with the Remote', async () => {
  const { made, make } = factory(await absent());
  const open = bidi(make, 'exchange');
  const remote = new Remote(open, { events: oneof('event'), reconnect: { backoff: () => 0 } });
  let attempts = 0;
  remote.status$.subscribe(({ state }) => (attempts += state === 'connecting' ? 1 : 0));
  for (let id = 0; id < 5; id += 1) remote.next(beat(id));
  await until('many attempts', () => attempts >= 200);
  assert.ok(Math.abs(made.length - attempts) <= 1, `${made.length} clients for ${attempts} attempts`);
  assert.ok(made.filter((client) => !isClosed(client)).length <= 1);
  const { outbound } = remote.stats();
  assert.equal([outbound.queued, outbound.bytes.queued > 0], [5, true]);
  await remote.close();
  await turns(3);
  assert.ok(made.every(isClosed));
});

test('what is offered, measured and counted before the first attempt asks the function once, for the client of that attempt', async () => {
  const peer = await barePeer(echo);
  const { made, make } = factory(peer.port);
  const remote = new Remote(bidi(make, 'exchange'), { events: oneof('event') });
  for (let id = 0; id < 10; id += 1) remote.next(beat(id));
  assert.ok(remote.stats().outbound.bytes.queued > 0);
  assert.is(made.length, 1);
  await firstValueFrom(remote.messages$);
  assert.is(made.length, 1);
  await remote.close();
  assert.ok(made.every(isClosed));
});

test('with the definition of the service nobody is asked for a client before the first attempt', async () => {
  const peer = await barePeer(echo);
  const { made, make } = factory(peer.port);
  const open = bidi(make, 'exchange', { service: PeerService });
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  outgoing.next(beat(1));
  assert.ok(outgoing.stats().bytes.queued > 0);
  assert.is(made.length, 0);
  const stream = seen(duplex(open, outgoing));
  await until('the reply', () => stream.values.length === 1);
  stream.stop();
  open.close();
  assert.is(made.length, 1);
  await until('the client to be closed', () => made.every(isClosed));
});

test('a function that has no client yet refuses no message: it is sent when there is one', async () => {
  const peer = await barePeer(echo);
  const leaders: PeerClient[] = [];
  const make = (): PeerClient => {
    const [leader] = leaders;
    if (leader) return leader;
    throw new Error('no leader');
  };
  const remote = new Remote(bidi(make, 'exchange'), { events: oneof('event'), reconnect: { backoff: () => 1 } });
  const causes: unknown[] = [];
  remote.status$.subscribe((now) => {
    if (now.state === 'reconnecting') causes.push((now.cause as Error).message);
  });
  const replies = seen(remote.messages$);
  for (const id of [1, 2]) assert.ok(remote.next(beat(id)));
  await until('some attempts', () => causes.length > 20);
  assert.match(String(causes[0]), 'OPEN_FAILED: the call could not be opened: no leader');
  leaders.push(peer.client());
  await until('the replies', () => replies.values.length === 2);
  assert.equal(
    replies.values.map(({ id }) => id),
    ['1', '2'],
  );
  await remote.close();
});

test('a client that the function gives again stays open, and a connection is made once', async () => {
  const peers = new Set<string>();
  const peer = await barePeer((call) => {
    peers.add(call.getPeer());
    call.emit('error', { code: status.UNAVAILABLE, details: 'again' });
  });
  const client = peer.client();
  const stream = seen(
    duplex(
      bidi(() => client, 'exchange'),
      new Outgoing<PeerRequest>(),
    ).pipe(reconnect({ backoff: () => 0, maxAttempts: 20 })),
  );
  await until('the end', () => stream.ends.length > 0);
  assert.not(isClosed(client));
  assert.is(peers.size, 1);
});

test('a client that two streams were given is closed when neither needs it', async () => {
  const peer = await barePeer(echo);
  const client = clientOf(peer.port);
  const remotes = [1, 2].map(
    () =>
      new Remote(
        bidi(() => client, 'exchange'),
        { events: oneof('event') },
      ),
  );
  for (const remote of remotes) {
    remote.next(beat(1));
    await firstValueFrom(remote.messages$);
  }
  await remotes[0]?.close();
  assert.not(isClosed(client));
  remotes[1]?.next(beat(2));
  await until('the second to go on', () => remotes[1]?.stats().outbound.sent === 2);
  await remotes[1]?.close();
  await until('the client to be closed', () => isClosed(client));
});

test('with closeClients: false clients stay their owner’s', async () => {
  const { made, make } = factory(await absent());
  const open = bidi(make, 'exchange', { closeClients: false });
  const remote = new Remote(open, { events: oneof('event'), reconnect: { backoff: () => 0, maxAttempts: 5 } });
  const ended = seen(remote.messages$);
  await until('the end', () => ended.ends.length > 0);
  assert.is(made.length, 5);
  assert.not(made.some(isClosed));
  for (const client of made) client.close();
});

test('a client that was closed, since another had been given, and is given again fails the attempt and says why', async () => {
  const port = await absent();
  const clients = [clientOf(port), clientOf(port)];
  let asked = 0;
  const causes: string[] = [];
  const stream = seen(
    duplex(
      bidi(() => clients[asked++ % 2] as PeerClient, 'exchange'),
      new Outgoing<PeerRequest>(),
    ).pipe(reconnect({ backoff: () => 0, maxAttempts: 4, onRetry: ({ cause }) => causes.push(String(cause)) })),
  );
  await until('the end', () => stream.ends.length > 0);
  assert.ok(causes.some((cause) => /OPEN_FAILED.* closed since .* set closeClients to false/.test(cause)));
});

test('a client that was closed by its owner is final at once, and says so', async () => {
  for (const when of ['before', 'while the channel connects', 'while the call is open'] as const) {
    const peer = await barePeer(echo);
    const client = peer.client();
    const open = bidi(client, 'exchange');
    const remote = new Remote(open, { events: oneof('event'), reconnect: { backoff: () => 0 } });
    const ended = seen(remote.messages$);
    if (when === 'while the call is open') {
      remote.next(beat(1));
      await until('the reply', () => ended.values.length === 1);
    }
    if (when === 'while the channel connects') await until('the call', () => remote.stats().connections === 0);
    client.close();
    if (when === 'while the call is open') peer.server.forceShutdown();
    await until('the end', () => ended.ends.length > 0);
    const error = ended.ends[0] as RxDuplexError;
    assert.equal([error.code, error.message], ['CLOSED', 'CLOSED: the client was closed'], when);
  }
});

test('a client that the function has made and somebody has closed is no end: the next may be open', async () => {
  const peer = await barePeer(echo);
  let asked = 0;
  const make = (): PeerClient => {
    const client = clientOf(peer.port);
    if (asked++ < 2) client.close();
    return client;
  };
  const remote = new Remote(bidi(make, 'exchange', { service: PeerService }), {
    events: oneof('event'),
    reconnect: { backoff: () => 0 },
  });
  remote.next(beat(1));
  assert.is((await firstValueFrom(remote.messages$)).id, '1');
  await remote.close();
});

test('a class of clients is no client, and says so', () => {
  assert.throws(
    () => bidi(PeerClient as unknown as () => PeerClient, 'exchange'),
    /BAD_OPTION: client must be a client, or a function that makes one/,
  );
});

test('what makes clients is checked at the door', () => {
  const make = (): PeerClient => clientOf(1);
  assert.throws(() => bidi(make, 'exchange', { closeClients: 1 as unknown as boolean }), /BAD_OPTION: closeClients/);
  assert.throws(() => bidi(make, 'exchange', { service: 'Peer' as never }), /BAD_OPTION: service/);
  assert.throws(() => bidi(make, 'nope' as 'exchange', { service: PeerService }), /BAD_OPTION: method/);
});

test('a function that gives something else fails its attempt for good', async () => {
  const open = bidi(() => Object.create(null) as PeerClient, 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  outgoing.next(beat(1));
  const stream = seen(duplex(open, outgoing).pipe(reconnect({ backoff: () => 0 })));
  await until('the end', () => stream.ends.length > 0);
  assert.match(String(stream.ends[0]), /BAD_OPTION: client must be made by the copy of @grpc\/grpc-js/);
  assert.equal(booksOf(outgoing), { offered: 1, accepted: 1, queued: 1 });
});

test.run();
