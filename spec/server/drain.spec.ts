import { status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import type { CallContext, Gated } from 'rxduplex';
import { NEVER, Observable, Subject, concat, map, range } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { bareCall, bareClient, endOf, idsOf, outcomesOf, served } from '../support/bare-kinds.js';
import type { Served } from '../support/bare-kinds.js';
import { kinds, sendsMany } from '../support/kinds.js';
import { stopAll, stopped, turns, until } from '../support/peer.js';

test.after.each(stopAll);

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const drained: [number, string] = [status.UNAVAILABLE, 'the server is being drained'];
const ofAllKinds = (handler: unknown): object => Object.fromEntries(kinds.map((kind) => [kind, handler]));
const open = (on: Served, count: number): Promise<void> => until('the calls', () => on.serving.stats().open === count);

type Asks = Gated<{ readonly id: number }>;

for (const [what, result] of Object.entries({
  'an Observable that never ends': () => NEVER,
  'a promise that never settles': () => new Promise(() => undefined),
  'an async iterable that never gives': () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  }),
})) {
  for (const graceMs of [0, 60]) {
    test(`handlers of all kinds with ${what} end with UNAVAILABLE after ${String(graceMs)} ms, and a forced shutdown right after changes nothing`, async () => {
      let aborted = 0;
      const on = await served(
        ofAllKinds((_: unknown, { signal }: CallContext) => {
          signal.addEventListener('abort', () => (aborted += 1));
          return result();
        }),
      );
      const calls = kinds.map((kind) => bareCall(on.client, kind, { ends: false }));
      await open(on, 4);
      await on.serving.drain({ graceMs });
      assert.is(on.serving.stats().open, 0);
      on.server.forceShutdown();
      for (const bare of calls) assert.equal(await endOf(bare), drained);
      assert.is(aborted, 4);
      assert.equal(await outcomesOf(on), { completed: 0, failed: 4, cancelled: 0 });
      assert.is(on.failures.length, 4);
    });
  }
}

test('a thousand calls on ten connections all get their status before the drain resolves', async () => {
  const on = await served({ bidi: (asks$: Asks) => concat(asks$.pipe(map(({ id }) => ({ id }))), NEVER) });
  const clients = Array.from({ length: 10 }, () => bareClient(on.port));
  for (const client of clients) stopped({ stop: () => client.close() });
  const codes: number[] = [];
  for (const client of clients) {
    for (let count = 0; count < 100; count += 1) {
      const call = client.bidi();
      call.on('error', () => undefined);
      call.on('data', () => undefined);
      call.on('status', ({ code }: StatusObject) => codes.push(code));
      call.write({ id: count });
    }
  }
  await until('all requests', () => on.serving.stats().inbound.routed === 1000);
  await on.serving.drain({ graceMs: 10 });
  on.server.forceShutdown();
  await until('all statuses', () => codes.length === 1000);
  assert.equal(new Set(codes), new Set([status.UNAVAILABLE]));
});

test('what was queued goes out before the status, and its Observable is left', async () => {
  let left = false;
  const on = await served({
    bidi: () =>
      new Observable((subscriber) => {
        for (let id = 0; id < 800; id += 1) subscriber.next({ id, payload: Buffer.alloc(1000) });
        return () => (left = true);
      }),
  });
  const bare = bareCall(on.client, 'bidi', { ends: false });
  bare.call.pause();
  await open(on, 1);
  await turns(20);
  const draining = on.serving.drain({ graceMs: 20 });
  await until('the Observable to be left', () => left);
  bare.call.resume();
  await draining;
  on.server.forceShutdown();
  assert.equal(await endOf(bare), drained);
  assert.is(idsOf(bare).length, 800);
});

test('requests complete at once, so that handlers come to their end; nobody is cut off', async () => {
  const on = await served({
    bidi: (asks$: Asks) => asks$.pipe(map(({ id }) => ({ id }))),
    clientStream: async (asks$: Asks) => {
      let id = 0;
      await asks$.forEach((ask) => (id += ask.id));
      return { id };
    },
  });
  const calls = (['bidi', 'clientStream'] as const).map((kind) => bareCall(on.client, kind, { ends: false }));
  await until('the requests', () => on.serving.stats().inbound.routed === 6);
  await on.serving.drain({ graceMs: Infinity });
  for (const bare of calls) assert.equal(await endOf(bare), [status.OK, 'OK']);
  assert.equal(calls.map(idsOf), [[1, 2, 3], [6]]);
});

