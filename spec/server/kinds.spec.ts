import { status } from '@grpc/grpc-js';
import type { ServiceError, Metadata } from '@grpc/grpc-js';
import { iterate } from 'rxduplex';
import type { UnaryHandler } from 'rxduplex';
import { EMPTY, NEVER, Observable, concat, concatMap, lastValueFrom, map, of, range, take, toArray } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { Answer, Ask, Ask__Output } from '../support/generated/kinds.js';
import { stageOf, stopStages } from '../support/kinds.js';
import { turns, until } from '../support/peer.js';

test.after.each(stopStages);

type Unary = UnaryHandler<Ask__Output, Answer>;

async function failureOf(call$: Observable<unknown>): Promise<ServiceError> {
  return lastValueFrom(call$).then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as ServiceError,
  );
}

const ones: Record<string, Unary> = {
  'a message': ({ id }) => ({ id }),
  'a promise': ({ id }) => Promise.resolve({ id }),
  'an Observable': ({ id }) => of({ id }),
  'an iterable': ({ id }) => [{ id }],
  'an async iterable': async function* ({ id }) {
    await turns(1);
    yield { id };
  },
};

for (const [what, unary] of Object.entries(ones)) {
  test(`one response may be ${what}`, async () => {
    const { rx } = await stageOf({ unary });
    assert.is((await lastValueFrom(rx.unary({ id: 7 }))).id, 7);
  });
}

test('of several responses where one is due the first is sent, and the rest is left', async () => {
  let left = 0;
  const endless$ = new Observable<Answer>((subscriber) => {
    subscriber.next({ id: 1 });
    subscriber.next({ id: 2 });
    return () => (left += 1);
  });
  const { rx, serving } = await stageOf({ unary: () => endless$, clientStream: () => endless$ });
  assert.is((await lastValueFrom(rx.unary({}))).id, 1);
  assert.is((await lastValueFrom(rx.clientStream(NEVER))).id, 1);
  assert.is(left, 2);
  await until('the books', () => serving.stats().completed === 2);
});

test('a handler that gives no response where one is due ends its call with INTERNAL', async () => {
  const { rx, serving } = await stageOf({
    unary: () => EMPTY,
    clientStream: (asks$) =>
      asks$.pipe(
        take(0),
        map(() => ({})),
      ),
  });
  for (const call$ of [rx.unary({}), rx.clientStream([{ id: 1 }])]) {
    const { code, details } = await failureOf(call$);
    assert.equal([code, details], [status.INTERNAL, 'the handler gave no response']);
  }
  await until('the books', () => serving.stats().failed === 2);
});

test('one response that cannot be serialised ends its call with INTERNAL', async () => {
  const unreadable = Object.defineProperty({}, 'id', {
    get: () => {
      throw new Error('no integer');
    },
  });
  const { rx, serving } = await stageOf({ unary: () => Promise.resolve(unreadable) });
  const { code, details } = await failureOf(rx.unary({}));
  assert.equal([code, details], [status.INTERNAL, 'a response could not be serialised']);
  await until('the books', () => serving.stats().open === 0);
  const { offered, rejected, accepted } = serving.stats().outbound;
  assert.equal([offered, rejected, accepted], [1, 1, 0]);
});

test('calls of one response are in the books, in messages and in bytes', async () => {
  const { rx, serving } = await stageOf({ unary: ({ id }) => ({ id }), clientStream: () => ({ id: 1 }) });
  await lastValueFrom(rx.unary({ id: 1 }));
  await lastValueFrom(rx.clientStream([]));
  await until('the books', () => serving.stats().completed === 2);
  const { inbound, outbound } = serving.stats();
  assert.equal(inbound, { received: 1, routed: 1, unrouted: 0, invalid: 0 });
  const { offered, accepted, inFlight, sent, bytes } = outbound;
  assert.equal([offered, accepted, inFlight, sent], [2, 2, 0, 2]);
  assert.equal([bytes.offered, bytes.accepted, bytes.inFlight, bytes.sent], [4, 4, 0, 4]);
});

