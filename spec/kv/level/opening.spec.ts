import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { ClassicLevel } from 'classic-level';
import { StoreError, levelStore } from 'rxduplex/kv';
import type { HistoryOptions, Store } from 'rxduplex/kv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { start } from '../../../bench/child.js';
import { openStore } from '../../../lib/kv/level/open.js';
import { firstRevision } from '../../../lib/kv/store/opening.js';
import { Batches, noRoom } from '../../support/batches.js';
import {
  Folder,
  codeOf,
  commitAll,
  expect,
  failureOf,
  history,
  levelCounted,
  put,
  readAll,
} from '../../support/store-kinds.js';

const children = import.meta.resolve('../../support/children/opening.ts');

/** A store that goes on with this revision. */
const openedAt = (path: string, first: number, options: HistoryOptions = {}): Promise<Store> =>
  openStore(path, options, () => first);

/** Opens the stores one after the other, writes once in each, and closes it. */
async function lives(path: string, ...firsts: readonly number[]): Promise<void> {
  for (const first of firsts) {
    const store = await openedAt(path, first);
    assert.is((await store.commit(put('a', String(first)))).revision, first);
    await store.close();
  }
}

test('a store that is opened goes on with the microseconds since 1970', () => {
  assert.is(
    firstRevision(0, () => 1_700_000_000_000),
    1_700_000_000_000_000,
  );
  assert.is(
    firstRevision(100, () => 1_700_000_000_000.5),
    1_700_000_000_000_500,
  );
});

test('a store whose newest revision is ahead of the clock leaves a gap by chance', () => {
  const at = (random: number): number =>
    firstRevision(
      1_800_000_000_000_000,
      () => 1_700_000_000_000,
      () => random,
    );
  assert.is(at(0), 1_800_000_000_000_001);
  assert.is(at(0.5), 1_800_000_000_000_001 + 2 ** 31);
  assert.ok(at(1 - 2 ** -53) <= 1_800_000_000_000_000 + 2 ** 32);
});

test('a million openings against a clock that is set back use up a part of the revisions only', () => {
  let newest = 1_800_000_000_000_000;
  for (let count = 0; count < 1_000_000; count += 1) newest = firstRevision(newest, () => 0);
  assert.ok(newest < Number.MAX_SAFE_INTEGER);
});

test('when no revisions are left, a store says so when it is opened, and a clock that is wrong is told', async () => {
  const late = (newest: number): unknown => {
    try {
      return firstRevision(newest, () => 1_700_000_000_000);
    } catch (error) {
      return error;
    }
  };
  const error = late(Number.MAX_SAFE_INTEGER) as StoreError;
  assert.instance(error, StoreError);
  assert.is(error.code, 'UNUSABLE');
  assert.match(
    error.message,
    /^no revisions are left: .* 9007199254740991 is the last .* clock it is 1700000000000000$/,
  );
  assert.throws(() => firstRevision(0, () => 1e13), /by the clock it is 10000000000000000/);

  using folder = new Folder();
  await lives(folder.path, Number.MAX_SAFE_INTEGER);
  assert.match(String(await failureOf(() => levelStore(folder.path))), 'no revisions are left');
});

test('over an ordinary restart everything that was told, and what was not, is known', async () => {
  using folder = new Folder();
  const before = await openedAt(folder.path, 1_000);
  await commitAll(before, put('a', '1'), put('a', '2'));
  await before.close();

  const store = await openedAt(folder.path, 5_000);
  assert.equal([store.revision, store.oldest], [4_999, 1_000]);
  assert.equal(await store.changes(1_002, 10), { changes: [], upTo: 4_999 }, 'who has been told all');
  assert.equal(await history(store, 1_001), ['1001 a=2']);
  assert.equal(await history(store, 1_000), ['1000 a=1', '1001 a=2']);
  assert.equal(await history(store, 1), ['1000 a=1', '1001 a=2'], 'who has seen nothing');
  assert.equal(await store.changes(5_000, 10), { changes: [], upTo: 4_999 }, 'who has read since');
  assert.is((await store.commit(put('a', '3'))).revision, 5_000);
  assert.equal(await history(store, 1_001), ['1001 a=2', '5000 a=3']);
  assert.equal(await history(store, 1_002), ['5000 a=3']);
  assert.equal(await store.changes(1_001, 1), { changes: (await changesOf(store, 1_001)).slice(0, 1), upTo: 1_001 });
  await store.close();
});

