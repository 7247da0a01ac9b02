import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ClassicLevel } from 'classic-level';
import { RxDuplexError } from 'rxduplex';
import { StoreError, levelStore } from 'rxduplex/kv';
import type { HistoryOptions, Store } from 'rxduplex/kv';
import { Subject, firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { start } from '../../../bench/child.js';
import { Batches, noRoom } from '../../support/batches.js';
import { runFile } from '../../support/child.js';
import {
  Folder,
  all,
  changesFrom,
  codeOf,
  commitAll,
  expect,
  failureOf,
  history,
  key,
  large,
  levelCounted,
  put,
  read,
  readAll,
  remove,
} from '../../support/store-kinds.js';

const children = import.meta.resolve('../../support/children/committing.ts');

/** What is done with a store that is then closed. */
async function using<T>(folder: Folder, use: (store: Store) => Promise<T>, options?: HistoryOptions): Promise<T> {
  const store = await levelCounted(folder.path, options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function refusal(path: string): Promise<StoreError> {
  const error = await failureOf(() => levelStore(path));
  assert.instance(error, StoreError);
  return error as StoreError;
}

test('values, versions, the changes and the oldest of them are there again after a restart', async () => {
  using folder = new Folder();
  await using(folder, async (store) => {
    await store.commit(put('a', '1'));
    await store.commit({ conditions: [], writes: [...put('b', '').writes, ...put('\x00\xff', '2').writes] });
    await store.commit(remove('a'));
    await store.commit(put('c', '4'));
    await store.compact(2);
  });
  await using(folder, async (store) => {
    assert.is(store.revision, 4);
    assert.is(store.oldest, 2);
    assert.equal(await readAll(store), ['\x00\xff=2@2', 'b=@2', 'c=4@4']);
    assert.is(await history(store, 1), undefined);
    assert.equal(await history(store, 2), ['2 b= \x00\xff=2', '3 a=-', '4 c=4']);
    assert.equal(await store.commit(put('c', '5', expect('c', { version: 4 }))), { outcome: 'done', revision: 5 });
  });
});

test('no revision is given again after a restart, even if none is known any more', async () => {
  using folder = new Folder();
  await using(folder, async (store) => {
    await store.commit(put('a', '1'));
    await store.commit(remove('a'));
    await store.compact(100);
  });
  await using(folder, async (store) => {
    assert.is(store.oldest, 3);
    assert.equal(await store.commit(put('a', '2')), { outcome: 'done', revision: 3 });
  });
});

test('a store that is to keep fewer revisions than before has forgotten the others when it is opened', async () => {
  using folder = new Folder();
  await using(folder, (store) => commitAll(store, put('a', '1'), put('a', '2'), put('a', '3')));
  await using(
    folder,
    async (store) => {
      assert.is(store.oldest, 3);
      assert.is(await history(store, 2), undefined);
      assert.equal(await history(store, 3), ['3 a=3']);
    },
    { maxRevisions: 1 },
  );
});

test('changes that are forgotten are not on the disk any more', async () => {
  using folder = new Folder();
  const write = async (store: Store): Promise<void> => {
    for (const text of '123456') await store.commit(put('a', text));
  };
  await using(folder, write, { maxRevisions: 2 });
  const db = new ClassicLevel(folder.path);
  assert.is((await db.keys().all()).length, 4, 'a head, a value, and two revisions');
  await db.close();
});

test('after a restart the changes that are there count against the room for them, and make room for it', async () => {
  using folder = new Folder();
  const write = (store: Store): unknown => store.commit(put('a', Buffer.alloc(1_000)));
  await using(folder, async (store) => {
    for (let count = 0; count < 5; count += 1) await write(store);
  });
  const options = { maxHistoryBytes: 3_500 };
  await using(folder, async ({ oldest }) => assert.is(await Promise.resolve(oldest), 3), options);
  await using(
    folder,
    async (store) => {
      await write(store);
      assert.is(store.oldest, 4);
      assert.is((await changesFrom(store, 4, 10))?.length, 3);
    },
    options,
  );
});

test('a directory is made, with those above it', async () => {
  using folder = new Folder();
  const path = join(folder.path, 'one', 'more');
  const store = await levelStore(path);
  await store.close();
  assert.ok(readdirSync(path).includes('CURRENT'));
});

test('bad options are told', async () => {
  const error = await failureOf(() => levelStore('', {}));
  assert.ok(error instanceof RxDuplexError && error.code === 'BAD_OPTION');
  assert.match(error.message, 'directory');
  using folder = new Folder();
  assert.match(String(await failureOf(() => levelStore(folder.path, { maxRevisions: 0 }))), 'maxRevisions');
  assert.match(String(await failureOf(() => levelStore(folder.path, { maxHistoryBytes: -1 }))), 'maxHistoryBytes');
});

test('a path that is a file, or leads through one, is unusable', async () => {
  using folder = new Folder();
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    const { code, message } = await refusal(path);
    assert.is(code, 'UNUSABLE');
    assert.match(message, path);
  }
});

test('where no directory can be made, it is unusable', async () => {
  const { code, message } = await refusal('/dev/null/store');
  assert.is(code, 'UNUSABLE');
  assert.match(message, '/dev/null/store');
});

test('a directory of something else is unusable, and stays as it is', async () => {
  using folder = new Folder();
  writeFileSync(join(folder.path, 'letter.txt'), 'Dear');
  const { code, message } = await refusal(folder.path);
  assert.is(code, 'UNUSABLE');
  assert.match(message, folder.path);
  assert.match(message, 'letter.txt');
  assert.equal(readdirSync(folder.path), ['letter.txt']);
});

test('what a process left that was killed while it made a store does not prevent another', async () => {
  using folder = new Folder();
  for (const name of ['LOCK', 'LOG', 'MANIFEST-000001', '000001.dbtmp', 'ROOM'])
    writeFileSync(join(folder.path, name), '');
  await using(folder, (store) => commitAll(store, put('a', '1')));
  assert.equal(await using(folder, readAll), ['a=1@1']);
});

test('a database that somebody else made is unusable, and can be opened by them again', async () => {
  using folder = new Folder();
  const theirs = new ClassicLevel(folder.path);
  await theirs.put('theirs', '1');
  await theirs.close();
  const { code, message } = await refusal(folder.path);
  assert.is(code, 'UNUSABLE');
  assert.match(message, Buffer.from('theirs').toString('hex'));
  await theirs.open();
  assert.equal(await theirs.keys().all(), ['theirs']);
  await theirs.close();
});

test('a database without its files is unusable', async () => {
  using folder = new Folder();
  await using(folder, (store) => commitAll(store, put('a', '1')));
  writeFileSync(join(folder.path, 'CURRENT'), 'MANIFEST-000077\n');
  const { code, message } = await refusal(folder.path);
  assert.is(code, 'UNUSABLE');
  assert.match(message, folder.path);
});

test('a directory is in use by one store at a time, and free as soon as that is closed', async () => {
  using folder = new Folder();
  const store = await levelCounted(folder.path);
  const { code, message } = await refusal(folder.path);
  assert.is(code, 'IN_USE');
  assert.match(message, folder.path);
  await store.commit(put('a', '1'));
  await store.close();
  assert.equal(await using(folder, readAll), ['a=1@1']);
});

test('a directory is in use by one process at a time', async () => {
  using folder = new Folder();
  const child = await start('committing', children, { args: [folder.path, '0'] });
  assert.is((await refusal(folder.path)).code, 'IN_USE');
  child.kill('SIGKILL');
  await child.ended;
  await using(folder, readAll);
});

/** A store of two values, of which some records are then others. */
async function damagedStore(folder: Folder, damage: Record<string, Buffer>): Promise<void> {
  await using(folder, (store) => commitAll(store, put('a', '1'), put('b', '2')));
  const db = new ClassicLevel<Buffer, Buffer>(folder.path, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  const operations = Object.entries(damage).map(([name, value]) => ({
    type: 'put' as const,
    key: Buffer.from(name, 'latin1'),
    value,
  }));
  await db.batch(operations, { sync: true });
  await db.close();
}

test('a head that is none is unusable', async () => {
  const revision = '00'.repeat(7);
  const heads = {
    'the head ends 8 bytes too soon': '01',
    'the head is of layout 3, and not 2': `03${revision}05${revision}01`,
    'the head has 1 bytes too many': `02${revision}05${revision}0100`,
    'the head says that 9 is the oldest revision, of 5': `02${revision}05${revision}09`,
    'the head has a revision of 18446744073709551615': `02${'ff'.repeat(8)}${revision}01`,
  };
  for (const [told, head] of Object.entries(heads)) {
    using folder = new Folder();
    await damagedStore(folder, { h: Buffer.from(head, 'hex') });
    const { code, message } = await refusal(folder.path);
    assert.is(code, 'UNUSABLE');
    assert.match(message, told);
  }
});

test('a value that cannot be read is told by all who need it, and is nothing to others', async () => {
  using folder = new Folder();
  await damagedStore(folder, { va: Buffer.from('oops') });
  await using(folder, async (store) => {
    assert.match(String(await failureOf(() => store.get(key('a')))), 'the key 0x61 ends 4 bytes too soon');
    assert.is(await codeOf(() => store.range(all, large)), 'UNUSABLE');
    const [bad, good] = await Promise.all([
      codeOf(() => store.commit(remove('a', expect('a', { exists: true })))),
      store.commit(remove('b', expect('b', { version: 2 }))),
    ]);
    assert.is(bad, 'UNUSABLE');
    assert.equal(good, { outcome: 'done', revision: 3 });
    await store.commit(put('a', 'whole again'));
    assert.is(await read(store, 'a'), 'whole again@4');
  });
});

test('a value of a revision that is to come is unusable', async () => {
  using folder = new Folder();
  await damagedStore(folder, { va: Buffer.from(`${'00'.repeat(7)}0331`, 'hex') });
  await using(folder, async (store) => {
    assert.match(String(await failureOf(() => store.get(key('a')))), 'the key 0x61 has a value of revision 3, of 2');
  });
});

test('changes that cannot be read are told, and never skipped', async () => {
  const first = `c${'\x00'.repeat(7)}\x01`;
  const damages = [
    ['0300000000', 'the changes of revision 1 have one of kind 3'],
    ['0100000009', 'the changes of revision 1 ends 9 bytes too soon'],
  ] as const;
  for (const [value, told] of damages) {
    using folder = new Folder();
    await damagedStore(folder, { [first]: Buffer.from(value, 'hex') });
    await using(folder, async (store) => {
      const error = await failureOf(() => store.changes(1, 10));
      assert.ok(error instanceof StoreError && error.code === 'UNUSABLE');
      assert.match(error.message, told);
    });
  }
});

test('missing changes are told', async () => {
  for (const [missing, told] of [
    [1, 'before revision 1 come those of 2'],
    [2, 'the changes of revision 2 are missing'],
  ] as const) {
    using folder = new Folder();
    await damagedStore(folder, {});
    const db = new ClassicLevel<Buffer, string>(folder.path, { keyEncoding: 'buffer' });
    await db.del(Buffer.from(`c${'\x00'.repeat(7)}${String.fromCharCode(missing)}`, 'latin1'));
    await db.close();
    await using(folder, async (store) => assert.match(String(await failureOf(() => store.changes(1, 10))), told));
  }
});

test('commits at once are written together, and in far fewer batches than there are', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    await commitAll(store, ...Array.from({ length: 1000 }, (_, index) => put(`k${index % 10}`, String(index))));
    assert.is(batches.all.length, 1);
    let count = 0;
    const writer = async (name: string): Promise<void> => {
      for (let index = 0; index < 20; index += 1, count += 1) await store.commit(put(name, String(index)));
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => writer(`w${index}`)));
    assert.is(store.revision, 1000 + count);
    assert.ok(batches.all.length < 100, `${batches.all.length} batches for ${count} commits`);
  });
});

