import { Metadata } from '@grpc/grpc-js';
import { limitInFlight, rx } from 'rxduplex';
import type { Rx, RxOptions } from 'rxduplex';
import {
  NEVER,
  Observable,
  Subject,
  concat,
  config,
  from,
  lastValueFrom,
  map,
  merge,
  of,
  range,
  timer,
  toArray,
} from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { kinds, sendsMany, stage, stageOf, stopStages } from '../support/kinds.js';
import type { KindsClient } from '../support/generated/kinds.js';
import { turns, until } from '../support/peer.js';

test.after.each(stopStages);

/** What comes before a call: time in which it does not exist yet. */
const ways: Readonly<Record<string, () => { readonly options: RxOptions; readonly go: () => void }>> = {
  'metadata that is there': () => ({ options: { metadata: () => new Metadata() }, go: () => undefined }),
  'metadata that comes later': () => {
    const given = new Subject<Metadata>();
    const metadata = (): Promise<Metadata> => new Promise((resolve) => void given.subscribe(resolve));
    return { options: { metadata }, go: () => given.next(new Metadata()) };
  },
  'metadata that is settled already': () => ({
    options: { metadata: () => Promise.resolve(new Metadata()) },
    go: () => undefined,
  }),
  'a limit whose place is taken': () => {
    const limit = limitInFlight({ max: 1 });
    const other = limit.run(NEVER).subscribe();
    return { options: { limit }, go: () => other.unsubscribe() };
  },
};

/** A client of a server that writes down what it is sent, and answers all of it. */
async function counting(options: RxOptions): Promise<{ readonly rx: Rx<KindsClient>; readonly ids: number[] }> {
  const ids: number[] = [];
  const seen = map(({ id }: { readonly id: number }) => {
    ids.push(id);
    return { id };
  });
  const { client } = await stageOf({
    bidi: (requests$) => requests$.pipe(seen),
    clientStream: (requests$) =>
      requests$.pipe(
        seen,
        toArray(),
        map((all) => ({ id: all.length })),
      ),
  });
  return { rx: rx(client, options), ids };
}

for (const kind of kinds.filter(sendsMany) as ('clientStream' | 'bidi')[]) {
  for (const [name, way] of Object.entries(ways)) {
    test(`${kind}, ${name}: what a Subject emits before the call exists is sent, in order, before the rest`, async () => {
      const { options, go } = way();
      const on = await counting(options);
      const asks = new Subject<{ id: number }>();
      const ended = lastValueFrom(on.rx[kind](asks));
      for (const id of [1, 2]) asks.next({ id });
      await turns(5);
      go();
      await until('the first two', () => on.ids.length === 2);
      asks.next({ id: 3 });
      asks.complete();
      await ended;
      assert.equal(on.ids, [1, 2, 3]);
    });

    test(`${kind}, ${name}: a source that completes, or fails, before the call exists is no different`, async () => {
      const { options, go } = way();
      const on = await counting(options);
      const asks = new Subject<{ id: number }>();
      const ended = lastValueFrom(on.rx[kind](asks));
      for (const id of [1, 2]) asks.next({ id });
      asks.complete();
      go();
      await ended;
      assert.equal(on.ids, [1, 2]);
      const failing = way();
      const other = await counting(failing.options);
      const errors: unknown[] = [];
      const source = new Subject<{ id: number }>();
      other.rx[kind](source).subscribe({ error: (error: unknown) => void errors.push(error) });
      source.next({ id: 1 });
      const reason = new Error('no more');
      source.error(reason);
      failing.go();
      await turns(5);
      assert.equal(errors, [reason]);
    });

    test(`${kind}, ${name}: an iterable is asked for nothing before the call exists`, async () => {
      const { options, go } = way();
      const on = await counting(options);
      let asked = 0;
      function* asks(): Generator<{ id: number }> {
        asked += 1;
        yield { id: 1 };
      }
      const ended = lastValueFrom(on.rx[kind](asks()));
      if (name === 'metadata that comes later' || name === 'a limit whose place is taken') {
        await turns(5);
        assert.is(asked, 0);
      }
      go();
      await ended;
      assert.equal([asked, on.ids], [1, [1]]);
    });
  }

  test(`${kind}: what waits for a call that never comes about is bounded, and fails it beyond that`, async () => {
    const on = await counting({ metadata: () => new Promise(() => undefined) });
    const errors: { readonly code?: unknown }[] = [];
    let emitted = 0;
    const endless$ = new Observable<{ id: number }>((subscriber) => {
      while (!subscriber.closed) subscriber.next({ id: (emitted += 1) });
    });
    on.rx[kind](endless$, { outgoing: { maxMessages: 4, maxWaiting: 8 } }).subscribe({
      error: (error: unknown) => void errors.push(error as { readonly code?: unknown }),
    });
    assert.equal([errors.map(({ code }) => code), emitted], [['OVERFLOW'], 13]);
  });

  test(`${kind}: a source is left, and never subscribed to, by a call whose signal is aborted`, async () => {
    const on = await counting({});
    let subscribed = 0;
    const source = new Observable<{ id: number }>(() => {
      subscribed += 1;
      return () => (subscribed -= 1);
    });
    const controller = new AbortController();
    on.rx[kind](source, controller).subscribe();
    assert.is(subscribed, 1);
    controller.abort();
    assert.is(subscribed, 0);
    on.rx[kind](source, controller).subscribe();
    assert.is(subscribed, 0);
  });

  test(`${kind}: what a promise gives is sent as it would have been itself`, async () => {
    const on = await counting({});
    const list = [{ id: 1 }, { id: 2 }];
    for (const source of [from(list), list, new Set(list)]) {
      on.ids.length = 0;
      await lastValueFrom(on.rx[kind](Promise.resolve(source)));
      assert.equal(on.ids, [1, 2]);
    }
    on.ids.length = 0;
    await lastValueFrom(on.rx[kind](Promise.resolve({ id: 7 }) as never));
    assert.equal(on.ids, [7]);
    const reason = new Error('no source');
    const errors: unknown[] = [];
    on.rx[kind](Promise.reject(reason)).subscribe({ error: (error: unknown) => void errors.push(error) });
    await turns(3);
    assert.equal(errors, [reason]);
  });

  test(`${kind}: what is no stream of requests is refused at the call`, async () => {
    const on = await counting({});
    for (const source of [{ id: 1 }, 'text', undefined, 5]) {
      assert.throws(() => on.rx[kind](source as never), /^BAD_OPTION: requests must be an Observable/);
    }
  });

  test(`${kind}: an Observable delivers what an array delivers`, async () => {
    const on = await counting({});
    const all = Array.from({ length: 5_000 }, (_, id) => ({ id }));
    await lastValueFrom(on.rx[kind](from(all)));
    assert.equal(
      on.ids,
      Array.from({ length: 5_000 }, (_, id) => id),
    );
  });

  test(`${kind}: a Promise or a number among the requests fails the call, and is no empty message`, async () => {
    for (const bad of [Promise.resolve({ id: 1 }), of({ id: 1 }), 5, [{ id: 1 }]]) {
      const on = await counting({});
      const errors: { readonly code?: unknown }[] = [];
      on.rx[kind](concat([bad as never], NEVER)).subscribe({
        error: (error: unknown) => void errors.push(error as { readonly code?: unknown }),
      });
      await until('the end', () => errors.length > 0);
      assert.equal([errors[0]?.code, on.ids], ['UNSERIALISABLE', []]);
    }
  });
}

