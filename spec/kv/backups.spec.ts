// time limit: 300 s
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { CompactedError, KeyValueService, KeyValues, levelStore, memoryStore } from 'rxduplex/kv';
import type { KvChanges, KvClient, Store } from 'rxduplex/kv';
import { firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { apis, clientOn, stopClients } from '../support/kv-clients.js';
import { listen, until } from '../support/peer.js';
import { Folder } from '../support/store-kinds.js';

const stops = new Set<() => Promise<void>>();

test.after.each(async () => {
  stopClients();
  for (const stop of stops) await stop();
});

interface Life {
  readonly port: number;
  readonly store: Store;
  readonly stop: () => Promise<void>;
}

/** Serves a store until it is stopped. */
async function lifeOf(store: Store, port = 0): Promise<Life> {
  const kv = new KeyValues(store);
  const server = new Server();
  serve(server, KeyValueService, kv.handlers, kv.serveOptions);
  const stop = async (): Promise<void> => {
    stops.delete(stop);
    kv.endWatches();
    server.forceShutdown();
    await store.close();
  };
  stops.add(stop);
  return { port: await listen(server, port), store, stop };
}

async function put(kv: KvClient, key: string, value: string): Promise<number> {
  const written = await firstValueFrom(kv.put(key, value));
  if (written.outcome !== 'done') throw new Error(`${key} was ${written.outcome}`);
  return written.revision;
}

/** What a watch told, and what it ended with. */
interface Watched {
  readonly told: KvChanges[];
  readonly ends: unknown[];
  readonly revisions: () => number[];
}

function watched(kv: KvClient): Watched {
  const told: KvChanges[] = [];
  const ends: unknown[] = [];
  kv.watch({}, { from: 1 }).subscribe({
    next: (changes) => told.push(changes),
    error: (error: unknown) => ends.push(error),
    complete: () => ends.push('complete'),
  });
  return { told, ends, revisions: () => told.map(({ revision }) => revision) };
}

for (const writes of [0, 99, 150]) {
  test(`a watch that comes back to a store that was put back from a backup is told so, after ${writes} writes; and a version of before is refused`, async () => {
    using folder = new Folder();
    const [live, copy] = [join(folder.path, 'live'), join(folder.path, 'copy')];
    let life = await lifeOf(await levelStore(live));
    const { port } = life;
    const writer = clientOn(port);
    for (let count = 1; count <= 100; count += 1) await put(writer, `k${count % 20}`, `first ${count}`);
    await life.stop();
    cpSync(live, copy, { recursive: true });

    life = await lifeOf(await levelStore(live), port);
    const watch = watched(clientOn(port));
    let newest = 0;
    for (let count = 101; count <= 200; count += 1) newest = await put(writer, `k${count % 20}`, `first ${count}`);
    await until('the watch', () => watch.revisions().at(-1) === newest);
    await life.stop();
    rmSync(live, { recursive: true });
    cpSync(copy, live, { recursive: true });

    const store = await levelStore(live);
    for (let count = 1; count <= writes; count += 1) {
      await store.commit({ conditions: [], writes: [{ key: 'other' as never, value: Buffer.from('') }] });
    }
    life = await lifeOf(store, port);
    await until('the end of the watch', () => watch.ends.length > 0);
    const error = watch.ends[0] as CompactedError;
    assert.instance(error, CompactedError);
    assert.equal([error.from, error.oldest > newest], [newest + 1, true]);
    for (const api of apis) {
      const refused = await firstValueFrom(
        clientOn(port, { api }).put('k0', 'mine', { expected: { version: newest } }),
      );
      assert.is(refused.outcome, 'refused');
    }
  });
}

test('a watch goes on over ordinary restarts of a store on disk, whether it had been told all or not', async () => {
  using folder = new Folder();
  let life = await lifeOf(await levelStore(folder.path));
  const { port } = life;
  const writer = clientOn(port);
  const watch = watched(clientOn(port));
  const quiet: unknown[] = [];
  const quietly = clientOn(port).watch({ start: 'x' }, { from: 1 });
  quietly.subscribe({ next: () => quiet.push('told'), error: (error: unknown) => quiet.push(error) });
  const written: number[] = [];
  for (let restarts = 0; restarts < 5; restarts += 1) {
    for (let count = 0; count < restarts; count += 1) written.push(await put(writer, 'a', String(count)));
    if (restarts % 2 === 0) await until('the watch', () => watch.told.length === written.length);
    await life.stop();
    life = await lifeOf(await levelStore(folder.path), port);
  }
  written.push(await put(writer, 'a', 'last'));
  await until('the watch', () => watch.told.length === written.length || watch.ends.length > 0);
  assert.equal([watch.revisions(), watch.ends], [written, []]);
  await put(writer, 'x', 'at last');
  await until('the quiet watch', () => quiet.length > 0);
  assert.equal(quiet, ['told']);
});

test('a watch that comes back to another store in memory is told so', async () => {
  let life = await lifeOf(memoryStore());
  const { port } = life;
  const writer = clientOn(port);
  const watch = watched(clientOn(port));
  const version = await put(writer, 'a', 'first');
  await until('the watch', () => watch.told.length === 1);
  await life.stop();
  const store = memoryStore();
  life = await lifeOf(store, port);
  await until('the end of the watch', () => watch.ends.length > 0);
  assert.instance(watch.ends[0], CompactedError);
  const set = await firstValueFrom(writer.put('a', 'second', { expected: { version } }));
  assert.is(set.outcome, 'refused');
});

test.run();