test('what would be too much at once is written in several batches', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    const value = Buffer.alloc(3 << 20);
    const answers = await commitAll(store, ...['a', 'b', 'c', 'd', 'e'].map((name) => put(name, value)));
    assert.equal(
      answers.map(({ revision }) => revision),
      [1, 2, 3, 4, 5],
    );
    assert.is(batches.all.length, 3);
    await store.commit(put('a', Buffer.alloc(20 << 20)));
    assert.is((await store.get(key('a'))).entry?.value.length, 20 << 20);
  });
});

test('what has to be read first counts as well, so that no group reads without a bound', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    const conditions = Array.from({ length: 100 }, (_, index) => expect(`k${index}`, { exists: false }));
    await commitAll(store, ...Array.from({ length: 10 }, (_, index) => put(`w${index}`, '1', ...conditions)));
    assert.is(batches.all.length, 10);
  });
});

test('a write that was told to have failed is not there after a restart either', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    await store.commit(put('a', '1'));
    batches.way = async (write) => {
      batches.way = (next) => next();
      await write();
      throw noRoom();
    };
    assert.is(await codeOf(() => store.commit(put('a', 'lost'))), 'FULL');
  });
  await using(folder, async (store) => {
    assert.equal([await readAll(store), store.revision], [['a=1@1'], 1]);
  });
});