test('a position within a gap is that of another life, and is told the oldest revision after it', async () => {
  using folder = new Folder();
  await lives(folder.path, 1_000, 5_000, 9_000);
  const store = await levelCounted(folder.path);
  for (const [from, oldest] of [
    [2, 1_000],
    [999, 1_000],
    [1_002, 5_000],
    [4_999, 5_000],
    [5_002, 9_000],
    [8_999, 9_000],
  ] as const) {
    assert.equal(await store.changes(from, 10), { oldest }, String(from));
  }
  for (const from of [1, 1_000, 1_001, 5_000, 5_001, 9_000, 9_001]) {
    assert.ok('changes' in (await store.changes(from, 10)), String(from));
  }
  await store.close();
});

test('a version of another life is refused, for there is no value of it', async () => {
  using folder = new Folder();
  await lives(folder.path, 1_000);
  const store = await openedAt(folder.path, 5_000);
  assert.is((await store.commit(put('a', 'x', expect('a', { version: 3_000 })))).outcome, 'refused');
  assert.is((await store.commit(put('a', 'x', expect('a', { version: 1_000 })))).outcome, 'done');
  await store.close();
});

test('openings after which nothing was written are known as well', async () => {
  using folder = new Folder();
  await lives(folder.path, 1_000);
  for (const first of [2_000, 3_000, 4_000]) await (await openedAt(folder.path, first)).close();
  const store = await openedAt(folder.path, 5_000);
  assert.equal(await store.changes(1_001, 10), { changes: [], upTo: 4_999 });
  for (const from of [2_000, 3_000, 4_000]) assert.equal(await store.changes(from, 10), { changes: [], upTo: 4_999 });
  assert.equal(await store.changes(1_001, 2), { changes: [], upTo: 2_999 }, 'not all openings are read at once');
  assert.equal(await store.changes(2_001, 10), { oldest: 3_000 });
  await store.close();
});

test('the gap is on the disk before a store is opened, so that a kill does not undo it', async () => {
  using folder = new Folder();
  const told: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const child = await start<{ readonly revision: number }>('opening', children, { args: [folder.path] });
    told.push(child.greeting.revision);
    child.kill('SIGKILL');
    await child.ended;
  }
  const store = await levelStore(folder.path);
  for (const revision of told) {
    assert.ok(revision < store.revision);
    assert.ok('changes' in (await store.changes(revision + 1, 1)), 'who read then goes on');
  }
  assert.equal(
    told,
    [...told].sort((a, b) => a - b),
  );
  await store.close();
});

test('an opening is written with sync, and one that cannot be written is no opening', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await (await levelStore(folder.path)).close();
  assert.equal(
    batches.all.map(({ sync, written }) => [sync, written]),
    [[true, true]],
  );
  batches.way = () => Promise.reject(noRoom());
  assert.is(await codeOf(() => levelStore(folder.path)), 'FULL');
  batches.way = (write) => write();
  const store = await levelStore(folder.path);
  assert.is(store.oldest, store.revision + 1);
  await store.close();
});

test('a directory that was put back from a copy gives no revision that it gave before', async () => {
  using folder = new Folder();
  const [live, copy] = [join(folder.path, 'live'), join(folder.path, 'copy')];
  const given = new Map<number, string>();
  const write = async (life: string): Promise<void> => {
    const store = await levelStore(live);
    for (let count = 0; count < 20; count += 1) {
      const { revision } = await store.commit(put('a', `${life} ${count}`));
      assert.is(given.get(revision), undefined, `${life} ${count}`);
      given.set(revision, life);
    }
    await store.close();
  };
  await write('first');
  cpSync(live, copy, { recursive: true });
  for (const life of ['second', 'third', 'fourth']) {
    await write(life);
    rmSync(live, { recursive: true });
    cpSync(copy, live, { recursive: true });
  }
  const store = await levelStore(live);
  for (const [revision, life] of given) {
    const isKnown = 'changes' in (await store.changes(revision + 1, 1));
    assert.is(isKnown, life === 'first', `${life} ${revision}`);
  }
  await store.close();
});

