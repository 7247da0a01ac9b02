// time limit: 300 s
import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { StatusError, consume } from 'rxduplex';
import type { Retry } from 'rxduplex';
import { CompactedError, keyOf, memoryStore } from 'rxduplex/kv';
import type { KvChanges, KvClient, Store } from 'rxduplex/kv';
import { EMPTY, NEVER, catchError, concat, concatMap, defer, lastValueFrom, of, take, throwError, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { stopAll } from '../../support/key-values.js';
import {
  answer,
  answering,
  clientOn,
  failureOf,
  revisionsOf,
  scene,
  stopClients,
  storeWith,
} from '../../support/kv-clients.js';
import { turns, until } from '../../support/peer.js';
import { errorFrom } from '../../support/told.js';
import { faultsOf } from '../../support/watch-trace.js';
import type { Compaction, Told } from '../../support/watch-trace.js';

const allReconnects = Number(process.env['WATCH_RECONNECTS'] ?? 100);

test.after.each(() => {
  stopClients();
  stopAll();
});

const key = (text: string) => keyOf(Buffer.from(text));

function write(store: Store, name: string, value: string): void {
  void store.commit({ conditions: [], writes: [{ key: key(name), value: Buffer.from(value) }] });
}

const toldOf = ({ revision, changes }: KvChanges): Told => ({
  revision,
  changes: changes.map((change) => ({ key: String(change.key), value: change.entry && String(change.entry.value) })),
});

/** Watches on with the oldest revision that is known, when it is told that others no longer are. */
function watchedOn(kv: KvClient, from: number): Observable<Told | Compaction> {
  return defer(() => kv.watch({ start: 'w', end: 'x' }, { from })).pipe(
    concatMap((changes) => of(toldOf(changes))),
    catchError((error: unknown) => {
      if (!(error instanceof CompactedError)) throw error;
      return concat(of({ from: error.from, oldest: error.oldest }), watchedOn(kv, error.oldest));
    }),
  );
}

test(`over ${String(allReconnects)} reconnects and compactions every revision is told once and in order, or told of`, async () => {
  const { kv1: kv, store, proxy } = await scene({}, { store: memoryStore({ firstRevision: 1 }) });
  const told: (Told | Compaction)[] = [];
  const written: Told[] = [];
  const failures: unknown[] = [];
  let writes = 0;
  const writeSome = (count: number): void => {
    for (let left = count; left > 0; left -= 1) {
      writes += 1;
      const watched = writes % 3 !== 0;
      const [name, value] = [watched ? `w${String(writes % 7)}` : 'elsewhere', `value ${String(writes)}`];
      write(store, name, value);
      if (watched) written.push({ revision: store.revision, changes: [{ key: name, value }] });
    }
  };
  const lastTold = (): number => {
    const last = told.at(-1);
    return last === undefined ? 0 : 'oldest' in last ? last.oldest - 1 : last.revision;
  };
  const caughtUp = (): boolean => lastTold() >= (written.at(-1)?.revision ?? 0);
  watchedOn(kv, 1).subscribe({ next: (event) => told.push(event), error: (error: unknown) => failures.push(error) });
  let compactions = 0;
  writeSome(2);
  await until('the first revision', caughtUp);
  for (let cut = 1; cut <= allReconnects; cut += 1) {
    writeSome(cut % 5);
    // Sometimes with revisions on their way, sometimes with none.
    if (cut % 2 === 0) await until('all revisions', caughtUp);
    proxy.reset();
    writeSome(4);
    if (cut % 10 === 0) {
      await store.compact(store.revision - 1);
      compactions += 1;
    }
    await until(`all revisions after cut ${String(cut)}`, () => caughtUp() || failures.length > 0);
  }
  assert.equal([failures, proxy.resets], [[], allReconnects]);
  assert.equal(faultsOf({ from: 1, written, told }), {});
  assert.is(told.filter((event) => 'oldest' in event).length, compactions);
});

test('a watch without a first revision begins with the next one, and goes on with it after a break', async () => {
  const { kv1: kv, store, proxy } = await scene({});
  write(store, 'a', 'before');
  const told: KvChanges[] = [];
  const opened = kv.watch().subscribe((changes) => told.push(changes));
  await until('the watch', () => {
    write(store, 'a', 'again');
    return told.length > 0;
  });
  const [first] = revisionsOf(told);
  proxy.reset();
  for (let left = 3; left > 0; left -= 1) write(store, 'a', 'while away');
  await until('the rest', () => told.at(-1)?.revision === store.revision);
  assert.equal(
    revisionsOf(told),
    Array.from({ length: told.length }, (_, at) => Number(first) + at),
  );
  opened.unsubscribe();
});

test('a change is told whole: what a transaction wrote, and what it deleted', async () => {
  const { kv1: kv } = await scene({});
  await answer(kv.put('a', 'one'));
  await answer(kv.transact({ writes: [{ key: 'b', value: 'two' }, { key: 'a' }] }));
  const told: Told[] = [];
  kv.watch({}, { from: 1 }).subscribe((changes) => told.push(toldOf(changes)));
  await until('both', () => told.length === 2);
  assert.equal(told, [
    { revision: 1, changes: [{ key: 'a', value: 'one' }] },
    {
      revision: 2,
      changes: [
        { key: 'b', value: 'two' },
        { key: 'a', value: undefined },
      ],
    },
  ]);
});

test('a revision that is no longer known is an error with the oldest one that is', async () => {
  const { kv1: kv, store } = await scene({});
  for (let left = 5; left > 0; left -= 1) write(store, 'a', 'x');
  await store.compact(4);
  const error: unknown = await failureOf(kv.watch({}, { from: 2 }));
  assert.instance(error, CompactedError);
  const { code, from, oldest, message } = error as CompactedError;
  assert.equal([code, from, oldest], ['COMPACTED', 2, 4]);
  assert.is(message, 'COMPACTED: revision 2 is no longer known, 4 is the oldest that is');
});

test('a revision of the future is an error, and is not attempted again', async () => {
  const { kv1: kv } = await scene({});
  assert.is((await failureOf(kv.watch({}, { from: 2 }))).code, status.OUT_OF_RANGE);
});

test('a reader that holds the gate is told nothing meanwhile, over a break as well, and all of it after', async () => {
  const { kv1: kv, store, proxy } = await scene({}, { store: memoryStore({ firstRevision: 1 }) });
  const told: number[] = [];
  const watch$ = kv.watch({}, { from: 1 });
  watch$.subscribe(({ revision }) => told.push(revision));
  write(store, 'a', 'x');
  await until('the first', () => told.length === 1);
  const letGo = watch$.gate.hold();
  for (let left = 50; left > 0; left -= 1) write(store, 'a', 'x');
  await turns(10);
  proxy.reset();
  write(store, 'a', 'x');
  await turns(10);
  assert.is(told.length, 1);
  letGo();
  await until('the rest', () => told.length === 52);
  assert.equal(
    told,
    Array.from({ length: 52 }, (_, at) => at + 1),
  );
});

test('a watch that the server ends goes on over another call, with what it was told to begin with', async () => {
  const asked: string[] = [];
  const port = await answering({
    watch: ({ from }) => {
      asked.push(from);
      const begun = { begun: { from: from === '0' ? 7 : from } };
      return from === '0' ? of(begun) : of(begun, { changes: { revision: from, changes: [] } });
    },
  });
  const told = await lastValueFrom(clientOn(port).watch().pipe(take(2), toArray()));
  assert.equal(
    [revisionsOf(told), asked.slice(0, 3)],
    [
      [7, 8],
      ['0', '7', '8'],
    ],
  );
});

test('a watch that is begun while its gate is held tells nothing before it is let go', async () => {
  const { kv1: kv, store } = await scene({});
  write(store, 'a', 'x');
  const told: number[] = [];
  const watch$ = kv.watch({}, { from: 1 });
  const letGo = watch$.gate.hold();
  watch$.subscribe(({ revision }) => told.push(revision));
  await answer(kv.get('a'));
  await turns(10);
  assert.equal(told, []);
  letGo();
  await until('the first', () => told.length === 1);
});

test('a quiet watch goes on after a break, although the store has forgotten much that was none of its keys', async () => {
  const { kv1: kv, store, proxy } = await scene({}, { store: memoryStore({ firstRevision: 1, maxRevisions: 200 }) });
  const told: (Told | Compaction)[] = [];
  watchedOn(kv, 1).subscribe((event) => told.push(event));
  for (let left = 40; left > 0; left -= 1) {
    for (let each = 25; each > 0; each -= 1) write(store, 'elsewhere', 'x');
    await turns(2);
  }
  proxy.reset();
  write(store, 'w', 'x');
  await until('the change', () => told.length > 0);
  assert.equal(told, [{ revision: 1_001, changes: [{ key: 'w', value: 'x' }] }]);
});

test('a watch that cannot be begun waits longer each time, and tells of each wait', async () => {
  const numbers: number[] = [];
  const told: unknown[] = [];
  const backoff = (attempt: number): number => {
    numbers.push(attempt);
    return 1;
  };
  const { kv1: kv } = await scene(
    { backoff },
    {
      store: storeWith(memoryStore({ firstRevision: 1 }), () => ({
        changes: () => Promise.reject(new Error('broken')),
      })),
    },
  );
  const causes = new Set<unknown>();
  const onRetry = ({ attempt, cause }: Retry): void => {
    told.push(attempt);
    causes.add((cause as ServiceError).code);
  };
  const watching = kv.watch({}, { from: 1, onRetry }).subscribe();
  await until('some attempts', () => told.length > 9);
  watching.unsubscribe();
  assert.equal(
    [numbers.slice(0, 9), told.slice(0, 9), [...causes]],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9], [2, 3, 4, 5, 6, 7, 8, 9, 10], [status.UNKNOWN]],
  );
});