test('what changes nothing is not written', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    await commitAll(store, remove('a'), put('a', '1', expect('a', { exists: true })));
    await store.compact(5);
    assert.equal(batches.all, []);
  });
});

// A process that is killed loses nothing that the system has taken, synced or not: only the failure of a machine does.
// So that no spec with a kill would miss `sync`, and this one looks at what reaches the database.
test('no commit is answered before a batch with it was written, and every batch is synced', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    const revisionIn = (batch: Batches['all'][number], revision: number): boolean =>
      batch.operations.some(
        ({ key: bytes }) => bytes[0] === 'c'.charCodeAt(0) && Buffer.from(bytes).readUInt32BE(5) === revision,
      );
    let acknowledged = 0;
    const writer = async (name: string): Promise<void> => {
      for (let index = 0; index < 20; index += 1) {
        const { revision } = await store.commit(put(name, String(index)));
        const synced = batches.all.filter(({ sync, written }) => sync && written);
        assert.ok(synced.some((batch) => revisionIn(batch, revision)));
        acknowledged += 1;
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => writer(`w${index}`)));
    await store.compact(30);
    assert.is(acknowledged, 400);
    assert.is(store.revision, 400);
    assert.ok(batches.all.every(({ sync, written }) => sync && written));
  });
});

test('what is not yet on the disk is not seen, nor an answer that depends on it', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    await store.commit(put('a', '1'));
    const inDatabase = new Subject<void>();
    const release = new Subject<void>();
    const written = firstValueFrom(inDatabase);
    batches.way = async (write) => {
      const released = firstValueFrom(release);
      await write();
      inDatabase.next();
      await released;
    };
    const told: number[] = [];
    store.revision$.subscribe((revision) => told.push(revision));
    let answered = 0;
    const answers = commitAll(store, put('a', '2'), put('a', '3', expect('a', { version: 1 }))).finally(
      () => (answered += 1),
    );
    await written;
    assert.is(await read(store, 'a'), '1@1');
    assert.equal(await readAll(store), ['a=1@1']);
    assert.equal(await history(store, 1), ['1 a=1']);
    assert.is(store.revision, 1);
    assert.is(answered, 0);
    assert.equal(told, []);
    release.next();
    assert.equal(
      (await answers).map(({ outcome }) => outcome),
      ['done', 'refused'],
    );
    assert.equal(told, [2]);
    assert.is(await read(store, 'a'), '2@2');
  });
});

