import { status } from '@grpc/grpc-js';
import { StoreError, keyOf, memoryStore } from 'rxduplex/kv';
import type { KvClient, KvEntry, KvOptions, KvOutcome, Store } from 'rxduplex/kv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { stopAll } from '../../support/key-values.js';
import { answer, apis, failureOf, faulty, never, scene, stopClients, storeWith } from '../../support/kv-clients.js';
import type { Fault } from '../../support/kv-clients.js';

test.after.each(() => {
  stopClients();
  stopAll();
});

interface Broken {
  readonly kv: KvClient;
  readonly store: Store;
  /** How many writes reached the store. */
  readonly commits: () => number;
}

/** Cuts the connection when asked to. */
type Cut = () => void;

/** A client of a server that meets these faults, after `a` was given the value `zero` as version 1. */
async function broken(options: KvOptions, faults: (cut: Cut, store: Store) => Fault[]): Promise<Broken> {
  const real = memoryStore({ firstRevision: 1 });
  await real.commit({ conditions: [], writes: [{ key: keyOf(Buffer.from('a')), value: Buffer.from('zero') }] });
  let cut: Cut = () => undefined;
  const { store, commits } = faulty(
    real,
    faults(() => cut(), real),
  );
  const { kv1: kv, proxy } = await scene(options, { store });
  await answer(kv.get('a'));
  cut = () => proxy.reset();
  return { kv, store: real, commits };
}

/** It is applied, and its answer is cut off. */
const applied =
  (cut: Cut): Fault =>
  async (apply) => {
    await apply();
    cut();
    return never();
  };

/** It is cut off before it is applied. */
const cutOff =
  (cut: Cut): Fault =>
  () => {
    cut();
    return never();
  };

/** It is applied, somebody else does that, and then its answer is cut off. */
const overtaken =
  (cut: Cut, other: () => unknown): Fault =>
  async (apply) => {
    await apply();
    await other();
    cut();
    return never();
  };

const well: Fault = (apply) => apply();

const silent: Fault = async (apply) => {
  await apply();
  return never();
};

const full: Fault = () => {
  throw new StoreError('FULL', 'no room');
};

const write = (store: Store, key: string, value?: string): unknown =>
  store.commit({
    conditions: [],
    writes: [{ key: keyOf(Buffer.from(key)), value: value === undefined ? undefined : Buffer.from(value) }],
  });

async function valueIn(store: Store, key: string): Promise<string> {
  const { entry } = await store.get(keyOf(Buffer.from(key)));
  return entry ? `${Buffer.from(entry.value).toString()} of ${String(entry.version)}` : 'none';
}

function said(outcome: KvOutcome<unknown>): string {
  if (outcome.outcome === 'unknown') return 'unknown';
  return `${outcome.outcome} ${String(outcome.revision)}`;
}