test('a directory that was deleted gives no revision that it gave before', async () => {
  using folder = new Folder();
  const live = join(folder.path, 'live');
  const first = await levelStore(live);
  const { revision } = await first.commit(put('a', '1'));
  await first.close();
  rmSync(live, { recursive: true });
  const store = await levelStore(live);
  assert.ok((await store.commit(put('a', '1'))).revision > revision);
  assert.equal(await store.changes(revision + 1, 1), { oldest: store.revision });
  assert.is((await store.commit(put('a', 'x', expect('a', { version: revision })))).outcome, 'refused');
  await store.close();
});

test('a compaction forgets openings with what comes before it', async () => {
  using folder = new Folder();
  await lives(folder.path, 1_000, 5_000);
  const store = await openedAt(folder.path, 9_000);
  await store.compact(3_000);
  assert.equal([await store.changes(1, 1), await store.changes(1_000, 1)], [{ oldest: 1_001 }, { oldest: 1_001 }]);
  assert.equal(await history(store, 1_001), ['5000 a=5000'], 'who has been told all before it');
  await store.compact(5_001);
  assert.equal(await store.changes(5_000, 1), { oldest: 5_001 });
  assert.equal(await store.changes(5_001, 1), { changes: [], upTo: 8_999 });
  await store.compact(100_000);
  assert.equal([store.oldest, await store.changes(5_001, 1)], [9_000, { oldest: 9_000 }]);
  await store.close();
  const again = await openedAt(folder.path, 20_000);
  assert.equal([again.oldest, await again.changes(9_000, 1)], [20_000, { changes: [], upTo: 19_999 }]);
  assert.equal(await readAll(again), ['a=5000@5000']);
  await again.close();
});

test('a restart forgets no revision, however few are to be known', async () => {
  using folder = new Folder();
  const options = { maxRevisions: 1 };
  await lives(folder.path, 1_000);
  for (const first of [2_000, 3_000]) await (await openedAt(folder.path, first, options)).close();
  const store = await openedAt(folder.path, 4_000, options);
  assert.equal(await history(store, 1_000), ['1000 a=1000']);
  await store.commit(put('a', 'new'));
  assert.equal([store.oldest, await store.changes(1_000, 1)], [4_000, { oldest: 1_001 }]);
  assert.equal(await history(store, 1_001), ['4000 a=new']);
  await store.close();
});

test('a store that knew no openings is opened, and goes on behind a gap', async () => {
  using folder = new Folder();
  const before = await levelCounted(folder.path);
  await commitAll(before, put('a', '1'), put('a', '2'));
  await before.close();
  const db = new ClassicLevel<string, Buffer>(folder.path, { valueEncoding: 'buffer' });
  const head = await db.get('h');
  await db.put('h', Buffer.concat([Buffer.of(1), (head ?? Buffer.of()).subarray(1)]));
  await db.close();
  const store = await openedAt(folder.path, 5_000);
  assert.equal(await history(store, 1), ['1 a=1', '2 a=2']);
  assert.is((await store.commit(put('a', '3'))).revision, 5_000);
  await store.close();
});

test('an opening that cannot be read, or does not fit, is told', async () => {
  const revisionOf = (revision: number): string => revision.toString(16).padStart(16, '0');
  for (const [record, told] of [
    ['02', 'the opening at revision 999 ends 8 bytes too soon'],
    [`02${revisionOf(0)}00`, 'the opening at revision 999 has 1 bytes too many'],
    [`02${revisionOf(7)}`, 'after the changes before revision 1 come those of 8'],
  ] as const) {
    using folder = new Folder();
    await lives(folder.path, 1_000);
    const db = new ClassicLevel<Buffer, Buffer>(folder.path, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    await db.put(Buffer.concat([Buffer.from('c'), Buffer.from(revisionOf(999), 'hex')]), Buffer.from(record, 'hex'));
    await db.close();
    const store = await levelCounted(folder.path);
    assert.match(String(await failureOf(() => store.changes(1, 10))), told);
    await store.close();
  }
});

async function changesOf(store: Store, from: number) {
  const known = await store.changes(from, 100);
  return 'changes' in known ? known.changes : [];
}

test.run();
