import { memoryStore } from 'rxduplex/kv';
import type { StoreError, Transaction } from 'rxduplex/kv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import {
  all,
  changesFrom,
  closing,
  codeOf,
  commitAll,
  expect,
  failureOf,
  history,
  key,
  kinds,
  large,
  put,
  read,
  readAll,
  remove,
} from '../../support/store-kinds.js';

for (const { title, open } of kinds) {
  test(`${title}: nothing is there at first`, async () => {
    await using opened = await open();
    const { store } = opened;
    assert.is(store.revision, 0);
    assert.is(store.oldest, 1);
    assert.equal(await store.get(key('a')), { entry: undefined, revision: 0 });
    assert.equal(await store.range(all, large), { entries: [], more: false, revision: 0 });
    assert.equal(await store.changes(1, 10), { changes: [], upTo: 0 });
  });

  test(`${title}: a value has the version of the revision that wrote it`, async () => {
    await using opened = await open();
    const { store } = opened;
    assert.equal(await store.commit(put('a', 'one')), { outcome: 'done', revision: 1 });
    assert.equal(await store.commit(put('b', 'two')), { outcome: 'done', revision: 2 });
    assert.is(await read(store, 'a'), 'one@1');
    assert.is(await read(store, 'b'), 'two@2');
    assert.is(store.revision, 2);
  });

  test(`${title}: what is to exist or not, or has another version, is refused with what there is`, async () => {
    await using opened = await open();
    const { store } = opened;
    await store.commit(put('a', 'one'));
    const refused = { outcome: 'refused', revision: 1 };
    const entry = { key: key('a'), value: Buffer.from('one'), version: 1 };
    const there = { ...refused, current: [{ key: key('a'), entry }] };
    const absent = { ...refused, current: [{ key: key('b'), entry: undefined }] };
    assert.equal(await store.commit(put('a', 'x', expect('a', { exists: false }))), there);
    assert.equal(await store.commit(put('a', 'x', expect('a', { version: 2 }))), there);
    assert.equal(await store.commit(put('b', 'x', expect('b', { exists: true }))), absent);
    assert.equal(await store.commit(remove('b', expect('b', { version: 1 }))), absent);
    assert.equal(await readAll(store), ['a=one@1']);
    assert.is(store.revision, 1);
  });

  test(`${title}: what is as expected is written`, async () => {
    await using opened = await open();
    const { store } = opened;
    await store.commit(put('a', 'one', expect('a', { exists: false })));
    await store.commit(put('a', 'two', expect('a', { version: 1 })));
    assert.is(await read(store, 'a'), 'two@2');
    await store.commit(remove('a', expect('a', { exists: true })));
    assert.is(await read(store, 'a'), '-');
  });

  test(`${title}: a transaction is one revision, and tells only the conditions that do not hold`, async () => {
    await using opened = await open();
    const { store } = opened;
    const writes = [...put('a', '1').writes, ...put('b', '1').writes];
    assert.equal(await store.commit({ conditions: [], writes }), { outcome: 'done', revision: 1 });
    const conditions = [expect('a', { version: 1 }), expect('b', { version: 7 }), expect('c', { exists: true })];
    const answer = await store.commit({ conditions, writes: [...put('a', '2').writes, ...remove('b').writes] });
    assert.is(answer.outcome, 'refused');
    assert.equal(
      answer.outcome === 'refused' && answer.current.map((current) => [current.key, current.entry?.version]),
      [
        ['b', 1],
        ['c', undefined],
      ],
    );
    assert.equal(await readAll(store), ['a=1@1', 'b=1@1']);
  });

  test(`${title}: to delete what is not there is done and makes no revision`, async () => {
    await using opened = await open();
    const { store } = opened;
    await store.commit(put('a', 'one'));
    assert.equal(await store.commit(remove('b')), { outcome: 'done', revision: 1 });
    assert.equal(await store.commit({ conditions: [], writes: [] }), { outcome: 'done', revision: 1 });
    assert.equal(await store.commit(remove('a')), { outcome: 'done', revision: 2 });
    assert.equal(await store.commit(remove('a')), { outcome: 'done', revision: 2 });
    assert.equal(await history(store, 1), ['1 a=one', '2 a=-']);
  });

  test(`${title}: of a transaction, only what changes something is a change`, async () => {
    await using opened = await open();
    const { store } = opened;
    await store.commit({ conditions: [], writes: [...remove('a').writes, ...put('b', 'one').writes] });
    assert.equal(await history(store, 1), ['1 b=one']);
  });

  test(`${title}: each of many commits at once sees those before it`, async () => {
    await using opened = await open();
    const { store } = opened;
    const answers = await commitAll(
      store,
      put('a', '1', expect('a', { exists: false })),
      put('a', '2', expect('a', { exists: false })),
      put('a', '3', expect('a', { version: 1 })),
      remove('a', expect('a', { version: 2 })),
      remove('a'),
      put('a', '4', expect('a', { exists: false })),
    );
    assert.equal(
      answers.map(({ outcome, revision }) => `${outcome} ${revision}`),
      ['done 1', 'refused 1', 'done 2', 'done 3', 'done 3', 'done 4'],
    );
    const refused = answers[1];
    assert.equal(refused?.outcome === 'refused' && refused.current[0]?.entry?.value, Buffer.from('1'));
    assert.equal(await history(store, 1), ['1 a=1', '2 a=3', '3 a=-', '4 a=4']);
    assert.is(await read(store, 'a'), '4@4');
  });

  test(`${title}: a range is in the order of the bytes, of any key and any value`, async () => {
    await using opened = await open();
    const { store } = opened;
    const names = ['\xff\xff', 'b', '\x00', 'a\x00', '\xff', 'aa', 'a', '\x00\x00', '\x7f', '\x80', '\x00\xff'];
    for (const name of names) await store.commit(put(name, ''));
    const bytes = names.map((name) => Buffer.from(name, 'latin1')).sort((a, b) => a.compare(b));
    const { entries } = await store.range(all, large);
    assert.equal(
      entries.map((entry) => entry.key),
      bytes.map((name) => name.toString('latin1')),
    );
    assert.ok(entries.every(({ value }) => value.length === 0));
    assert.is(await read(store, '\x00\xff'), '@11');
  });

  test(`${title}: a range begins with its start and ends before its end`, async () => {
    await using opened = await open();
    const { store } = opened;
    for (const name of ['a', 'b', 'c', 'd']) await store.commit(put(name, name));
    const keys = async (start: string, end?: string): Promise<string> => {
      const page = await store.range({ start: key(start), end: end === undefined ? undefined : key(end) }, large);
      return page.entries.map((entry) => entry.key).join('');
    };
    assert.is(await keys('b', 'd'), 'bc');
    assert.is(await keys('b'), 'bcd');
    assert.is(await keys('a\x00', 'b\x00'), 'b');
    assert.is(await keys('b', 'b'), '');
    assert.is(await keys('c', 'a'), '');
    assert.is(await keys('e'), '');
  });

  test(`${title}: a page holds so many entries and bytes, one in any case, and tells whether there are more`, async () => {
    await using opened = await open();
    const { store } = opened;
    for (const name of ['a', 'b', 'c']) await store.commit(put(name, '123456789'));
    const page = async (entries: number, bytes: number, start = ''): Promise<string> => {
      const found = await store.range({ start: key(start), end: undefined }, { entries, bytes });
      return found.entries.map((entry) => entry.key).join('') + (found.more ? '…' : '');
    };
    assert.is(await page(3, 1000), 'abc');
    assert.is(await page(2, 1000), 'ab…');
    assert.is(await page(2, 1000, 'b'), 'bc');
    assert.is(await page(10, 30), 'abc');
    assert.is(await page(10, 29), 'ab…');
    assert.is(await page(10, 1), 'a…');
    assert.is(await page(10, 1, 'c'), 'c');
  });

  test(`${title}: a range of more than is read ahead is whole`, async () => {
    await using opened = await open();
    const { store } = opened;
    const names = Array.from({ length: 3000 }, (_, index) => `k${String(index).padStart(4, '0')}`);
    const value = Buffer.alloc(400);
    await store.commit({ conditions: [], writes: names.map((name) => ({ key: key(name), value })) });
    const { entries, more } = await store.range(all, large);
    assert.equal(
      entries.map((entry) => entry.key),
      names,
    );
    assert.not(more);
  });

  test(`${title}: changes are told from any revision that is known, in order, so many at a time`, async () => {
    await using opened = await open();
    const { store } = opened;
    for (const text of ['1', '2', '3', '4']) await store.commit(put('a', text));
    assert.equal(await history(store, 2, 2), ['2 a=2', '3 a=3']);
    assert.equal(await history(store, 4), ['4 a=4']);
    assert.equal(await history(store, 5), []);
    assert.equal(await history(store, 100), []);
    assert.equal((await changesFrom(store, 2, 1))?.[0]?.changes, [
      { key: key('a'), entry: { key: key('a'), value: Buffer.from('2'), version: 2 } },
    ]);
  });

  test(`${title}: of changes, those of the newest revisions are kept`, async () => {
    await using opened = await open({ maxRevisions: 3 });
    const { store } = opened;
    for (const text of ['1', '2', '3']) await store.commit(put('a', text));
    assert.is(store.oldest, 1);
    await store.commit(put('a', '4'));
    assert.is(store.oldest, 2);
    assert.is(await history(store, 1), undefined);
    assert.equal(await history(store, 2), ['2 a=2', '3 a=3', '4 a=4']);
    await commitAll(store, ...Array.from({ length: 10 }, (_, index) => put('a', String(index))));
    assert.is(store.oldest, 12);
    assert.equal(await history(store, 12), ['12 a=7', '13 a=8', '14 a=9']);
  });

  test(`${title}: of changes, as many are kept as have room, and the newest in any case`, async () => {
    await using opened = await open({ maxHistoryBytes: 4_000 });
    const { store } = opened;
    const write = (bytes: number): unknown => store.commit(put('a', Buffer.alloc(bytes)));
    for (let count = 0; count < 3; count += 1) await write(1_000);
    assert.is(store.oldest, 1);
    await write(1_000);
    assert.is(store.oldest, 2);
    await write(10_000);
    assert.is(store.oldest, 5, 'it leaves no room for others');
    await write(1_000);
    assert.is(store.oldest, 6);
    await Promise.all(Array.from({ length: 10 }, () => write(1_000)));
    assert.is(store.oldest, 14);
    await store.compact(16);
    await write(2_000);
    assert.is(store.oldest, 16);
    assert.is((await changesFrom(store, 16, 10))?.length, 2);
  });

  test(`${title}: what is compacted is told not to be known, and the values stay`, async () => {
    await using opened = await open();
    const { store } = opened;
    for (const text of ['1', '2', '3']) await store.commit(put(text, text));
    await store.compact(3);
    assert.is(store.oldest, 3);
    assert.is(await history(store, 2), undefined);
    assert.equal(await history(store, 3), ['3 3=3']);
    await store.compact(1);
    assert.is(store.oldest, 3, 'nothing is known again');
    assert.equal(await readAll(store), ['1=1@1', '2=2@2', '3=3@3']);
  });

  test(`${title}: to compact what is no revision is refused, and nothing else fails of it`, async () => {
    await using opened = await open();
    const { store } = opened;
    const compact = async (revision: number): Promise<void> => store.compact(revision);
    const all = [1.5, NaN, -1].map(async (revision) => codeOf(() => compact(revision)));
    assert.equal(await store.commit(put('a', '1')), { outcome: 'done', revision: 1 });
    assert.equal(await Promise.all(all), ['BAD_OPTION', 'BAD_OPTION', 'BAD_OPTION']);
    assert.is(store.oldest, 1);
  });

  test(`${title}: no revision is given again, even if none is known any more`, async () => {
    await using opened = await open();
    const { store } = opened;
    await store.commit(put('a', '1'));
    await store.commit(remove('a'));
    await store.compact(1000);
    assert.is(store.oldest, 3);
    assert.equal(await history(store, 3), []);
    assert.is(await history(store, 2), undefined);
    assert.equal(await store.commit(put('a', '2')), { outcome: 'done', revision: 3 });
    assert.equal(await history(store, 3), ['3 a=2']);
  });

  test(`${title}: each revision is told once it can be read, in order, and the end with the end of the store`, async () => {
    await using opened = await open();
    const { store } = opened;
    const told: (string | Promise<unknown>)[] = [];
    store.revision$.subscribe({
      next: (revision) => {
        told.push(`${revision} of ${store.revision >= revision ? 'those there are' : 'the future'}`);
        told.push(changesFrom(store, revision, 1).then((changes) => changes?.[0]?.revision));
      },
      complete: () => told.push('the end'),
    });
    await commitAll(store, put('a', '1'), remove('b'), put('a', '2'));
    await store.commit(put('a', '3', expect('a', { version: 1 })));
    await store.commit(put('a', '3'));
    await store.close();
    const there = (revision: number): unknown[] => [`${revision} of those there are`, revision];
    assert.equal(await Promise.all(told.map(async (what) => what)), [...there(1), ...there(2), ...there(3), 'the end']);
  });

  test(`${title}: what is asked of a closed store fails`, async () => {
    await using opened = await open();
    const { store } = opened;
    await store.commit(put('a', '1'));
    await store.close();
    assert.is(await codeOf(() => store.get(key('a'))), 'CLOSED');
    assert.is(await codeOf(() => store.range(all, large)), 'CLOSED');
    assert.is(await codeOf(() => store.commit(put('a', '2'))), 'CLOSED');
    assert.is(await codeOf(() => store.changes(1, 1)), 'CLOSED');
    assert.is(await codeOf(() => store.compact(1)), 'CLOSED');
    await store.close();
  });

  test(`${title}: what was asked before it was closed is done`, async () => {
    await using opened = await open();
    const { store } = opened;
    await store.commit(put('a', '1'));
    const reads = Promise.all([read(store, 'a'), readAll(store), history(store, 1)]);
    const commits = commitAll(store, ...Array.from({ length: 20 }, (_, index) => put('b', String(index))));
    await store.close();
    assert.equal(await reads, ['1@1', ['a=1@1'], ['1 a=1']]);
    assert.equal((await commits).at(-1), { outcome: 'done', revision: 21 });
  });

  test(`${title}: what is read is of one revision, and the one that is told`, async () => {
    await using opened = await open();
    const { store } = opened;
    const names = Array.from({ length: 300 }, (_, index) => key(`k${index}`));
    const everywhere = (text: string): Transaction => ({
      conditions: [],
      writes: names.map((name) => ({ key: name, value: Buffer.from(text) })),
    });
    await store.commit(everywhere('0'));
    const seen = new Set<number>();
    const look = async (): Promise<void> => {
      const [page, found] = [store.range(all, large), store.get(key('k7'))];
      const { entries, revision } = await page;
      assert.is(entries.length, names.length);
      assert.ok(entries.every(({ version }) => version === revision));
      assert.is((await found).entry?.version, (await found).revision);
      seen.add(revision);
    };
    const looking: Promise<void>[] = [];
    for (let count = 1; count <= 100; count += 1) {
      looking.push(look());
      await store.commit(everywhere(String(count)));
    }
    await Promise.all(looking);
    assert.ok(seen.size > 3, `${seen.size} revisions were seen`);
  });
}

