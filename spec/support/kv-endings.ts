import { setTimeout as delay } from 'node:timers/promises';

import { Server, credentials } from '@grpc/grpc-js';
import { ClassicLevel } from 'classic-level';
import { channelOptions, serve } from 'rxduplex';
import type { Serving } from 'rxduplex';
import { KeyValueClient, KeyValueService, KeyValues, KvClient, levelStore, memoryStore } from 'rxduplex/kv';
import type { KeyValuesOptions, KvOptions, Store } from 'rxduplex/kv';

import { start } from '../../bench/child.js';
import { storeWith } from './kv-clients.js';
import { listen, until } from './peer.js';
import { Folder, all, key, large, put } from './store-kinds.js';

export type KvApi = NonNullable<KvOptions['api']>;

/** A program as somebody would write it first; gives what it has seen, in words. It is to end by itself. */
type Program = (api: KvApi) => Promise<readonly unknown[]>;

interface Served {
  readonly kv: KeyValues;
  readonly server: Server;
  readonly serving: Serving;
  readonly port: number;
}

async function served(store: Store, options: KeyValuesOptions = {}, port = 0): Promise<Served> {
  const kv = new KeyValues(store, options);
  const server = new Server();
  const serving = serve(server, KeyValueService, kv.handlers, kv.serveOptions);
  return { kv, server, serving, port: await listen(server, port) };
}

interface Client {
  readonly kv: KvClient;
  readonly client: KeyValueClient;
}