test('a write that failed is undone, even if the database has it all the same', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(
    folder,
    async (store) => {
      await commitAll(store, put('a', '1'), put('b', '2'), put('c', '3'));
      batches.way = async (write) => {
        batches.way = (next) => next();
        await write();
        throw noRoom();
      };
      const lost = [put('a', 'lost'), remove('b'), put('d', 'lost'), put('e', 'lost', expect('e', { exists: false }))];
      const codes = await Promise.all(lost.map((transaction) => codeOf(() => store.commit(transaction))));
      assert.equal(codes, ['FULL', 'FULL', 'FULL', 'FULL']);
      assert.is(store.revision, 3);
      assert.equal(await readAll(store), ['a=1@1', 'b=2@2', 'c=3@3']);
      await store.commit(put('f', '4'));
      assert.equal(await readAll(store), ['a=1@1', 'b=2@2', 'c=3@3', 'f=4@4']);
      assert.equal(await history(store, 2), ['2 b=2', '3 c=3', '4 f=4']);
    },
    { maxRevisions: 3 },
  );
  await using(folder, async (store) => {
    assert.equal(await readAll(store), ['a=1@1', 'b=2@2', 'c=3@3', 'f=4@4']);
    assert.equal(await history(store, 2), ['2 b=2', '3 c=3', '4 f=4']);
  });
});

test('the first write of all may fail', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    batches.way = async (write) => {
      batches.way = (next) => next();
      await write();
      throw noRoom();
    };
    assert.is(await codeOf(() => store.commit(put('a', 'lost'))), 'FULL');
    assert.equal(await store.commit(put('b', '1')), { outcome: 'done', revision: 1 });
    assert.equal(await readAll(store), ['b=1@1']);
  });
});

