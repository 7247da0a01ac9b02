import { status } from '@grpc/grpc-js';
import type { Metadata, ServiceError } from '@grpc/grpc-js';
import { StatusError, limitInFlight } from 'rxduplex';
import type { RxDuplexError } from 'rxduplex';
import { KvClient, StoreError, memoryStore } from 'rxduplex/kv';
import type { KvEntry, KvFound, KvOptions, KvOutcome, Store } from 'rxduplex/kv';
import { forkJoin, map, take, throwError, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { stopAll } from '../../support/key-values.js';
import {
  answer,
  answering,
  apis,
  clientOn,
  failureOf,
  faulty,
  scene,
  stopClients,
  storeWith,
} from '../../support/kv-clients.js';
import { turn, turns, until } from '../../support/peer.js';

test.after.each(() => {
  stopClients();
  stopAll();
});

const wordsOf = (entry: KvEntry | undefined): string =>
  entry ? `${String(entry.key)}=${String(entry.value)} of ${String(entry.version)}` : 'none';

const foundIn = ({ entry, revision }: KvFound): string => `${wordsOf(entry)} at ${String(revision)}`;

function said(outcome: KvOutcome<KvEntry | undefined>): string {
  switch (outcome.outcome) {
    case 'done':
      return `done ${String(outcome.revision)}`;
    case 'refused':
      return `refused by ${wordsOf(outcome.current)} at ${String(outcome.revision)}`;
    case 'unknown':
      return `unknown: ${String((outcome.error as ServiceError).code)}`;
  }
}

const outcome = async (write: Observable<KvOutcome<KvEntry | undefined>>): Promise<string> => said(await answer(write));

for (const api of apis) {
  test(`${api}: what is put is found, with its version`, async () => {
    const { kv1: kv } = await scene({ api });
    assert.is(foundIn(await answer(kv.get('a'))), 'none at 0');
    assert.is(await outcome(kv.put('a', 'one')), 'done 1');
    assert.is(await outcome(kv.put('b', '')), 'done 2');
    assert.is(foundIn(await answer(kv.get('a'))), 'a=one of 1 at 2');
    assert.is(foundIn(await answer(kv.get('b'))), 'b= of 2 at 2');
  });

  test(`${api}: keys and values are bytes, and a string is its UTF-8`, async () => {
    const { kv1: kv } = await scene({ api });
    const bytes = Buffer.from([0, 0xff, 0x80]);
    await answer(kv.put(bytes, bytes));
    await answer(kv.put('ü', '€'));
    const [found, other] = [await answer(kv.get(bytes)), await answer(kv.get(Buffer.from('ü')))];
    assert.equal([found.entry?.key, found.entry?.value], [bytes, bytes]);
    assert.is(wordsOf(other.entry), 'ü=€ of 2');
    const large = Buffer.alloc(2 << 20, 'x');
    await answer(kv.put('large', large));
    assert.ok((await answer(kv.get('large'))).entry?.value.equals(large));
  });

  test(`${api}: a write with an expectation is done, or refused by what is there`, async () => {
    const { kv1: kv } = await scene({ api });
    assert.is(await outcome(kv.put('a', 'one', { expected: { exists: false } })), 'done 1');
    assert.is(await outcome(kv.put('a', 'two', { expected: { exists: false } })), 'refused by a=one of 1 at 1');
    assert.is(await outcome(kv.put('a', 'two', { expected: { version: 1 } })), 'done 2');
    assert.is(await outcome(kv.put('a', 'three', { expected: { version: 1 } })), 'refused by a=two of 2 at 2');
    assert.is(await outcome(kv.put('b', 'one', { expected: { exists: true } })), 'refused by none at 2');
    assert.is(await outcome(kv.delete('a', { expected: { version: 1 } })), 'refused by a=two of 2 at 2');
    assert.is(await outcome(kv.delete('a', { expected: { version: 2 } })), 'done 3');
    assert.is(await outcome(kv.delete('a')), 'done 3');
    assert.is(foundIn(await answer(kv.get('a'))), 'none at 3');
  });

  test(`${api}: a transaction is done whole, or refused by what did not hold`, async () => {
    const { kv1: kv } = await scene({ api });
    await answer(kv.put('a', 'one'));
    const both = { writes: [{ key: 'a' }, { key: 'b', value: 'moved' }] };
    const conditions = [
      { key: 'a', expected: { version: 1 } },
      { key: 'b', expected: { exists: true } },
    ];
    const refused = await answer(kv.transact({ conditions, ...both }));
    assert.is(refused.outcome, 'refused');
    if (refused.outcome === 'refused') {
      assert.equal(
        refused.current.map(({ key, entry }) => `${String(key)}: ${wordsOf(entry)}`),
        ['b: none'],
      );
    }
    const done = await answer(kv.transact({ conditions: conditions.slice(0, 1), ...both }));
    assert.equal(done, { outcome: 'done', revision: 2 });
    assert.equal(await answer(kv.range().pipe(map(wordsOf), toArray())), ['b=moved of 2']);
  });

  test(`${api}: what the server refuses is an error with its status and words`, async () => {
    const { kv1: kv } = await scene({ api });
    for (const operation of [kv.get(''), kv.put('', 'x'), kv.delete(''), kv.range({ start: 'b', end: 'a' })]) {
      const error = await failureOf(operation);
      assert.is(error.code, status.INVALID_ARGUMENT);
      assert.match(error.details, /must not/);
      assert.is(error.message, `3 INVALID_ARGUMENT: ${error.details}`);
    }
    assert.is(kv.stats().repeats, 0);
  });

  test(`${api}: a store that is full is an error and not a doubt, after so many attempts`, async () => {
    let commits = 0;
    const full = storeWith(memoryStore({ firstRevision: 1 }), () => ({
      commit: () => {
        commits += 1;
        throw new StoreError('FULL', 'no room');
      },
    }));
    const { kv1: kv } = await scene({ api, maxAttempts: 3 }, { store: full });
    const error = await failureOf(kv.put('a', 'one'));
    assert.equal([error.code, commits, kv.stats().repeats, kv.stats().unknown], [status.RESOURCE_EXHAUSTED, 3, 2, 0]);
    assert.is(foundIn(await answer(kv.get('a'))), 'none at 0');
  });

  test(`${api}: a range goes over all pages, in the order of the keys`, async () => {
    const { kv1: kv } = await scene({ api });
    const keys = Array.from({ length: 10 }, (_, at) => `key-${String(at)}`);
    for (const key of [...keys].reverse()) await answer(kv.put(key, ''));
    const read = (span: { start?: string; end?: string }, pageSize: number): Promise<string[]> =>
      answer(
        kv.range(span, { pageSize }).pipe(
          map(({ key }) => String(key)),
          toArray(),
        ),
      );
    for (const pageSize of [1, 3, 10, 11]) assert.equal(await read({}, pageSize), keys);
    assert.equal(await read({ start: 'key-2', end: 'key-7' }, 2), keys.slice(2, 7));
    assert.equal(await read({ start: 'x' }, 2), []);
  });

  test(`${api}: a page is asked for when the one before has been taken, and nobody holds the gate`, async () => {
    let pages = 0;
    const store = storeWith(memoryStore({ firstRevision: 1 }), (real) => ({
      range: (...args) => {
        pages += 1;
        return real.range(...args);
      },
    }));
    const { kv1: kv } = await scene({ api }, { store });
    for (const key of 'abcdef') await answer(kv.put(key, ''));
    await answer(kv.range({}, { pageSize: 2 }).pipe(take(2), toArray()));
    assert.is(pages, 1);

    const keys: string[] = [];
    let letGo: () => void = () => undefined;
    const range$ = kv.range({}, { pageSize: 2 });
    range$.subscribe(({ key }) => {
      keys.push(String(key));
      if (String(key) === 'c') letGo = range$.gate.hold();
    });
    await until('the third entry', () => keys.length === 3);
    await answer(kv.get('a'));
    await turns(5);
    assert.equal([keys, pages], [['a', 'b', 'c'], 3]);
    letGo();
    assert.equal([keys, pages], [['a', 'b', 'c', 'd'], 3]);
    await until('all entries', () => keys.length === 6);
    assert.is(pages, 4);
  });

  test(`${api}: what a method gives asks when it is subscribed to, and at each subscription`, async () => {
    const { kv1: kv, store } = await scene({ api });
    const put$ = kv.put('a', 'one');
    await answer(kv.get('a'));
    assert.is(store.revision, 0);
    assert.equal([await outcome(put$), await outcome(put$)], ['done 1', 'done 2']);
  });

  test(`${api}: the server sees at most maxInFlight operations at once, and all of them in the end`, async () => {
    const { store, most, total } = counting(memoryStore({ firstRevision: 1 }), 7);
    const { kv1: kv } = await scene({ api, maxInFlight: 7 }, { store });
    const writes = Array.from({ length: 100 }, (_, at) => kv.put(`key-${String(at)}`, ''));
    const outcomes = await answer(forkJoin(writes));
    assert.ok(outcomes.every((one) => one.outcome === 'done'));
    assert.equal([most(), total(), kv.stats().limit.admitted], [7, 100, 100]);
  });

  test(`${api}: a limit can be shared, and who finds no place to wait is told so`, async () => {
    const limit = limitInFlight({ max: 2, maxQueue: 1 });
    const { store, most } = counting(memoryStore({ firstRevision: 1 }), 2);
    const { kv1: kv, port } = await scene({ api, maxInFlight: limit }, { store });
    const other = clientOn(port, { api, maxInFlight: limit });
    const ends = await Promise.allSettled([kv, other, kv, other].map((one) => answer(one.put('a', 'x'))));
    assert.equal(
      ends.map((end) => (end.status === 'rejected' ? (end.reason as RxDuplexError).code : end.value.outcome)),
      ['done', 'done', 'done', 'OVERFLOW'],
    );
    assert.is(most(), 2);
  });

  test(`${api}: a number beyond the whole ones of JavaScript is an error, and for a write a doubt`, async () => {
    const revision = '9007199254740993';
    const get = { revision };
    const put = { done: { revision } };
    const port = await answering({
      get: () => Promise.resolve(get),
      put: () => Promise.resolve(put),
      session: (requests$) =>
        requests$.pipe(map(({ id, operation }) => ({ id, ...(operation === 'get' ? { get } : { put }) }))),
    });
    const kv = clientOn(port, { api });
    const error = await failureOf(kv.get('a'));
    assert.equal([error.code, error.details.includes(revision)], [status.DATA_LOSS, true]);
    assert.is(await outcome(kv.put('a', 'x')), `unknown: ${String(status.DATA_LOSS)}`);
    assert.throws(() => kv.put('a', 'x', { expected: { version: 2 ** 53 } }), /BAD_OPTION: expected.version/);
  });

  test(`${api}: an operation that is given up frees its place`, async () => {
    const { kv1: kv, store } = await scene(
      { api, maxInFlight: 1 },
      { store: faulty(memoryStore({ firstRevision: 1 }), []).store },
    );
    const stuck = kv.get('a').subscribe();
    const waiting = answer(kv.put('a', 'x'));
    stuck.unsubscribe();
    assert.is((await waiting).outcome, 'done');
    assert.equal([store.revision, kv.stats().limit.inFlight], [1, 0]);
  });

  test(`${api}: a client that is closed attempts nothing more, and its watches are complete`, async () => {
    const { kv1: kv, store } = await scene({ api });
    await answer(kv.put('a', 'one'));
    let complete = false;
    kv.watch().subscribe({ complete: () => (complete = true) });
    await kv.close();
    assert.ok(complete);
    assert.is((await failureOf(kv.put('a', 'two'))).code, 'CLOSED');
    assert.is(store.revision, 1);
  });

  test(`${api}: a watch that is begun when the client is closed is complete at once, and nobody is asked`, async () => {
    const { kv1: kv, serving } = await scene({ api });
    await kv.close();
    let complete = false;
    kv.watch().subscribe({ complete: () => (complete = true) });
    assert.ok(complete);
    await turns(5);
    assert.is(serving.stats().open, 0);
  });

  test(`${api}: to close waits for what is in flight, and what waits for its turn is told at once`, async () => {
    const { kv1: kv, store } = await scene({ api, maxInFlight: 1 }, { work: { writeMs: 100 } });
    const inFlight = outcome(kv.put('a', 'one'));
    const waiting = failureOf(kv.put('b', 'two'));
    await turns(5);
    const closed = kv.close();
    assert.is((await waiting).code, 'CLOSED');
    assert.is(store.revision, 0);
    await closed;
    assert.is(store.revision, 1);
    assert.is(await inFlight, 'done 1');
  });

  test(`${api}: what was attempted in vain when the client is closed is told both`, async () => {
    const kv = clientOn(1, { api, backoff: () => 20 });
    const failed = failureOf(kv.put('a', 'one'));
    await until('an attempt', () => kv.stats().repeats > 0 || (kv.stats().session?.outbound.queued ?? 0) > 0);
    await turns(50);
    await kv.close();
    const { message, cause } = await failed;
    assert.equal([message, (cause as ServiceError).code], ['CLOSED: the client is closed', status.UNAVAILABLE]);
  });

  test(`${api}: a write whose turn does not come in time was not done, and is no doubt`, async () => {
    const limit = limitInFlight({ max: 1 });
    const { kv1: kv } = await scene({ api, maxInFlight: limit, timeoutMs: 30 });
    limit.enter(() => undefined, { refused: () => undefined });
    assert.is((await failureOf(kv.put('a', 'one', { expected: { exists: false } }))).code, 'TIMEOUT');
    assert.is(kv.stats().unknown, 0);
  });
}

for (const api of apis) {
  test(`${api}: who closes it when told of the close joins that`, async () => {
    const { kv1: kv } = await scene({ api }, { work: { writeMs: 50 } });
    const inFlight = outcome(kv.put('a', 'one'));
    let joined: Promise<void> | undefined;
    kv.watch().subscribe({
      complete: () => {
        joined = kv.close();
      },
    });
    await turns(5);
    const closed = kv.close();
    assert.is(joined, closed);
    await joined;
    assert.is(await inFlight, 'done 1');
  });

  test(`${api}: metadata that never comes ends an operation in its time, and a close with it`, async () => {
    const metadata = (): Promise<Metadata> => new Promise(() => undefined);
    const kv = clientOn(await answering(), { api, metadata, timeoutMs: 50 });
    const failed = failureOf(kv.get('a'));
    await kv.close();
    assert.ok(['METADATA_FAILED', 'TIMEOUT', 'CLOSED'].includes(String((await failed).code)));
  });
}

test('session: a write that was never handed to a call was not done, and is attempted again although it is plain', async () => {
  const port = await answering();
  const kv = clientOn(port, {
    api: 'session',
    metadata: () => new Promise<Metadata>(() => undefined),
    timeoutMs: 400,
    attemptTimeoutMs: 20,
  });
  assert.is((await failureOf(kv.put('a', 'one'))).code, 'TIMEOUT');
  assert.is(kv.stats().unknown, 0);
  assert.ok(kv.stats().repeats > 4, 'the time is the bound, and not maxAttempts');
});

test('session: operations share one stream', async () => {
  const { kv1: kv } = await scene({ api: 'session' });
  await answer(forkJoin(Array.from({ length: 50 }, (_, at) => kv.put(`key-${String(at)}`, ''))));
  const { session } = kv.stats();
  assert.equal([session?.connections, session?.inbound.routed, session?.lateReplies], [1, 50, 0]);
});

test('session: one that was refused for good is opened again for the next operation', async () => {
  let refusals = 0;
  const port = await answering({
    session: (requests$) => {
      if (refusals === 1) return requests$.pipe(map(({ id }) => ({ id, get: { revision: 1 } })));
      refusals += 1;
      throw new StatusError(status.PERMISSION_DENIED, 'no entry');
    },
  });
  const kv = clientOn(port, { api: 'session' });
  const error = await failureOf(kv.get('a'));
  assert.is(error.code, status.PERMISSION_DENIED);
  assert.is(foundIn(await answer(kv.get('a'))), 'none at 1');
});

test('session: when it is refused for good, a write on its way is a doubt, and what was not yet on it fails of the same', async () => {
  const refused = Object.assign(new Error(), { code: status.PERMISSION_DENIED, details: 'not for you' });
  const kv = clientOn(await answering({ session: () => throwError(() => refused) }), { api: 'session' });
  const [first, ...others] = ['a', 'b', 'c'].map((key) => kv.put(key, Buffer.alloc(1 << 20)));
  const [told, ...failed] = await Promise.all([outcome(first as (typeof others)[0]), ...others.map(failureOf)]);
  assert.is(told, `unknown: ${refused.code}`);
  assert.equal(
    failed.map(({ code, details }) => [code, details]),
    others.map(() => [refused.code, refused.details]),
  );
});

test('a bad option is told by its name, what was expected and what came', async () => {
  const { client } = await scene({});
  const bad: readonly [keyof KvOptions, unknown][] = [
    ['api', 'both'],
    ['maxInFlight', 0],
    ['timeoutMs', 0],
    ['attemptTimeoutMs', -1],
    ['maxAttempts', 1.5],
    ['backoff', 1],
    ['repeat', 'sometimes'],
  ];
  for (const [name, value] of bad) {
    assert.throws(() => new KvClient(client, { [name]: value }), new RegExp(`^BAD_OPTION: ${name} must be .*; got `));
  }
  const kv = new KvClient(client);
  assert.throws(() => kv.get(1 as never), /^BAD_OPTION: key must be /);
  assert.throws(() => kv.put('a', undefined as never), /^BAD_OPTION: value must be /);
  assert.throws(() => kv.put('a', 'x', { expected: {} as never }), /^BAD_OPTION: expected.exists must be /);
  assert.throws(() => kv.range({}, { pageSize: 0 }), /^BAD_OPTION: pageSize must be /);
  assert.throws(() => kv.watch({}, { from: -1 }), /^BAD_OPTION: from must be /);
});

/** A store that counts the commits that are at work at once, and waits for so many of them. */
function counting(
  store: Store,
  awaited: number,
): { readonly store: Store; readonly most: () => number; readonly total: () => number } {
  let [now, most, total] = [0, 0, 0];
  return {
    store: storeWith(store, () => ({
      commit: async (transaction) => {
        total += 1;
        now += 1;
        most = Math.max(most, now);
        await until('so many commits at once', () => most >= awaited);
        await turn();
        now -= 1;
        return store.commit(transaction);
      },
    })),
    most: () => most,
    total: () => total,
  };
}

test.run();