function clientOf(port: number, options: KvOptions): Client {
  const client = new KeyValueClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), channelOptions());
  return { kv: new KvClient(client, options), client };
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** Every way in which a client, a service or a store comes to its end; nobody of them catches what was not to be caught. */
export const kvEndings: Readonly<Record<string, Program>> = {
  'a close, with a watch and an operation that only listen for values': async (api) => {
    const seen: unknown[] = [];
    const { server, port } = await served(memoryStore(), { work: { writeMs: 100 } });
    const { kv, client } = clientOf(port, { api });
    kv.watch().subscribe(({ changes }) => seen.push(changes.length));
    await new Promise<void>((resolve) => kv.get('a').subscribe(() => resolve()));
    kv.put('a', 'one').subscribe(({ outcome }) => seen.push(outcome));
    await until('the put', () => kv.stats().limit.inFlight === 1);
    await delay(50);
    await kv.close();
    client.close();
    server.forceShutdown();
    return seen.filter((one) => one === 'done');
  },

  'a close that nobody awaits, of both clients at once': async (api) => {
    const { server, port } = await served(memoryStore());
    const { kv, client } = clientOf(port, { api });
    const seen: unknown[] = [];
    kv.watch().subscribe({ complete: () => seen.push('complete') });
    kv.put('a', 'one').subscribe({ error: () => undefined });
    void kv.close();
    client.close();
    await kv.close();
    server.forceShutdown();
    return seen;
  },

  'a disposal': async (api) => {
    const { server, port } = await served(memoryStore());
    const { kv: given, client } = clientOf(port, { api });
    const seen: unknown[] = [];
    {
      await using kv = given;
      kv.watch().subscribe({ next: () => undefined, complete: () => seen.push('complete') });
      await new Promise<void>((resolve) => kv.put('a', 'one').subscribe(() => resolve()));
    }
    client.close();
    server.forceShutdown();
    return seen;
  },

  'a close while there is no server': async (api) => {
    const { kv, client } = clientOf(1, { api });
    const seen: unknown[] = [];
    kv.watch().subscribe(() => undefined);
    kv.put('a', 'one').subscribe({ error: (error: unknown) => seen.push(codeOf(error)) });
    await delay(100);
    await kv.close();
    client.close();
    return seen;
  },

  'everything is left at once': async (api) => {
    const { server, serving, port } = await served(memoryStore(), { work: { readMs: 20, writeMs: 20 } });
    const { kv, client } = clientOf(port, { api });
    for (let count = 0; count < 50; count += 1) {
      const left = [
        kv.watch().subscribe(),
        kv.put('a', 'x').subscribe(),
        kv.get('a').subscribe(),
        kv.range().subscribe(),
      ];
      if (count % 2 === 1) await delay(count % 7);
      for (const subscription of left) subscription.unsubscribe();
    }
    const { inFlight } = kv.stats().limit;
    await kv.close();
    await until('no call to be open', () => serving.stats().open === 0);
    client.close();
    server.forceShutdown();
    return [inFlight];
  },

  'a server that is shut down in the middle': async (api) => {
    const { server, port } = await served(memoryStore(), { work: { writeMs: 60_000 } });
    const { kv, client } = clientOf(port, { api, timeoutMs: 300 });
    const seen: unknown[] = [];
    kv.watch().subscribe(() => undefined);
    await new Promise<void>((resolve) => kv.get('a').subscribe(() => resolve()));
    kv.put('a', 'one').subscribe(({ outcome }) => seen.push(outcome));
    kv.put('b', 'one', { expected: { exists: false } }).subscribe(({ outcome }) => seen.push(outcome));
    await delay(50);
    server.forceShutdown();
    await until('both outcomes', () => seen.length === 2);
    await kv.close();
    client.close();
    return seen;
  },

  'a server that is killed, and comes again': async (api) => {
    using folder = new Folder();
    const serveOn = (port: number) =>
      start<{ readonly port: number }>('serving', import.meta.resolve('./children/serving.ts'), {
        args: [folder.path, String(port)],
      });
    await using first = await serveOn(0);
    const { port } = first.greeting;
    const { kv, client } = clientOf(port, { api });
    const seen: unknown[] = [];
    kv.watch({}, { from: 1 }).subscribe(({ changes }) => seen.push(String(changes[0]?.key)));
    await new Promise<void>((resolve) => kv.put('a', 'one').subscribe(() => resolve()));
    await until('the change', () => seen.length === 1);
    first.kill('SIGKILL');
    await first.ended;
    kv.put('b', 'two').subscribe(({ outcome }) => seen.push(outcome));
    await using second = await serveOn(port);
    await until('both', () => seen.length === 3);
    await kv.close();
    client.close();
    second.kill('SIGTERM');
    return seen.sort();
  },

  'a drain, with the watches ended before it': async (api) => {
    const store = memoryStore();
    const { kv: service, server, serving, port } = await served(store);
    const { kv, client } = clientOf(port, { api });
    const seen: unknown[] = [];
    kv.watch().subscribe(({ changes }) => seen.push(changes.length));
    await new Promise<void>((resolve) => kv.put('a', 'one').subscribe(() => resolve()));
    service.endWatches();
    service.endWatches();
    await serving.drain();
    server.forceShutdown();
    const again = await served(store, {}, port);
    await until('the watch to be there again', () => again.serving.stats().open > 0);
    await kv.close();
    client.close();
    again.kv.endWatches();
    again.server.forceShutdown();
    await store.close();
    return [];
  },

  'a drain that waits for watches in vain': async (api) => {
    const { server, serving, port } = await served(memoryStore());
    const { kv, client } = clientOf(port, { api });
    kv.watch().subscribe(() => undefined);
    await until('the watch', () => serving.stats().open > 0);
    await serving.drain({ graceMs: 50 });
    server.forceShutdown();
    await kv.close();
    client.close();
    return [];
  },

  'a store that is closed under its service': async (api) => {
    const store = memoryStore();
    const { server, port } = await served(store);
    const { kv, client } = clientOf(port, { api, timeoutMs: 300 });
    const seen: unknown[] = [];
    kv.watch().subscribe(() => undefined);
    await new Promise<void>((resolve) => kv.get('a').subscribe(() => resolve()));
    await store.close();
    kv.put('a', 'one').subscribe({ error: (error: unknown) => seen.push(codeOf(error)) });
    await until('the error', () => seen.length === 1);
    await kv.close();
    client.close();
    server.forceShutdown();
    return seen;
  },

  'a watch that is left while its store fails': async (api) => {
    let fail: (error: Error) => void = () => undefined;
    const store = storeWith(memoryStore(), () => ({ changes: () => new Promise((_, reject) => (fail = reject)) }));
    const { server, serving, port } = await served(store);
    const { kv, client } = clientOf(port, { api });
    const watch = kv.watch().subscribe(() => undefined);
    await until('the watch', () => serving.stats().open > 0);
    watch.unsubscribe();
    await delay(50);
    fail(new Error('too late'));
    await kv.close();
    client.close();
    server.forceShutdown();
    return [];
  },

  'promises of stores that nobody awaits': async () => {
    using folder = new Folder();
    const nobody = undefined as never;
    void levelStore('/dev/null/store');
    void levelStore(nobody);
    void levelStore(folder.path, { maxRevisions: 0 });
    const store = await levelStore(folder.path);
    void levelStore(folder.path);
    void store.compact(-1);
    void store.close();
    void store.commit(put('a', '1'));
    void store.get(key('a'));
    void store.range(all, large);
    void store.changes(1, 1);
    void store.compact(1);
    await store.close();
    return [];
  },

  'a snapshot that cannot be closed': async () => {
    using folder = new Folder();
    const store = await levelStore(folder.path);
    const { prototype } = ClassicLevel as unknown as { prototype: { snapshot: () => { close: () => Promise<void> } } };
    const { snapshot } = prototype;
    prototype.snapshot = function (this: never) {
      const taken = snapshot.call(this);
      const close = taken.close.bind(taken);
      let tries = 0;
      return Object.assign(taken, {
        close: () => ((tries += 1) > 1 ? close() : Promise.reject(new Error('the snapshot cannot be closed'))),
      });
    };
    const { outcome } = await store.commit(put('a', '1'));
    const again = await store.commit(put('a', '2'));
    await delay(50);
    Object.assign(prototype, { snapshot });
    await store.close();
    return [outcome, again.outcome];
  },

  'functions of the user that throw': async (api) => {
    const seen: unknown[] = [];
    process.on('uncaughtException', ({ message }) => seen.push(message));
    const bug = (where: string) => (): never => {
      throw new Error(where);
    };
    const real = memoryStore();
    let isBroken = true;
    const store = storeWith(real, () => ({
      commit: (transaction) => {
        if (!isBroken) return real.commit(transaction);
        isBroken = false;
        throw new Error('the store is broken');
      },
    }));
    const first = await served(store);
    first.kv.failures$.subscribe(bug('failures$'));
    store.revision$.subscribe(bug('revision$'));
    const { kv, client } = clientOf(first.port, { api, backoff: () => 20 });
    const outcome = (name: string): Promise<string> =>
      new Promise((resolve) => kv.put(name, 'x').subscribe((put) => resolve(put.outcome)));
    kv.put('a', 'x').subscribe(bug('put'));
    await until('the put', () => seen.includes('put'));
    const watch: number[] = [];
    kv.watch({}, { from: 1, onRetry: bug('onRetry') }).subscribe(({ changes }) => {
      watch.push(changes.length);
      throw new Error('watch');
    });
    const told = [await outcome('b')];
    await until('the change', () => watch.length === 1);
    first.server.forceShutdown();
    await until('a retry', () => seen.includes('onRetry'));
    const second = await served(store, {}, first.port);
    told.push(await outcome('c'));
    await until('the other change', () => watch.length === 2);
    const { inFlight } = kv.stats().limit;
    await kv.close();
    client.close();
    second.server.forceShutdown();
    return [...told, inFlight, ...[...new Set(seen)].sort()];
  },
};
