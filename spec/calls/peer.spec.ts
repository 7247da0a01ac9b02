import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';

import { Server, credentials, status } from '@grpc/grpc-js';
import type { ChannelOptions, Metadata, StatusObject, sendUnaryData } from '@grpc/grpc-js';
import { channelOptions, rx } from 'rxduplex';
import type { RxCallOptions } from 'rxduplex';
import { NEVER, concat, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { KindsClient, KindsService } from '../support/generated/kinds.js';
import { kinds, stage, stopStages } from '../support/kinds.js';
import type { Kind, Stage } from '../support/kinds.js';
import { listen, until } from '../support/peer.js';
import { proxyTo } from '../support/proxy.js';

const stops: (() => void)[] = [];

test.after.each(() => {
  for (const stop of stops.splice(0).reverse()) stop();
  stopStages();
});

/** The code of the status that ended a call, and the peer that came with it. */
type Ended = readonly [code: number, peer: string | undefined];

function clientOf(address: string, options: ChannelOptions = channelOptions()): KindsClient {
  const client = new KindsClient(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    ...options,
  });
  stops.push(() => client.close());
  return client;
}

function open(client: KindsClient, kind: Kind, options: RxCallOptions): Observable<unknown> {
  const calls = rx(client);
  if (kind === 'clientStream' || kind === 'bidi') return calls[kind](concat([{ id: 1 }], NEVER), options);
  return calls[kind]({ id: 1 }, options);
}

/** Gives how a call ended; `begun` is called once it is under way. */
async function ended(
  client: KindsClient,
  kind: Kind,
  options: RxCallOptions = {},
  begun: () => unknown = () => undefined,
): Promise<Ended> {
  const statuses: Ended[] = [];
  const onStatus = ({ code }: StatusObject, peer: string | undefined): unknown => statuses.push([code, peer]);
  const over = lastValueFrom(open(client, kind, { ...options, onStatus }), { defaultValue: undefined }).catch(
    () => undefined,
  );
  await begun();
  await over;
  assert.is(statuses.length, 1);
  return statuses[0] as Ended;
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server that takes connections and never speaks HTTP/2. */
async function mutePort(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    stops.push(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const soon = { timeoutMs: 150 };
const both = 'our client, our server';

for (const kind of kinds) {
  test(`${kind}: onStatus is told the address of the connection, whatever the status is`, async () => {
    const on = await stage(both, { early: true });
    const address = on.client.getChannel().getTarget().replace('dns:', '');
    assert.equal(await ended(on.client, kind), [status.OK, address]);
    const silent = await stage(both, { silent: true });
    const other = silent.client.getChannel().getTarget().replace('dns:', '');
    assert.equal(await ended(silent.client, kind, soon), [status.DEADLINE_EXCEEDED, other]);
    const proxy = await proxyTo(Number(other.split(':')[1]));
    stops.push(() => proxy.stop());
    const cut = await ended(clientOf(`127.0.0.1:${String(proxy.port)}`), kind, {}, async () => {
      await until('the call', () => silent.told.begun === 2);
      proxy.reset();
    });
    assert.equal(cut, [status.UNAVAILABLE, `127.0.0.1:${String(proxy.port)}`]);
  });

  test(`${kind}: onStatus is told no peer of a call that never left this process`, async () => {
    const dead = `127.0.0.1:${String(await deadPort())}`;
    assert.equal(await ended(clientOf(dead), kind), [status.UNAVAILABLE, undefined], 'nobody listens');
    assert.equal(
      await ended(clientOf(`127.0.0.1:${String(await mutePort())}`), kind, soon),
      [status.DEADLINE_EXCEEDED, undefined],
      'nobody speaks',
    );
    const unnamed = clientOf('unix:/no/such/socket');
    assert.equal(await ended(unnamed, kind), [status.UNAVAILABLE, undefined], 'no such socket');
  });
}

/** Makes grpc-js repeat a call that failed; only without `channelOptions()`, which leave it no bytes to repeat. */
const repeating = (backoff: string): ChannelOptions => ({
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.service_config': JSON.stringify({
    methodConfig: [
      {
        name: [{}],
        retryPolicy: {
          maxAttempts: 3,
          initialBackoff: backoff,
          maxBackoff: backoff,
          backoffMultiplier: 1,
          retryableStatusCodes: ['UNAVAILABLE'],
        },
      },
    ],
  }),
});

const ready = (client: KindsClient): Promise<void> =>
  new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + 10_000, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });

const portOf = ({ client }: Stage): number => Number(client.getChannel().getTarget().split(':').at(-1));

test('a call that grpc-js repeated has a peer, although its last attempt found no connection', async () => {
  const silent = await stage(both, { silent: true });
  const proxy = await proxyTo(portOf(silent));
  const client = clientOf(`127.0.0.1:${String(proxy.port)}`, repeating('0.1s'));
  const [code, peer] = await ended(client, 'unary', {}, async () => {
    await until('the call', () => silent.told.begun === 1);
    proxy.stop();
  });
  assert.equal([code, typeof peer], [status.UNAVAILABLE, 'string']);
});

test('a call whose time was over while grpc-js waited to repeat it has a peer', async () => {
  let begun = 0;
  const server = new Server();
  server.addService(KindsService, {
    Unary: (_: unknown, callback: sendUnaryData<unknown>) => {
      begun += 1;
      callback({ code: status.UNAVAILABLE, details: 'not now' });
    },
  });
  const port = await listen(server);
  stops.push(() => server.forceShutdown());
  const client = clientOf(`127.0.0.1:${String(port)}`, repeating('60s'));
  await ready(client);
  const [code, peer] = await ended(client, 'unary', { timeoutMs: 500 });
  assert.equal([code, typeof peer, begun], [status.DEADLINE_EXCEEDED, 'string', 1]);
});

test('a call whose time was over while its second attempt waited for a connection has a peer', async () => {
  const silent = await stage(both, { silent: true });
  const sockets = new Set<Socket>();
  let mute = false;
  const server = createServer((near) => {
    sockets.add(near.on('error', () => undefined));
    if (mute) return;
    const far = connect(portOf(silent), '127.0.0.1').on('error', () => undefined);
    near.pipe(far).pipe(near);
    stops.push(() => far.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const client = clientOf(`127.0.0.1:${String((server.address() as AddressInfo).port)}`, repeating('0.1s'));
  const [code, peer] = await ended(client, 'unary', { timeoutMs: 2_000 }, async () => {
    await until('the call', () => silent.told.begun === 1);
    mute = true;
    for (const socket of sockets) socket.resetAndDestroy();
  });
  assert.equal([code, typeof peer], [status.DEADLINE_EXCEEDED, 'string']);
});

test('a call that is not made has no status', async () => {
  const statuses: unknown[] = [];
  const client = clientOf('127.0.0.1:1');
  const calls = rx(client, { metadata: () => Promise.reject<Metadata>(new Error('no token')) });
  const call$ = calls.unary({ id: 1 }, { onStatus: (given) => statuses.push(given) });
  const error: unknown = await lastValueFrom(call$).catch((reason: unknown) => reason);
  assert.is((error as { code: unknown }).code, 'METADATA_FAILED');
  assert.equal(statuses, []);
});

test.run();
