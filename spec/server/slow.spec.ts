// time limit: 240 s
import { status } from '@grpc/grpc-js';
import { consume, iterate, rx } from 'rxduplex';
import type { Gated } from 'rxduplex';
import { Subject, concatMap, delay, from, map, mergeMap } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { bareCall, endOf, idsOf, outcomesOf, served } from '../support/bare-kinds.js';
import type { BareCall, Served } from '../support/bare-kinds.js';
import { stopAll, turns, until } from '../support/peer.js';

test.after.each(stopAll);

type Asks = Gated<{ readonly id: number }>;

const payload = Buffer.alloc(2_000);
const answer = ({ id }: { readonly id: number }): object => ({ id, payload });
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const later = async (ask: { readonly id: number }): Promise<object> => {
  await tick();
  return answer(ask);
};

/** Handlers that answer each request once. Those that hold what they have not handled read no more than a window. */
const handlers: Record<string, [handler: (asks$: Asks) => unknown, holds: boolean]> = {
  map: [(asks$) => asks$.pipe(map(answer)), true],
  'concatMap of promises': [(asks$) => asks$.pipe(concatMap(later)), false],
  'mergeMap of promises, 8 at once': [(asks$) => asks$.pipe(mergeMap(later, 8)), false],
  'mergeMap of promises, all at once': [(asks$) => asks$.pipe(mergeMap(later)), false],
  'consume, 8 at once': [(asks$) => asks$.pipe(consume(later, { concurrency: 8 })), true],
  'consume, 8 at once, in order': [(asks$) => asks$.pipe(consume(later, { concurrency: 8, ordered: true })), true],
  'an async generator': [
    async function* (asks$) {
      for await (const ask of iterate(asks$)) yield answer(ask);
    },
    true,
  ],
  'an async handler': [async (asks$) => (await tick(), asks$.pipe(concatMap(later))), false],
  delay: [(asks$) => asks$.pipe(delay(5), map(answer)), false],
  'a Subject as sink': [
    (asks$) => {
      const answers$ = new Subject<object>();
      asks$.pipe(map(answer)).subscribe(answers$);
      return answers$;
    },
    true,
  ],
};

/** Lets the server stand still: it has no more room for a response. */
async function stoodStill({ serving }: Served): Promise<void> {
  let before = -1;
  await until('responses', () => serving.stats().outbound.sent > 0);
  while (before !== serving.stats().outbound.offered) {
    before = serving.stats().outbound.offered;
    await turns(50);
  }
}

/** Asks so much without reading, and then reads all. */
async function askedAndRead(on: Served, count: number, holds: boolean): Promise<BareCall> {
  const bare = bareCall(on.client, 'bidi', { ids: [], ends: false });
  bare.call.pause();
  for (let id = 1; id <= count; id += 1) bare.call.write({ id });
  bare.call.end();
  await stoodStill(on);
  const { inbound, outbound } = on.serving.stats();
  assert.ok(outbound.queued + outbound.inFlight <= 1024);
  assert.ok(outbound.bytes.queued + outbound.bytes.inFlight <= 1 << 20);
  assert.ok(outbound.waiting <= inbound.routed);
  if (holds) assert.ok(inbound.routed <= 1024, `${String(inbound.routed)} requests were read`);
  assert.is(bare.status, undefined);
  bare.call.resume();
  return bare;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

for (const [what, [handler, holds]] of Object.entries(handlers)) {
  for (const count of [5_000, 20_000]) {
    test(`a client that reads late is given each of ${String(count)} responses once, and is not ended: ${what}`, async () => {
      const on = await served({ bidi: handler });
      const bare = await askedAndRead(on, count, holds);
      assert.equal(await endOf(bare), [status.OK, 'OK']);
      const ids = idsOf(bare);
      if (!what.startsWith('mergeMap') && what !== 'consume, 8 at once') assert.equal(ids, upTo(count));
      assert.equal(
        ids.sort((a, b) => a - b),
        upTo(count),
      );
      assert.equal(await outcomesOf(on), { completed: 1, failed: 0, cancelled: 0 });
      assert.equal(on.failures, []);
    });
  }
}

test('a proxy is slowed by its client, and slows its backend', async () => {
  const backend = await served({ bidi: (asks$: Asks) => asks$.pipe(map(answer)) });
  const on = await served({ bidi: (asks$: Asks) => rx(backend.client).bidi(asks$) });
  const bare = await askedAndRead(on, 5_000, true);
  const { routed } = backend.serving.stats().inbound;
  assert.ok(routed < 2_000, `the backend has read ${String(routed)}`);
  assert.equal(await endOf(bare), [status.OK, 'OK']);
  assert.equal(idsOf(bare), upTo(5_000));
});

for (const [what, rows] of Object.entries({
  'an Observable of rows': () => from(upTo(5_000).map((id) => answer({ id }))),
  rows: () => upTo(5_000).map((id) => answer({ id })),
  'a promise of an Observable of rows': () => Promise.resolve(from(upTo(5_000).map((id) => answer({ id })))),
})) {
  test(`5,000 rows reach a client that reads late: ${what}`, async () => {
    const on = await served({ serverStream: rows });
    const bare = bareCall(on.client, 'serverStream');
    bare.call.pause();
    await stoodStill(on);
    assert.is(bare.status, undefined);
    bare.call.resume();
    assert.equal(await endOf(bare), [status.OK, 'OK']);
    assert.equal(idsOf(bare), upTo(5_000));
  });
}

test('what is not owed waits within its bounds, and then ends the call with RESOURCE_EXHAUSTED', async () => {
  const many = mergeMap(({ id }: { readonly id: number }) => upTo(700).map((at) => ({ id: 700 * (id - 1) + at })));
  const on = await served(
    { bidi: (asks$: Asks) => asks$.pipe(many) },
    { outgoing: { maxMessages: 100, maxWaiting: 400 } },
  );
  const bare = bareCall(on.client, 'bidi', { ids: [1, 2, 3] });
  assert.equal(await endOf(bare), [status.RESOURCE_EXHAUSTED, 'responses came faster than they left']);
  const ids = idsOf(bare);
  assert.equal(ids, upTo(ids.length));
  assert.ok(ids.length >= 500 && ids.length < 700, String(ids.length));
});

for (const [how, leave] of Object.entries({
  cancels: ({ call }: BareCall) => call.cancel(),
  'is past its deadline': () => undefined,
})) {
  for (const [what, [handler]] of Object.entries(handlers)) {
    test(`a client that reads nothing and ${how} leaves nothing behind: ${what}`, async () => {
      const on = await served({ bidi: handler });
      const deadline = how === 'cancels' ? {} : { deadline: Date.now() + 400 };
      const bare = bareCall(on.client, 'bidi', { ids: upTo(5_000), call: deadline });
      bare.call.pause();
      if (how === 'cancels') await stoodStill(on);
      leave(bare);
      await until('the end', () => on.serving.stats().cancelled === 1);
      assert.is(on.serving.stats().open, 0);
      await turns(10);
      const { waiting, queued, inFlight } = on.serving.stats().outbound;
      assert.equal([waiting, queued, inFlight, on.failures.length], [0, 0, 0, 0]);
    });
  }
}

test.run();