for (const api of apis) {
  test(`${api}: a read is attempted again over another connection`, async () => {
    let cuts = 0;
    let cut: Cut = () => undefined;
    const store = storeWith(memoryStore({ firstRevision: 1 }), (real) => ({
      get: (key) => {
        if (cuts === 2) return real.get(key);
        cuts += 1;
        cut();
        return never();
      },
    }));
    const { kv1: kv, proxy } = await scene({ api }, { store });
    cut = () => proxy.reset();
    assert.equal(await answer(kv.get('a')), { entry: undefined, revision: 0 });
    assert.equal([cuts, kv.stats().repeats], [2, 2]);
  });

  test(`${api}: a compare-and-set that was cut off before it was applied is done by the next attempt`, async () => {
    const { kv, commits } = await broken({ api }, (cut) => [cutOff(cut)]);
    assert.is(said(await answer(kv.put('a', 'one', { expected: { version: 1 } }))), 'done 2');
    assert.is(commits(), 2);
  });

  test(`${api}: a compare-and-set whose repetition finds its own value is a success of that version`, async () => {
    const { kv, store, commits } = await broken({ api }, (cut, real) => [
      overtaken(cut, () => write(real, 'b', 'other')),
    ]);
    assert.is(said(await answer(kv.put('a', 'one', { expected: { version: 1 } }))), 'done 2');
    assert.equal([commits(), await valueIn(store, 'a'), store.revision], [2, 'one of 2', 3]);
  });

  test(`${api}: a compare-and-set whose repetition finds another value is a doubt, since both may have been written`, async () => {
    const { kv, store } = await broken({ api }, (cut, real) => [overtaken(cut, () => write(real, 'a', 'other'))]);
    assert.is(said(await answer(kv.put('a', 'one', { expected: { version: 1 } }))), 'unknown');
    assert.equal([await valueIn(store, 'a'), kv.stats().unknown], ['other of 3', 1]);
  });

  test(`${api}: a compare-and-set whose repetition finds an older version than expected was never applied`, async () => {
    const { kv, store } = await broken({ api }, (cut, real) => {
      write(real, 'b', 'other');
      return [cutOff(cut)];
    });
    assert.is(said(await answer(kv.put('a', 'zero', { expected: { version: 2 } }))), 'refused 2');
    assert.is(await valueIn(store, 'a'), 'zero of 1');
  });

  test(`${api}: the value that was there before is not taken for its own`, async () => {
    const { kv } = await broken({ api }, (cut) => [cutOff(cut)]);
    assert.is(said(await answer(kv.put('a', 'zero', { expected: { version: 1 } }))), 'done 2');
    const outcome = await answer(kv.put('a', 'zero', { expected: { version: 1 } }));
    assert.is(said(outcome), 'refused 2');
  });

  test(`${api}: a create whose repetition finds its own value is a success, and a doubt if it finds another`, async () => {
    const { kv } = await broken({ api }, (cut, real) => [
      applied(cut),
      well,
      overtaken(cut, () => write(real, 'c', 'other')),
    ]);
    assert.is(said(await answer(kv.put('b', 'one', { expected: { exists: false } }))), 'done 2');
    assert.is(said(await answer(kv.put('c', 'one', { expected: { exists: false } }))), 'unknown');
  });

  test(`${api}: a create is not repeated where only what expects a version is`, async () => {
    const { kv, commits } = await broken({ api, repeat: 'versioned' }, (cut) => [applied(cut), applied(cut)]);
    assert.is(said(await answer(kv.put('b', 'one', { expected: { exists: false } }))), 'unknown');
    assert.is(commits(), 1);
    assert.is(said(await answer(kv.put('a', 'one', { expected: { version: 1 } }))), 'done 3');
    assert.is(commits(), 3);
  });

  test(`${api}: a write without a version is not repeated, so that it overwrites nothing that came after it`, async () => {
    const { kv, store, commits } = await broken({ api }, (cut, real) => [
      overtaken(cut, () => write(real, 'a', 'other')),
      applied(cut),
      applied(cut),
    ]);
    assert.is(said(await answer(kv.put('a', 'one'))), 'unknown');
    assert.is(await valueIn(store, 'a'), 'other of 3');
    assert.is(said(await answer(kv.put('a', 'one', { expected: { exists: true } }))), 'unknown');
    assert.is(said(await answer(kv.delete('a'))), 'unknown');
    assert.equal([commits(), kv.stats().repeats], [3, 0]);
  });

  test(`${api}: any write is repeated by who asks for that`, async () => {
    const { kv, store, commits } = await broken({ api, repeat: 'always' }, (cut) => [applied(cut), well, applied(cut)]);
    assert.is(said(await answer(kv.put('a', 'one'))), 'done 3');
    assert.is(said(await answer(kv.delete('a'))), 'done 4');
    assert.equal([await valueIn(store, 'a'), commits()], ['none', 4]);
  });

  test(`${api}: a delete of a version is repeated, and a doubt if it finds nothing: others delete as well`, async () => {
    const { kv, store } = await broken({ api }, (cut) => [cutOff(cut), well, applied(cut)]);
    assert.is(said(await answer(kv.delete('a', { expected: { version: 1 } }))), 'done 2');
    write(store, 'a', 'again');
    assert.is(said(await answer(kv.delete('a', { expected: { version: 3 } }))), 'unknown');
    assert.is(await valueIn(store, 'a'), 'none');
  });

  test(`${api}: a transaction is repeated if it expects a version of what it writes, and found by what it wrote`, async () => {
    const { kv, commits } = await broken({ api }, (cut) => [applied(cut), well, applied(cut)]);
    const conditions = [{ key: 'a', expected: { version: 1 } }];
    const move = {
      conditions,
      writes: [
        { key: 'a', value: 'one' },
        { key: 'b', value: 'two' },
      ],
    };
    assert.equal(await answer(kv.transact(move)), { outcome: 'done', revision: 2 });
    assert.is(commits(), 2);
    const beside = { conditions: [{ key: 'a', expected: { version: 2 } }], writes: [{ key: 'b', value: 'three' }] };
    assert.is(said(await answer(kv.transact(beside))), 'unknown');
    assert.is(commits(), 3);
  });

  test(`${api}: what is as it was to be written is not its own, if another key of it is older`, async () => {
    const { kv } = await broken({ api }, (cut, store) => [
      async () => {
        await write(store, 'b', 'two');
        await write(store, 'a', 'one');
        cut();
        return never();
      },
    ]);
    const transaction = {
      conditions: [
        { key: 'a', expected: { version: 1 } },
        { key: 'b', expected: { exists: false } },
      ],
      writes: [
        { key: 'a', value: 'one' },
        { key: 'b', value: 'mine' },
      ],
    };
    assert.is(said(await answer(kv.transact(transaction))), 'unknown');
  });

  test(`${api}: an answer that never comes is not waited for longer than an attempt may take`, async () => {
    const { kv, commits } = await broken({ api, attemptTimeoutMs: 50 }, () => [silent]);
    assert.is(said(await answer(kv.put('a', 'one', { expected: { version: 1 } }))), 'done 2');
    assert.is(commits(), 2);
  });

  test(`${api}: an operation ends when its time is over, whatever its attempts might still bring`, async () => {
    const options = { api, timeoutMs: 120, attemptTimeoutMs: 50, maxAttempts: 1_000 };
    const { kv } = await broken(options, () => Array.from({ length: 1_000 }, (): Fault => () => never()));
    const outcome = await answer(kv.put('a', 'one', { expected: { version: 1 } }));
    assert.is(said(outcome), 'unknown');
    assert.ok([status.DEADLINE_EXCEEDED, 'TIMEOUT'].includes(codeIn(outcome) as string));
    const { limit, repeats } = kv.stats();
    assert.equal([limit.inFlight, repeats < 10], [0, true]);
  });

  test(`${api}: a doubt stays one, whatever later attempts are refused for`, async () => {
    const { kv } = await broken({ api, maxAttempts: 3 }, (cut) => [applied(cut), full, full]);
    const outcome = await answer(kv.put('a', 'one', { expected: { version: 1 } }));
    assert.equal([said(outcome), codeIn(outcome)], ['unknown', status.RESOURCE_EXHAUSTED]);
  });

  test(`${api}: what is refused before anything was done is attempted again, with no doubt`, async () => {
    const { kv, commits } = await broken({ api }, () => [full]);
    assert.is(said(await answer(kv.put('a', 'one'))), 'done 2');
    assert.is(commits(), 2);
  });

  test(`${api}: after so many attempts a read is an error and a write a doubt, of the same status`, async () => {
    const store = storeWith(memoryStore({ firstRevision: 1 }), () => ({ get: () => stuck(), commit: () => stuck() }));
    let cut: Cut = () => undefined;
    const stuck = (): Promise<never> => {
      cut();
      return never();
    };
    const { kv1: kv, proxy } = await scene({ api, maxAttempts: 3 }, { store });
    cut = () => proxy.reset();
    assert.is((await failureOf(kv.get('a'))).code, status.UNAVAILABLE);
    assert.is(kv.stats().repeats, 2);
    assert.is(codeIn(await answer(kv.put('a', 'one'))), status.UNAVAILABLE);
    assert.equal([kv.stats().repeats, kv.stats().unknown], [2, 1]);
  });
}

function codeIn(outcome: KvOutcome<KvEntry | undefined>): unknown {
  return outcome.outcome === 'unknown' ? (outcome.error as { readonly code?: unknown }).code : undefined;
}

test.run();