test('initial metadata that a handler has put in goes out before its one response is there', async () => {
  const { rx } = await stageOf({
    unary: (_, { initialMetadata }) => {
      initialMetadata.set('a', '1');
      return NEVER;
    },
  });
  const received: Metadata[] = [];
  const subscription = rx.unary({}, { onMetadata: (metadata) => received.push(metadata) }).subscribe();
  await until('the metadata', () => received.length === 1);
  assert.equal(received[0]?.get('a'), ['1']);
  subscription.unsubscribe();
});

test('a generator may put initial metadata in before it first waits, and trailers until its end', async () => {
  const { rx } = await stageOf({
    serverStream: async function* (_, { initialMetadata, trailers }) {
      initialMetadata.set('a', '1');
      await turns(1);
      yield { id: 1 };
      trailers.set('b', '2');
    },
  });
  const told: unknown[] = [];
  await lastValueFrom(
    rx.serverStream(
      {},
      {
        onMetadata: (metadata) => told.push(metadata.get('a')),
        onStatus: ({ metadata }) => told.push(metadata.get('b')),
      },
    ),
  );
  assert.equal(told, [['1'], ['2']]);
});

test('a handler knows the deadline of its call, and that there is none', async () => {
  const deadlines: (Date | number)[] = [];
  const { rx } = await stageOf({ unary: (_, { deadline }) => (deadlines.push(deadline), {}) });
  const soon = Date.now() + 60_000;
  await lastValueFrom(rx.unary({}));
  await lastValueFrom(rx.unary({}, { deadline: soon }));
  assert.is(deadlines[0], Infinity);
  assert.ok(Math.abs(Number(deadlines[1]) - soon) < 10_000);
});

test('a signal that is first asked for after the end is aborted already', async () => {
  const signals: AbortSignal[] = [];
  const { rx, serving } = await stageOf({
    unary: async (_, context) => {
      await until('the end', () => serving.stats().cancelled === 1);
      signals.push(context.signal);
      return {};
    },
  });
  await failureOf(rx.unary({}, { timeoutMs: 30 }));
  await until('the handler', () => signals.length === 1);
  assert.ok(signals[0]?.aborted);
});

test('a one-to-one handler whose responses fill the bytes of the buffer, but not evenly, loses nothing to a slow reader', async () => {
  const { rx } = await stageOf({
    bidi: (asks$) => asks$.pipe(map(({ id }) => ({ id, payload: Buffer.alloc(100_000 + id) }))),
  });
  const asks = Array.from({ length: 300 }, (_, id): Ask => ({ id }));
  const seen: number[] = [];
  for await (const { id } of iterate(rx.bidi(asks), { highWaterMark: 1 })) {
    seen.push(id);
    if (id % 50 === 0) await turns(20);
  }
  assert.equal(
    seen,
    asks.map(({ id }) => id),
  );
});

test('a stream of responses from another stream holds that one while its reader is slow', async () => {
  const source = await stageOf({ serverStream: ({ id }) => Array.from({ length: id }, (_, each) => ({ id: each })) });
  const relay = await stageOf({
    serverStream: (ask) => source.rx.serverStream(ask).pipe(map(({ id }) => ({ id, payload: Buffer.alloc(999) }))),
  });
  const seen = await lastValueFrom(
    relay.rx.serverStream({ id: 20_000 }).pipe(
      map(({ id }) => id),
      toArray(),
    ),
  );
  assert.is(seen.length, 20_000);
  assert.is(seen.at(-1), 19_999);
});

test('a drain waits for the calls of every kind, which complete in their time', async () => {
  const { rx, serving } = await stageOf({
    unary: async ({ id }) => {
      await turns(20);
      return { id };
    },
    serverStream: ({ id }) =>
      concat(of({ id }), range(1, 3).pipe(concatMap(async (each) => (await turns(5), { id: each })))),
    clientStream: (asks$) => asks$.pipe(map(({ id }) => ({ id }))),
  });
  const calls = [rx.unary({ id: 1 }), rx.serverStream({ id: 9 })].map((call$) => lastValueFrom(call$));
  await until('the calls', () => serving.stats().open === 2);
  await serving.drain({ graceMs: Infinity });
  assert.equal(
    (await Promise.all(calls)).map(({ id }) => id),
    [1, 3],
  );
  assert.is(serving.stats().completed, 2);
});

test.run();