test('memory: revisions may begin later than with 1, for clients that have known others', async () => {
  await using opened = closing(memoryStore({ firstRevision: 1_000 }));
  const { store } = opened;
  assert.equal([store.revision, store.oldest], [999, 1_000]);
  assert.equal(await store.changes(1, 10), { changes: [], upTo: 999 }, 'who has seen nothing misses nothing');
  assert.equal(await store.commit(put('a', '1')), { outcome: 'done', revision: 1_000 });
  assert.equal(await history(store, 1_000), ['1000 a=1']);
  assert.equal(await history(store, 1), ['1000 a=1']);
  assert.equal(await store.changes(2, 1), { oldest: 1_000 });
  assert.equal(await store.changes(999, 1), { oldest: 1_000 });
  await store.compact(1_000);
  assert.equal(await store.changes(1, 1), { oldest: 1_000 });
  assert.is(await codeOf(() => memoryStore({ firstRevision: 0 })), 'BAD_OPTION');
});

test('memory: a store begins with a revision that none before it has given', async () => {
  await using first = closing(memoryStore());
  const told: number[] = [];
  for (let count = 0; count < 100; count += 1) told.push((await first.store.commit(put('a', ''))).revision);
  await new Promise((resolve) => setTimeout(resolve, 2));
  await using second = closing(memoryStore());
  const { revision } = await second.store.commit(put('a', ''));
  assert.ok(revision > Math.max(...told));
  for (const seen of told) assert.equal(await second.store.changes(seen + 1, 1), { oldest: revision });
});

test('memory: when no revisions are left, a write is refused and reading goes on', async () => {
  await using opened = closing(memoryStore({ firstRevision: Number.MAX_SAFE_INTEGER }));
  const { store } = opened;
  await store.commit(put('a', '1'));
  const error = await failureOf(() => store.commit(put('a', '2')));
  assert.match(String(error), 'no revisions are left: 9007199254740991 is the last there can be');
  assert.equal([(error as StoreError).code, (error as StoreError).notDone], ['FULL', true]);
  assert.equal(await store.commit(remove('b')), { outcome: 'done', revision: Number.MAX_SAFE_INTEGER });
  assert.is(await read(store, 'a'), `1@${String(Number.MAX_SAFE_INTEGER)}`);
});

test.run();
