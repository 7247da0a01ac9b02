import { status } from '@grpc/grpc-js';
import type { ClientReadableStream, StatusObject } from '@grpc/grpc-js';
import { rx } from 'rxduplex';
import { memoryStore } from 'rxduplex/kv';
import type { Store } from 'rxduplex/kv';
import { Subject, defer, finalize, lastValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { WatchRequest, WatchResponse__Output } from '../../../lib/generated/kv.js';
import { keyOf } from '../../../lib/kv/key.js';
import { randomFrom } from '../../support/histories.js';
import { served, stopAll } from '../../support/key-values.js';
import { storeWith } from '../../support/kv-clients.js';
import type { Served } from '../../support/key-values.js';
import { turns, until } from '../../support/peer.js';
import { lateStore, over } from '../../support/stores.js';

test.after.each(stopAll);

const bytes = (text: string): Buffer => Buffer.from(text);

/** A watch of a bare client, and what it was told, in words. */
interface Watch {
  readonly call: ClientReadableStream<WatchResponse__Output>;
  readonly told: string[];
  readonly ended: StatusObject[];
}

function watch({ client }: Served, request: WatchRequest = {}): Watch {
  const call = client.watch(request);
  const told: string[] = [];
  const ended: StatusObject[] = [];
  call.on('data', (event: WatchResponse__Output) => told.push(wordsOf(event)));
  call.on('status', (given: StatusObject) => ended.push(given));
  call.on('error', () => undefined);
  return { call, told, ended };
}

function wordsOf({ begun, changes, compacted, progress }: WatchResponse__Output): string {
  if (progress) return `up to ${progress.revision}`;
  if (begun) return `begun ${begun.from}`;
  if (compacted) return `compacted ${compacted.oldest}`;
  const each = changes?.changes.map(({ key, entry }) => `${String(key)}=${entry ? String(entry.value) : 'none'}`) ?? [];
  return `${changes?.revision ?? ''} ${each.join()}`;
}

const put = async ({ client }: Served, name: string, value = ''): Promise<unknown> =>
  lastValueFrom(rx(client).put({ key: bytes(name), value: bytes(value) }));

const fill = async (store: Store, count: number, value = ''): Promise<void> => {
  for (let left = count; left > 0; left -= 1) {
    await store.commit({ conditions: [], writes: [{ key: keyOf(bytes('a')), value: bytes(value) }] });
  }
};

/** A store, and how many wait for its revisions. */
function counted(store: Store): { readonly store: Store; readonly watchers: () => number } {
  let count = 0;
  const revision$ = defer(() => {
    count += 1;
    return store.revision$.pipe(finalize(() => (count -= 1)));
  });
  return { store: over(store, { revision$ }), watchers: () => count };
}

test('it begins with the revision that it begins with, then tells each change, in order', async () => {
  const on = await served();
  await put(on, 'before');
  const { told } = watch(on);
  await until('the beginning', () => told.length === 1);
  await put(on, 'a', '1');
  await lastValueFrom(rx(on.client).delete({ key: bytes('a') }));
  await put(on, 'b', '2');
  await until('three changes', () => told.length === 4);
  assert.equal(told, ['begun 2', '2 a=1', '3 a=none', '4 b=2']);
});

test('from a revision that was, it tells what has been since', async () => {
  const on = await served();
  for (const name of ['a', 'b', 'c']) await put(on, name);
  const { told } = watch(on, { from: 2 });
  await until('two changes', () => told.length === 3);
  assert.equal(told, ['begun 2', '2 b=', '3 c=']);
});

test('a transaction is told as one, in the order of its operations', async () => {
  const on = await served();
  const { told } = watch(on, { from: 1 });
  await put(on, 'a');
  const operations = [{ put: { key: bytes('c') } }, { remove: { key: bytes('a') } }, { put: { key: bytes('b') } }];
  await lastValueFrom(rx(on.client).transact({ operations }));
  await until('both', () => told.length === 3);
  assert.equal(told, ['begun 1', '1 a=', '2 c=,a=none,b=']);
});

test('of other keys nothing is told', async () => {
  const on = await served();
  const { told } = watch(on, { from: 1, start: bytes('b'), end: bytes('d') });
  for (const name of ['a', 'b', 'd', 'c', 'e']) await put(on, name);
  await lastValueFrom(
    rx(on.client).transact({ operations: ['a', 'c', 'd'].map((name) => ({ put: { key: bytes(name) } })) }),
  );
  await until('three', () => told.length === 4);
  assert.equal(told, ['begun 1', '2 b=', '4 c=', '6 c=']);
});

test('of a revision of the future it is told OUT_OF_RANGE; the next one is none', async () => {
  const on = await served();
  await put(on, 'a');
  const [next, after] = [watch(on, { from: 2 }), watch(on, { from: 3 })];
  await until('the end', () => after.ended.length > 0);
  const [{ code, details }] = after.ended as [StatusObject];
  assert.equal([code, details], [status.OUT_OF_RANGE, 'revision 3 is of the future; the next one is 2']);
  await put(on, 'b');
  await until('the change', () => next.told.length === 2);
  assert.equal(next.told, ['begun 2', '2 b=']);
});

test('of a revision that is forgotten it is told so, and ends', async () => {
  const on = await served();
  for (const name of ['a', 'b', 'c']) await put(on, name);
  await on.store.compact(3);
  const { told, ended } = watch(on, { from: 2 });
  await until('the end', () => ended.length > 0);
  assert.equal([told, ended[0]?.code], [['begun 2', 'compacted 3'], status.OK]);
});

test('one who watches what does not change is told now and then how far that is true', async () => {
  const on = await served();
  const { told } = watch(on, { start: bytes('quiet'), from: 1 });
  await until('the beginning', () => told.length === 1);
  await fill(on.store, 1_000);
  const revisionsTold = (): number[] => told.slice(1).map((words) => Number(words.replace('up to ', '')));
  await until('the last', () => Number(revisionsTold().at(-1)) > 900);
  const revisions = revisionsTold();
  assert.ok(revisions.length >= 9 && revisions.length < 25, told.join());
  assert.ok(revisions.every((revision, at) => revision > (revisions[at - 1] ?? 0)));
  await put(on, 'quiet');
  await until('the change', () => told.at(-1) === '1001 quiet=');
  await fill(on.store, 99);
  await turns(5);
  assert.is(told.at(-1), '1001 quiet=', 'what changes tells it as well');
});

test('of a short history one is told sooner how far nothing has changed, so that it is known for long after', async () => {
  const on = await served({ store: memoryStore({ firstRevision: 1, maxRevisions: 80 }) });
  const { told } = watch(on, { start: bytes('quiet'), from: 1 });
  await until('the beginning', () => told.length === 1);
  for (let left = 200; left > 0; left -= 1) {
    await fill(on.store, 1);
    await turns(2);
    const last = Number(told.at(-1)?.replace(/\D/g, ''));
    assert.ok(on.store.revision - last <= 25, `${on.store.revision} after ${told.at(-1) ?? ''}`);
  }
});

test('one who reads slowly is told all in order up to what was forgotten meanwhile, and that', async () => {
  const on = await served({ store: memoryStore({ firstRevision: 1, maxRevisions: 50 }) });
  const value = 'x'.repeat(1 << 20);
  const { call, told, ended } = watch(on, { from: 1 });
  await until('the beginning', () => told.length === 1);
  call.pause();
  await fill(on.store, 30, value);
  await turns(50);
  await fill(on.store, 100);
  call.resume();
  await until('the end', () => ended.length > 0);
  const revisions = told.slice(1, -1).map((words) => parseInt(words));
  assert.ok(revisions.length >= 1 && revisions.length < 80, String(revisions.length));
  assert.equal(
    revisions,
    revisions.map((_, at) => at + 1),
  );
  assert.is(told.at(-1), 'compacted 81');
});

test('one who reads as fast as it comes misses nothing of a store that answers late', async () => {
  const on = await served({ store: lateStore(randomFrom(3)) });
  const { told } = watch(on, { from: 1 });
  await Promise.all(Array.from({ length: 200 }, (_, at) => put(on, String(at))));
  await until('all', () => told.length === 201);
  assert.equal(
    told.slice(1).map((words) => parseInt(words)),
    Array.from({ length: 200 }, (_, at) => at + 1),
  );
});

test('one who leaves is forgotten at once', async () => {
  const { store, watchers } = counted(memoryStore({ firstRevision: 1 }));
  const on = await served({ store });
  const { told, call } = watch(on);
  await until('it waits', () => told.length === 1 && watchers() === 1);
  call.cancel();
  await until('it is forgotten', () => watchers() === 0);
  assert.is(on.serving.stats().cancelled, 1);
});

test('one whose server has given it up is forgotten at once', async () => {
  const { store, watchers } = counted(memoryStore({ firstRevision: 1 }));
  const on = await served({ store });
  const { ended } = watch(on);
  await until('it waits', () => watchers() === 1);
  await on.serving.drain({ graceMs: 10 });
  await until('it is forgotten', () => watchers() === 0 && ended.length === 1);
  assert.is(ended[0]?.code, status.UNAVAILABLE);
});

test('while nothing changes, the store is not asked', async () => {
  const store = memoryStore({ firstRevision: 1 });
  let asked = 0;
  const changes = store.changes.bind(store);
  store.changes = (...args) => {
    asked += 1;
    return changes(...args);
  };
  const on = await served({ store });
  const { told } = watch(on);
  await until('the beginning', () => told.length === 1);
  await turns(20);
  assert.is(asked, 1);
});

test('a store whose revision is ahead of what it can tell is not asked over and over, and tells when it can', async () => {
  const real = memoryStore({ firstRevision: 1 });
  let asked = 0;
  const ahead = storeWith(real, () => ({
    get revision() {
      return real.revision + 5;
    },
    changes: (from, max) => {
      asked += 1;
      return real.changes(from, max);
    },
  }));
  const on = await served({ store: ahead });
  const { told } = watch(on, { from: 1 });
  await until('the beginning', () => told.length === 1);
  await turns(20);
  assert.is(asked, 1);
  await fill(real, 1);
  await until('the change', () => told.length === 2);
  assert.equal([told[1], asked <= 3], ['1 a=', true]);
});

test('what a store can tell while it is being asked is told, although its answer does not have it', async () => {
  const real = memoryStore({ firstRevision: 1 });
  let asked = 0;
  const late = storeWith(real, () => ({
    revision: 1_000,
    changes: async (from, max) => {
      asked += 1;
      const known = await real.changes(from, max);
      if (asked === 1) await fill(real, 1);
      return known;
    },
  }));
  const { told } = watch(await served({ store: late }), { from: 1 });
  await until('the change', () => told.length === 2);
  assert.equal(told, ['begun 1', '1 a=']);
});

test('a store whose revisions end with an error ends a watch, and no process', async () => {
  const revision$ = new Subject<number>();
  const { told, ended } = watch(await served({ store: storeWith(memoryStore(), () => ({ revision$ })) }));
  await until('the beginning', () => told.length === 1);
  revision$.error(new Error('broken'));
  await until('the end', () => ended.length > 0);
  assert.is(ended[0]?.code, status.UNKNOWN);
});

test('how far nothing was given is told at once, so that the watch need not go back before that', async () => {
  const store = memoryStore({ firstRevision: 1_000 });
  const on = await served({ store });
  const { told } = watch(on, { from: 1 });
  await until('the progress', () => told.length === 2);
  await fill(store, 1);
  await until('the change', () => told.length === 3);
  assert.equal(told, ['begun 1', 'up to 999', '1000 a=']);
  const other = watch(on, { from: 500 });
  await until('the end', () => other.ended.length > 0);
  assert.equal([other.told, other.ended[0]?.code], [['begun 500', 'compacted 1000'], status.OK]);
});

test('when there are to be no more watches each ends with UNAVAILABLE, and a drain does not wait for them', async () => {
  const on = await served();
  const { told, ended } = watch(on, { from: 1 });
  await put(on, 'a');
  await until('the change', () => told.length === 2);
  on.kv.endWatches();
  await on.serving.drain({ graceMs: 60_000 });
  await until('the end', () => ended.length > 0);
  assert.is(ended[0]?.code, status.UNAVAILABLE);
});

test('one that comes when there are to be no more, or whose store fails, ends before it has begun', async () => {
  const on = await served();
  on.kv.endWatches();
  const late = watch(on);
  const broken = watch(
    await served({ store: over(memoryStore({ firstRevision: 1 }), { changes: () => Promise.reject(new Error()) }) }),
  );
  await until('both ends', () => late.ended.length + broken.ended.length === 2);
  assert.equal([late.told, late.ended[0]?.code], [[], status.UNAVAILABLE]);
  assert.equal([broken.told, broken.ended[0]?.code], [[], status.UNKNOWN]);
});

test('of large revisions fewer are asked for at once', async () => {
  const store = memoryStore({ firstRevision: 1 });
  const asked: number[] = [];
  const changes: Store['changes'] = (from, max) => {
    asked.push(max);
    return store.changes(from, max);
  };
  const on = await served({ store: over(store, { changes }) });
  await fill(store, 40);
  await fill(store, 20, 'x'.repeat(400_000));
  const { told } = watch(on, { from: 1 });
  await until('all, and that there is no more', () => told.length === 61 && asked.length === 10);
  assert.equal(asked, [1, 16, 16, 16, 4, 2, 2, 2, 2, 2]);
});

test('a store that is closed ends it with UNAVAILABLE', async () => {
  const on = await served();
  const { told, ended } = watch(on);
  await until('the beginning', () => told.length === 1);
  await on.store.close();
  await until('the end', () => ended.length > 0);
  assert.is(ended[0]?.code, status.UNAVAILABLE);
});

test.run();