test('reads that go on while the database is opened anew are of what there was', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    const names = Array.from({ length: 2000 }, (_, index) => key(`k${index}`));
    const value = Buffer.alloc(1000);
    await store.commit({ conditions: [], writes: names.map((name) => ({ key: name, value })) });
    batches.way = () => {
      batches.way = (next) => next();
      return Promise.reject(noRoom());
    };
    assert.is(await codeOf(() => store.commit(put('a', 'lost'))), 'FULL');
    const writing = store.commit(put('a', '2'));
    let reads = 0;
    const reader = async (): Promise<void> => {
      for (; store.revision === 1; reads += 1) {
        const { entries, revision } = await store.range(all, large);
        assert.is(entries.length, 1999 + revision);
      }
    };
    await Promise.all([reader(), reader()]);
    assert.equal(await writing, { outcome: 'done', revision: 2 });
    assert.ok(reads > 1);
  });
});

test('a database that cannot be opened anew is opened as soon as it can', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    await store.commit(put('a', '1'));
    const refuse = (): Promise<void> => Promise.reject(noRoom());
    batches.way = async (write) => {
      batches.way = refuse;
      await write();
      throw noRoom();
    };
    assert.is(await codeOf(() => store.commit(put('a', 'lost'))), 'FULL');
    assert.is(await read(store, 'a'), '1@1');
    // It is opened for this, but there is no room to undo what failed.
    assert.is(await codeOf(() => store.commit(put('a', 'lost'))), 'FULL');
    assert.is(await codeOf(() => store.get(key('a'))), 'FULL');
    batches.way = (write) => write();
    assert.is(await read(store, 'a'), '1@1');
    assert.equal(await store.commit(put('a', '2')), { outcome: 'done', revision: 2 });
  });
});

test('a read that opens the database anew is done before the store is closed', async () => {
  using folder = new Folder();
  using batches = new Batches();
  const reading = await using(folder, async (store) => {
    await store.commit(put('a', '1'));
    batches.way = async (write) => {
      batches.way = () => Promise.reject(noRoom());
      await write();
      throw noRoom();
    };
    assert.is(await codeOf(() => store.commit(put('a', 'lost'))), 'FULL');
    assert.is(await codeOf(() => store.commit(put('a', 'lost'))), 'FULL');
    batches.way = (write) => write();
    return { text: read(store, 'a') };
  });
  assert.is(await reading.text, '1@1');
  assert.equal(await using(folder, readAll), ['a=1@1']);
});

test('a write that failed for another reason is told as it is', async () => {
  using folder = new Folder();
  using batches = new Batches();
  await using(folder, async (store) => {
    const broken = Object.assign(new Error('IO error: 000003.log: Input/output error'), { code: 'LEVEL_IO_ERROR' });
    batches.way = () => {
      batches.way = (next) => next();
      return Promise.reject(broken);
    };
    assert.is(await failureOf(() => store.commit(put('a', 'lost'))), broken);
    assert.equal(await store.commit(put('a', '1')), { outcome: 'done', revision: 1 });
  });
});

test('a full disk: reads go on, writes are told FULL and are not seen, and there is room again', async () => {
  using folder = new Folder();
  const child = [process.execPath, '--import', 'tsx', 'spec/support/children/full.ts'];
  const path = join(folder.path, 'store');
  // The shell counts in KiB. Node does not know limits, but lives with them: a write gets EFBIG.
  const limited = [
    '-c',
    'ulimit -S -f 1024 && exec "$@"',
    'bash',
    ...child,
    path,
    'prlimit --pid="$PID" --fsize=unlimited',
  ];
  const { stdout } = await promisify(execFile)('bash', limited);
  const saw = JSON.parse(stdout) as Record<'first' | 'still' | 'after' | 'opened', Record<string, unknown>>;
  const { written } = saw.first;
  assert.ok(Number(written) > 10);
  assert.equal(saw, {
    codes: ['FULL'],
    message: `there is no room in ${path}: EFBIG: file too large, write`,
    first: { written, failed: saw.first['failed'], intact: true },
    still: { intact: true, refused: 'refused', again: 'FULL' },
    after: { written: 2, intact: true, oldest: 2 },
    opened: { intact: true, revision: Number(written) + 2, changes: Number(written) + 1 },
  });
});

test('without the package classic-level there is the store in memory, and the other one says what it needs', async () => {
  const { stdout, output } = await runFile('spec/support/children/without-level.ts', 60);
  assert.match(output, 'classic-level');
  const { inMemory, code, message } = JSON.parse(stdout) as Record<string, unknown>;
  assert.is(inMemory, 0);
  assert.is(code, 'UNUSABLE');
  assert.match(String(message), 'classic-level');
});

test.run();