test('a watch that is not let in comes once more, with fresh metadata if it has a function to ask', async () => {
  const tokens: unknown[] = [];
  const port = await answering({
    watch: (_, { metadata }) => {
      tokens.push(metadata.get('token')[0]);
      return throwError(() => new StatusError(status.UNAUTHENTICATED, 'no'));
    },
  });
  const token = new Metadata();
  token.set('token', 'old');
  assert.is((await failureOf(clientOn(port, { metadata: token }).watch())).code, status.UNAUTHENTICATED);
  let asked = 0;
  const metadata = (): Metadata => {
    const fresh = new Metadata();
    fresh.set('token', String((asked += 1)));
    return fresh;
  };
  assert.is((await failureOf(clientOn(port, { metadata }).watch())).code, status.UNAUTHENTICATED);
  assert.equal(tokens, ['old', 'old', '1', '2']);
});

test('a slow reader is told of what the store forgot while it was busy', async () => {
  const { kv1: kv, store } = await scene({}, { store: memoryStore({ firstRevision: 1, maxRevisions: 100 }) });
  const value = 'x'.repeat(10_000);
  for (let left = 50; left > 0; left -= 1) write(store, 'a', value);
  let free: () => void = () => undefined;
  const busy = new Promise<void>((resolve) => (free = resolve));
  const told: number[] = [];
  const read$ = kv.watch({}, { from: 1 }).pipe(
    consume(async ({ revision }) => {
      told.push(revision);
      await busy;
    }),
  );
  const ended = errorFrom(lastValueFrom(read$));
  await until('the first', () => told.length === 1);
  for (let left = 1_000; left > 0; left -= 1) write(store, 'a', value);
  free();
  const error = (await ended) as unknown as CompactedError;
  assert.equal([error.from, error.oldest], [told.length + 1, store.oldest]);
  assert.equal(
    told,
    Array.from({ length: told.length }, (_, at) => at + 1),
  );
});

test('a server that begins elsewhere, or tells a revision again, is an error and not a gap', async () => {
  const begun = (from: number) => ({ begun: { from } });
  const changes = (revision: number) => ({ changes: { revision, changes: [] } });
  const progress = (revision: number) => ({ progress: { revision } });
  for (const [events, words] of [
    [[begun(6)], /began at revision 6, not at 5/],
    [[begun(5), changes(5), changes(5)], /revision 5 was told where 6 was next/],
    [[begun(5), changes(4)], /revision 4 was told where 5 was next/],
    [[begun(5), progress(9), changes(9)], /revision 9 was told where 10 was next/],
    [[begun(5), changes(7), progress(6)], /revision 6 was told where 8 was next/],
  ] as const) {
    const port = await answering({ watch: () => concat(of(...events), NEVER) });
    const error = await failureOf(
      clientOn(port)
        .watch({}, { from: 5 })
        .pipe(concatMap(() => EMPTY)),
    );
    assert.equal([error.code, words.test(error.details)], [status.DATA_LOSS, true]);
  }
});

test.run();