test('requests complete also for a handler that is between two subscriptions, or has none yet', async () => {
  const go$ = new Subject<void>();
  const told: unknown[] = [];
  const on = await served({
    bidi: (asks$: Asks) => {
      go$.subscribe(() => {
        // eslint-disable-next-line rxjs-x/no-nested-subscribe -- a handler that subscribes when something else is there
        asks$.subscribe({ next: ({ id }) => told.push(id), complete: () => told.push('complete') });
      });
      return NEVER;
    },
  });
  bareCall(on.client, 'bidi', { ends: false });
  await open(on, 1);
  const draining = on.serving.drain({ graceMs: 50 });
  go$.next();
  assert.equal(told, ['complete']);
  await draining;
});

test('handlers in the middle of an async start come to their end', async () => {
  const on = await served(
    ofAllKinds(async (input: unknown) => {
      await wait(60);
      return input instanceof Observable ? concat(input, [{ id: 9 }]) : { id: 9 };
    }),
  );
  const calls = kinds.map((kind) => bareCall(on.client, kind, { ends: false }));
  await open(on, 4);
  await on.serving.drain({ graceMs: 5_000 });
  for (const [at, bare] of calls.entries()) {
    assert.equal([...(await endOf(bare)), idsOf(bare).at(-1)], [status.OK, 'OK', 9], kinds[at]);
  }
});

test('what an async handler gives after a drain has given up on it is not subscribed to', async () => {
  let subscribed = 0;
  const give$ = new Subject<void>();
  const on = await served(
    ofAllKinds(async () => {
      await new Promise((resolve) => give$.subscribe(resolve));
      return new Observable(() => void (subscribed += 1));
    }),
  );
  const calls = kinds.map((kind) => bareCall(on.client, kind));
  await open(on, 4);
  await on.serving.drain({ graceMs: 0 });
  give$.next();
  await turns(5);
  for (const bare of calls) assert.equal(await endOf(bare), drained);
  assert.is(subscribed, 0);
});

test('calls of all four kinds are refused with UNAVAILABLE, while it drains and after', async () => {
  const on = await served(ofAllKinds(() => NEVER));
  const held = bareCall(on.client, 'bidi', { ends: false });
  await open(on, 1);
  const draining = on.serving.drain({ graceMs: 150 });
  for (const kind of kinds) assert.equal(await endOf(bareCall(on.client, kind)), drained, kind);
  await draining;
  for (const kind of kinds) assert.equal(await endOf(bareCall(on.client, kind)), drained, kind);
  assert.equal(await endOf(held), drained);
  assert.equal(await outcomesOf(on), { completed: 0, failed: 1, cancelled: 0 });
});

test('a drain of no calls resolves at once, a second one joins the first, and nobody has to await either', async () => {
  const on = await served(ofAllKinds(() => NEVER));
  const first = on.serving.drain();
  assert.is(on.serving.drain({ graceMs: 0 }), first);
  await first;
  for (const graceMs of [-1, NaN, '5', 2 ** 31]) {
    assert.throws(
      () => on.serving.drain({ graceMs: graceMs as number }),
      /BAD_OPTION: graceMs must be a number of milli/,
    );
  }
});

for (const [what, result] of Object.entries({
  'whose handler never ends': () =>
    concat(range(0, 2000).pipe(map((id) => ({ id, payload: Buffer.alloc(1000) }))), NEVER),
  'whose handler has ended': () => Array.from({ length: 2000 }, (_, id) => ({ id, payload: Buffer.alloc(1000) })),
})) {
  test(`a client that reads nothing, ${what}, does not keep a drain from resolving`, async () => {
    const on = await served({ serverStream: result });
    const bare = bareCall(on.client, 'serverStream');
    bare.call.pause();
    await open(on, 1);
    await turns(20);
    await on.serving.drain({ graceMs: 20 });
    assert.is(on.serving.stats().open, 1);
    on.server.forceShutdown();
    await outcomesOf(on);
  });
}

test('clients that go on writing are not waited for', async () => {
  const on = await served(ofAllKinds(() => NEVER));
  const calls = kinds.map((kind) => bareCall(on.client, kind, { ends: false }));
  await open(on, 4);
  const timer = setInterval(() => {
    for (const [at, kind] of kinds.entries()) if (sendsMany(kind)) calls[at]?.call.write({ id: 1 });
  }, 1);
  await on.serving.drain({ graceMs: 20 });
  clearInterval(timer);
  for (const bare of calls) assert.equal(await endOf(bare), drained);
});

test.run();