for (const kind of kinds) {
  test(`${kind}: an abort by its own signal is nothing to a subscriber without an error function`, async () => {
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => void unhandled.push(error);
    const on = await stage('our client, our server', { silent: true });
    const controller = new AbortController();
    const source = sendsMany(kind) ? merge(of({ id: 1 }), NEVER) : { id: 1 };
    const call$ = on.rx[kind](source as never, controller) as Observable<unknown>;
    call$.subscribe();
    call$.pipe(map((value) => value)).subscribe(() => undefined);
    await until('both calls', () => on.told.begun === 2);
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(unhandled, []);
    config.onUnhandledError = null;
  });

  test(`${kind}: functions of the user’s that throw are reported as those of a subscriber are, and end nothing`, async () => {
    const unhandled: string[] = [];
    config.onUnhandledError = (error: unknown) => void unhandled.push((error as Error).message);
    const on = await stage('our client, our server');
    const fail = (name: string) => (): never => {
      throw new Error(name);
    };
    const source = sendsMany(kind) ? range(1, 3).pipe(map((id) => ({ id }))) : { id: 3 };
    const options = { onMetadata: fail('onMetadata'), onStatus: fail('onStatus') };
    const values = await lastValueFrom((on.rx[kind](source as never, options) as Observable<unknown>).pipe(toArray()));
    assert.ok(values.length > 0);
    await lastValueFrom(timer(1));
    assert.equal(unhandled.sort(), ['onMetadata', 'onStatus']);
    config.onUnhandledError = null;
  });
}

for (const kind of ['unary', 'serverStream'] as const) {
  test(`${kind}: a request that is no message fails the call, and is no empty message`, async () => {
    const on = await stage('our client, our server');
    for (const request of ['text', 5, [1]]) {
      const errors: { readonly details?: string }[] = [];
      on.rx[kind](request as never).subscribe({ error: (error: unknown) => void errors.push(error as object) });
      await until('the end', () => errors.length > 0);
      assert.match(errors[0]?.details ?? '', /a message must/);
    }
    assert.is(on.told.begun, 0);
  });
}

test.run();
