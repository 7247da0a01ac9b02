// time limit: 900 s
import { setTimeout as delay } from 'node:timers/promises';

import type { KvChanges, KvClient } from 'rxduplex/kv';
import { defer, firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { start } from '../../bench/child.js';
import type { Child } from '../../bench/child.js';
import { apis, clientOn, stopClients } from '../support/kv-clients.js';
import { until } from '../support/peer.js';
import { Folder } from '../support/store-kinds.js';

/** A tenth of the full run, which `KV_KILLS=300` asks for. */
const kills = Number(process.env['KV_KILLS'] ?? 30);
const writersOfEach = 8;

const program = import.meta.resolve('../support/children/serving.ts');

test.after(stopClients);

/**
 * Writes one number after the other, each on top of the version of the one before, until that is over; calls
 * `acknowledged` for what was done. Where nobody knows, it looks.
 */
async function write(kv: KvClient, writer: string, over: AbortSignal, acknowledged: Acknowledged): Promise<void> {
  let version: number | undefined;
  for (let count = 1; !over.aborted; count += 1) {
    const value = `${writer} ${count}`;
    const expected = version === undefined ? { exists: false } : { version };
    const written = await firstValueFrom(kv.put(writer, value, { expected }));
    switch (written.outcome) {
      case 'refused':
        throw new Error(`${value} was refused by ${String(written.current?.value)}`);
      case 'done':
        acknowledged(value, written.revision);
        version = written.revision;
        break;
      case 'unknown': {
        const { entry } = await firstValueFrom(kv.get(writer));
        version = entry?.version;
        if (String(entry?.value) !== value) count -= 1;
      }
    }
  }
}

type Acknowledged = (value: string, revision: number) => void;

/** What became of writes that are not sent again when they are in doubt. */
interface Plain {
  readonly done: Map<string, number>;
  readonly unknown: string[];
  readonly failed: string[];
}

/** Writes one number after the other, whatever there is, until that is over. */
async function writePlainly(kv: KvClient, writer: string, over: AbortSignal, plain: Plain): Promise<void> {
  for (let count = 1; !over.aborted; count += 1) {
    const value = `${writer} ${count}`;
    try {
      const written = await firstValueFrom(kv.put(writer, value));
      if (written.outcome === 'done') plain.done.set(value, written.revision);
      else plain.unknown.push(value);
    } catch {
      plain.failed.push(value);
    }
  }
}

test(`${kills} times kill -9 of the server of a store on disk, under the load of clients by either API: every write that was acknowledged is there with its version, a watch tells all of them once and in order, and only what the server had is unknown`, async () => {
  using folder = new Folder();
  const serve = (port: number): Promise<Child<{ readonly port: number }>> =>
    start('serving', program, { args: [folder.path, String(port)] });
  let server = await serve(0);
  const { port } = server.greeting;
  const acknowledged = new Map<string, number>();
  const plain: Plain = { done: new Map(), unknown: [], failed: [] };
  const over = new AbortController();
  const options = { backoff: () => 50 * Math.random(), maxAttempts: 1_000 };
  const clients = apis.map((api) => clientOn(port, { ...options, api }));
  const told: KvChanges[] = [];
  const failures: unknown[] = [];
  const watch$ = defer(() => clientOn(port, options).watch({}, { from: 1 }));
  watch$.subscribe({ next: (changes) => told.push(changes), error: (error: unknown) => failures.push(error) });
  const writing = clients.flatMap((kv, at) =>
    Array.from({ length: writersOfEach }, (_, writer) =>
      write(kv, `${apis[at] ?? ''}-${writer}`, over.signal, (value, revision) => acknowledged.set(value, revision)),
    ),
  );
  const writingPlainly = apis.flatMap((api) => {
    const kv = clientOn(port, { ...options, maxAttempts: 5, api });
    return Array.from({ length: writersOfEach }, (_, writer) =>
      writePlainly(kv, `plain-${api}-${writer}`, over.signal, plain),
    );
  });

  for (let count = 0; count < kills; count += 1) {
    const before = acknowledged.size;
    await until('some writes', () => acknowledged.size > before + 3 * writing.length, 30_000);
    await delay(50 * Math.random());
    server.kill('SIGKILL');
    assert.is(await server.ended, 'SIGKILL');
    server = await serve(port);
  }
  over.abort();
  await Promise.all([...writing, ...writingPlainly]);
  const newest = Math.max(...acknowledged.values(), ...plain.done.values());
  await until('the watch', () => (told.at(-1)?.revision ?? 0) >= newest, 30_000);
  server.kill('SIGTERM');

  assert.equal(failures, []);
  const revisions = told.map(({ revision }) => revision);
  assert.equal(
    revisions,
    [...new Set(revisions)].sort((a, b) => a - b),
  );
  const leaps = revisions.filter((revision, at) => revision !== (revisions[at - 1] ?? 0) + 1);
  assert.is(leaps.length, kills + 1, 'each opening of the store leaves a gap, and nothing else does');
  const written = new Map(told.map(({ revision, changes }) => [String(changes[0]?.entry?.value), revision]));
  assert.is(written.size, told.length, 'nothing was written twice');
  for (const [value, revision] of [...acknowledged, ...plain.done]) assert.is(written.get(value), revision, value);
  assert.ok(acknowledged.size > kills * 3 * writing.length);

  assert.equal(plain.failed, [], 'the server was back in time');
  const { length } = plain.unknown;
  const not = plain.unknown.filter((value) => !written.has(value)).length;
  const counts = `${length} unknown, ${not} of them not written, of ${plain.done.size + length}`;
  console.log(counts);
  assert.ok(
    length > 0 && length <= 2 * kills * writingPlainly.length,
    `more than the server had at its ends: ${counts}`,
  );
});

test.run();
