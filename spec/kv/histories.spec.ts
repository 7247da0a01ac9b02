import type { Concurrency, Store } from 'rxduplex/kv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { happenings, randomFrom, session, unary } from '../support/histories.js';
import type { Ask } from '../support/histories.js';
import { served, stopAll } from '../support/key-values.js';
import type { Served } from '../support/key-values.js';
import { linearizable } from '../support/linearizable.js';
import { closing, openLevel, openMemory } from '../support/store-kinds.js';
import type { Opened } from '../support/store-kinds.js';
import { lateStore, tornStore } from '../support/stores.js';
import { versioned } from '../support/versioned.js';

test.after.each(stopAll);

const concurrencies: readonly Concurrency[] = ['global', 'per-key', 'free'];
const stores: Readonly<Record<string, (random: () => number) => Promise<Opened>>> = {
  'in memory': () => openMemory(),
  'on disk': () => openLevel(),
  'that answers late': (random) => Promise.resolve(closing(lateStore(random))),
};
const ways: Readonly<Record<string, (on: Served) => Ask>> = { 'in calls': unary, 'over a session': session };

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const keys = Array.from({ length: 10 }, (_, at) => `k${String(at)}`);

async function isLinearizable(store: Store, concurrency: Concurrency, way: (on: Served) => Ask): Promise<boolean> {
  const on = await served({ store, concurrency });
  const plan = { keys, clients: 20, operations: 30, random: randomFrom(seed) };
  return linearizable(versioned, await happenings(way(on), plan));
}

for (const [name, storeOf] of Object.entries(stores)) {
  for (const concurrency of concurrencies) {
    for (const [how, way] of Object.entries(ways)) {
      test(`what 20 clients do at once on 10 keys ${how} is linearizable, ${concurrency}, on a store ${name}`, async () => {
        await using opened = await storeOf(randomFrom(seed));
        assert.ok(await isLinearizable(opened.store, concurrency, way), `SEED=${String(seed)}`);
      });
    }
  }
}

for (const concurrency of ['global', 'per-key'] as const) {
  test(`${concurrency} makes a store linearizable whose commits are not atomic`, async () => {
    assert.ok(await isLinearizable(tornStore(randomFrom(seed)), concurrency, session), `SEED=${String(seed)}`);
  });
}

test('free does not, and it is noticed', async () => {
  assert.not(await isLinearizable(tornStore(randomFrom(seed)), 'free', session), `SEED=${String(seed)}`);
});

test.run();
