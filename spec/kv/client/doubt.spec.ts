import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

import { Metadata, Server, status } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { KeyValueService, KeyValues, StoreError, memoryStore, notDoneTrailer } from 'rxduplex/kv';
import type { KvOptions, KvOutcome, Store } from 'rxduplex/kv';
import { NEVER, lastValueFrom, mergeMap, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Unanswered } from '../../../lib/kv/client/api.js';
import { Attempts, Fate } from '../../../lib/kv/client/attempts.js';
import { checkedOptions } from '../../../lib/kv/client/options.js';
import { statusError } from '../../../lib/kv/client/values.js';
import { endings, foreign } from '../../support/foreign.js';
import { stopAll } from '../../support/key-values.js';
import {
  answer,
  answering,
  apis,
  clientOn,
  failureOf,
  faulty,
  never,
  scene,
  stopClients,
  storeWith,
} from '../../support/kv-clients.js';
import { listen, until } from '../../support/peer.js';
import { errorFrom } from '../../support/told.js';

const stops: (() => void)[] = [];

test.after.each(() => {
  stopClients();
  stopAll();
  for (const stop of stops.splice(0)) stop();
});

/** No port that the system gives to anybody. */
const nobody = 1;

/** A port on which nobody listens yet: the system may give it to another process as well. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function serveOn(port: number, store: Store = memoryStore({ firstRevision: 1 })): Promise<Server> {
  const kv = new KeyValues(store);
  const server = new Server();
  serve(server, KeyValueService, kv.handlers, kv.serveOptions);
  stops.push(() => server.forceShutdown());
  await listen(server, port);
  return server;
}

const codeIn = (outcome: KvOutcome<unknown>): unknown =>
  outcome.outcome === 'unknown' ? (outcome.error as { code?: unknown }).code : outcome.outcome;

for (const api of apis) {
  test(`${api}: a plain put to a server that is down is done when the server comes, after more attempts than maxAttempts`, async () => {
    const port = await deadPort();
    const kv = clientOn(port, { api, maxAttempts: 2, attemptTimeoutMs: 200 });
    const outcome = answer(kv.put('a', 'one'));
    await until('attempts', () => kv.stats().repeats >= 5);
    const store = memoryStore({ firstRevision: 1 });
    await serveOn(port, store);
    assert.equal(await outcome, { outcome: 'done', revision: store.revision });
    assert.is(kv.stats().unknown, 0);
  });

  test(`${api}: a put to a server that is down all the time is an error, which says why`, async () => {
    const kv = clientOn(nobody, { api, timeoutMs: 300, attemptTimeoutMs: 100 });
    const { code } = await failureOf(kv.put('a', 'one'));
    assert.is(code, status.UNAVAILABLE);
    assert.ok(kv.stats().repeats > 0);
    assert.is(kv.stats().unknown, 0);
  });

  test(`${api}: an operation uses its time for another attempt, however long it was to wait`, async () => {
    const kv = clientOn(nobody, { api, timeoutMs: 2_000, attemptTimeoutMs: 100, backoff: () => 60_000 });
    const begun = performance.now();
    await failureOf(kv.get('a'));
    assert.ok(performance.now() - begun > 1_500);
    assert.ok(kv.stats().repeats > 2);
  });

  test(`${api}: a put in doubt is in doubt still when the server does not come back`, async () => {
    const { store, commits } = faulty(memoryStore({ firstRevision: 1 }), [never]);
    const server = await scene({ api, timeoutMs: 1_000, attemptTimeoutMs: 200 }, { store });
    const outcome = answer(server.kv1.put('a', 'one', { expected: { exists: false } }));
    await until('the put', () => commits() === 1);
    server.stop();
    server.proxy.stop();
    assert.is((await outcome).outcome, 'unknown');
  });

  for (const [how, end] of Object.entries(endings)) {
    test(`${api}: a put that a foreign peer ends with ${how} is in doubt, and a plain one is not sent again`, async () => {
      const peer = await foreign(end);
      stops.push(peer.stop);
      const kv = clientOn(peer.port, { api, metadata: () => new Metadata() });
      assert.is((await answer(kv.put('a', 'one'))).outcome, 'unknown');
      assert.equal([peer.requests(), kv.stats().unknown], [1, 1]);
      assert.instance(await failureOf(kv.get('a')), Error, 'a read is an error');
    });
  }

  test(`${api}: an answer that is too large for the client leaves a put in doubt`, async () => {
    const store = memoryStore({ firstRevision: 1 });
    const { kv1: setting, port } = await scene({ api }, { store });
    const { revision } = (await answer(setting.put('a', Buffer.alloc(10_000)))) as { revision: number };
    const kv = clientOn(port, { api }, { 'grpc.max_receive_message_length': 1_000 });
    const outcome = await answer(kv.put('a', 'one', { expected: { exists: false } }));
    assert.is(codeIn(outcome), status.RESOURCE_EXHAUSTED);
    assert.is(store.revision, revision);
  });

  test(`${api}: a put that the service refuses is an error, whatever it refuses it for`, async () => {
    for (const code of ['FULL', 'CLOSED', 'IN_USE', 'UNUSABLE'] as const) {
      const store = storeWith(memoryStore({ firstRevision: 1 }), () => ({
        commit: () => {
          throw new StoreError(code, 'not now');
        },
      }));
      const { kv1: kv } = await scene({ api, maxAttempts: 2 }, { store });
      await failureOf(kv.put('a', 'one'));
      assert.equal([kv.stats().unknown], [0], code);
    }
  });

  test(`${api}: a put is in doubt if the store failed while it was writing, and is not sent again`, async () => {
    for (const error of [new StoreError('FULL', 'no room', { notDone: false }), new Error('broken')]) {
      let commits = 0;
      const store = storeWith(memoryStore({ firstRevision: 1 }), () => ({
        commit: () => {
          commits += 1;
          return Promise.reject(error);
        },
      }));
      const { kv1: kv } = await scene({ api }, { store });
      const outcome = await answer(kv.put('a', 'one'));
      assert.is(codeIn(outcome), error instanceof StoreError ? status.RESOURCE_EXHAUSTED : status.UNKNOWN);
      assert.is(commits, 1);
    }
  });
}

test('what kept the attempts from a connection is told, and not that the last of them had a moment only', async () => {
  const noConnection = statusError(status.UNAVAILABLE, 'refused');
  const tooLate = statusError(status.DEADLINE_EXCEEDED, 'late');
  const failing = (error: Error) => throwError(() => new Unanswered(error, { handed: false }));
  const told = async (options: KvOptions): Promise<unknown> => {
    let attempts = 0;
    const ask = (timeoutMs: number): Observable<never> => {
      attempts += 1;
      return attempts === 1 ? failing(noConnection) : timer(timeoutMs).pipe(mergeMap(() => failing(tooLate)));
    };
    const settings = checkedOptions({ timeoutMs: 400, backoff: () => 60_000, ...options });
    return errorFrom(lastValueFrom(new Attempts(settings, NEVER).of(ask, new Fate(false))));
  };
  assert.is(await told({}), noConnection, 'all others were cut short');
  assert.is(await told({ timeoutMs: 2_000, attemptTimeoutMs: 20, backoff: () => 1 }), tooLate, 'others had their time');
});

test('unary: a handler before the service may say as well that nothing was done', async () => {
  const refused = (notDone: boolean): Promise<number> => {
    const metadata = new Metadata();
    if (notDone) metadata.set(notDoneTrailer, 'true');
    const error = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED, details: 'no', metadata });
    return answering({ put: () => throwError(() => error) });
  };
  const { code } = await failureOf(clientOn(await refused(true)).put('a', 'one'));
  assert.is(code, status.PERMISSION_DENIED);
  assert.is(codeIn(await answer(clientOn(await refused(false)).put('a', 'one'))), status.PERMISSION_DENIED);
});

test('unary: a token that has expired is refused before anything is done, and the put is sent again with a fresh one', async () => {
  const tokens: unknown[] = [];
  const metadata = new Metadata();
  metadata.set(notDoneTrailer, 'true');
  const expired = Object.assign(new Error('no'), { code: status.UNAUTHENTICATED, details: 'no', metadata });
  const port = await answering({
    put: (_, context) => {
      tokens.push(context.metadata.get('token')[0]);
      return tokens.length === 1 ? throwError(() => expired) : Promise.resolve({ done: { revision: 7 } });
    },
  });
  let asked = 0;
  const kv = clientOn(port, {
    metadata: () => {
      const fresh = new Metadata();
      fresh.set('token', String((asked += 1)));
      return fresh;
    },
  });
  assert.equal(await answer(kv.put('a', 'one')), { outcome: 'done', revision: 7 });
  assert.equal(tokens, ['1', '2']);
});

test('a backoff that throws, or gives no time, is the error of the operation, and its place is free', async () => {
  const broken = new Error('a bug');
  for (const [backoff, told] of [
    [() => NaN, /BAD_OPTION: backoff must be a function that gives a number of milliseconds; got NaN/],
    [() => -1, /got -1/],
    [() => 'soon' as never, /got "soon"/],
    [
      () => {
        throw broken;
      },
      /a bug/,
    ],
  ] as const) {
    const kv = clientOn(nobody, { backoff });
    assert.match((await failureOf(kv.put('a', 'one'))).message, told);
    assert.is(kv.stats().limit.inFlight, 0);
    await kv.close();
  }
});

test.run();
