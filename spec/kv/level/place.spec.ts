import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';

import { ClassicLevel } from 'classic-level';
import { levelStore } from 'rxduplex/kv';
import type { Store } from 'rxduplex/kv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { start } from '../../../bench/child.js';
import { Batches, noRoom } from '../../support/batches.js';
import { Folder, codeOf, failureOf, put, readAll } from '../../support/store-kinds.js';

const children = import.meta.resolve('../../support/children/claiming.ts');

/** What another process is told that opens the directory. */
async function elsewhere(path: string): Promise<unknown> {
  const child = await start<{ readonly code: unknown }>('claiming', children, { args: [path] });
  child.kill('SIGKILL');
  await child.ended;
  return child.greeting.code;
}

/** Other names of a directory `store` in `folder`, each of which is refused. */
function namesOf(folder: Folder): Record<string, string> {
  const path = join(folder.path, 'store');
  symlinkSync(path, join(folder.path, 'link'));
  symlinkSync(folder.path, join(folder.path, 'parent'));
  return {
    'the same': path,
    'a relative path': relative(process.cwd(), path),
    'a trailing slash': `${path}/`,
    'a dot': join(folder.path, '.') + '/./store',
    'a way round': join(folder.path, 'x') + '/../store',
    'a symbolic link': join(folder.path, 'link'),
    'a parent that is one': join(folder.path, 'parent', 'store'),
  };
}

test('a directory is opened once in a process, by whatever name, and other processes are refused all the while', async () => {
  using folder = new Folder();
  mkdirSync(join(folder.path, 'x'));
  const path = join(folder.path, 'store');
  const store = await levelStore(path);
  for (const [name, other] of Object.entries(namesOf(folder))) {
    const error = (await failureOf(() => levelStore(other))) as NodeJS.ErrnoException;
    assert.equal([error.code, error.message.includes(other)], ['IN_USE', true], name);
  }
  assert.is(await elsewhere(path), 'IN_USE', 'the lock was not released by those that were refused');
  await store.commit(put('a', '1'));
  await store.close();
  assert.is(await elsewhere(path), 'opened');
});

test('what one process writes is there, although it tried to open the directory again and others came', async () => {
  using folder = new Folder();
  const store = await levelStore(folder.path);
  for (let count = 0; count < 10; count += 1) {
    await codeOf(() => levelStore(folder.path));
    await store.commit(put(`k${count}`, String(count)));
    if (count === 5) assert.is(await elsewhere(folder.path), 'IN_USE');
  }
  await store.close();
  const again = await levelStore(folder.path);
  assert.is((await readAll(again)).length, 10);
  await again.close();
});

test('of several that open a directory at once, one does', async () => {
  using folder = new Folder();
  const path = join(folder.path, 'not', 'yet', 'there');
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => levelStore(path)));
  const opened = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  assert.is(opened.length, 1);
  assert.is(await elsewhere(path), 'IN_USE');
  await opened[0]?.close();
});

test('a directory that was renamed is in use still', async () => {
  using folder = new Folder();
  const [path, other] = [join(folder.path, 'store'), join(folder.path, 'other')];
  const store = await levelStore(path);
  renameSync(path, other);
  assert.is(await codeOf(() => levelStore(other)), 'IN_USE');
  renameSync(other, path);
  await store.close();
});

test('a store that is closed, by whatever name it was opened, leaves its place', async () => {
  using folder = new Folder();
  mkdirSync(join(folder.path, 'x'));
  mkdirSync(join(folder.path, 'store'));
  for (const path of Object.values(namesOf(folder))) {
    const store = await levelStore(path);
    await store.commit(put('a', path));
    await store.close();
  }
});

test('a directory whose opening failed half way can be opened', async () => {
  using folder = new Folder();
  const path = join(folder.path, 'store');
  {
    using batches = new Batches();
    batches.way = () => Promise.reject(noRoom());
    assert.is(await codeOf(() => levelStore(path)), 'FULL');
  }
  writeFileSync(join(path, 'letter.txt'), 'Dear');
  rmSync(join(path, 'CURRENT'));
  assert.is(await codeOf(() => levelStore(path)), 'UNUSABLE');
  rmSync(path, { recursive: true });
  const theirs = new ClassicLevel(path);
  await theirs.put('theirs', '1');
  await theirs.close();
  assert.is(await codeOf(() => levelStore(path)), 'UNUSABLE');
  rmSync(path, { recursive: true });
  const store = await levelStore(path);
  await store.close();
});

test('another process that has the directory is no reason not to try again', async () => {
  using folder = new Folder();
  const child = await start('claiming', children, { args: [folder.path] });
  assert.is(await codeOf(() => levelStore(folder.path)), 'IN_USE');
  assert.is(await codeOf(() => levelStore(folder.path)), 'IN_USE');
  child.kill('SIGKILL');
  await child.ended;
  const store = await levelStore(folder.path);
  await store.close();
});

test('a store outlives a change of the working directory', async () => {
  using folder = new Folder();
  using batches = new Batches();
  const before = process.cwd();
  let store: Store | undefined;
  try {
    process.chdir(folder.path);
    store = await levelStore('store');
    await store.commit(put('a', '1'));
    process.chdir(before);
    batches.way = () => {
      batches.way = (next) => next();
      return Promise.reject(noRoom());
    };
    assert.is(await codeOf(() => store?.commit(put('a', 'lost'))), 'FULL');
    await store.commit(put('b', '2'));
    assert.is((await readAll(store)).length, 2);
  } finally {
    process.chdir(before);
    await store?.close();
  }
});

test('a second copy of the package knows what the first has open', async () => {
  using folder = new Folder();
  const store = await levelStore(folder.path);
  const copy = (await import(`../../../lib/kv/level/open.ts?copy=${String(Date.now())}`)) as {
    levelStore: typeof levelStore;
  };
  const place = (await import(`../../../lib/kv/level/place.ts?copy=${String(Date.now())}`)) as {
    placeOf: (directory: string) => Promise<unknown>;
  };
  assert.is(await codeOf(() => copy.levelStore(folder.path)), 'IN_USE');
  assert.is(await codeOf(() => place.placeOf(folder.path)), 'IN_USE');
  await store.close();
});

test('a database that somebody opened otherwise keeps its lock, on Linux', async () => {
  if (process.platform !== 'linux') return;
  using folder = new Folder();
  const theirs = new ClassicLevel(folder.path);
  await theirs.open();
  try {
    assert.is(await codeOf(() => levelStore(folder.path)), 'IN_USE');
    assert.is(await elsewhere(folder.path), 'IN_USE');
  } finally {
    await theirs.close();
  }
});

test('a store of another thread keeps its lock, on Linux', async () => {
  if (process.platform !== 'linux') return;
  using folder = new Folder();
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { ClassicLevel } = require('classic-level');
    parentPort.on('message', () => undefined);
    new ClassicLevel(workerData).open().then(() => parentPort.postMessage('opened'));
  `;
  const worker = new Worker(code, { eval: true, workerData: folder.path });
  try {
    await once(worker, 'message');
    assert.is(await codeOf(() => levelStore(folder.path)), 'IN_USE');
    assert.is(await elsewhere(folder.path), 'IN_USE');
  } finally {
    await worker.terminate();
  }
});

test.run();
