// time limit: 300 s
import { Client, InterceptingCall, credentials, status } from '@grpc/grpc-js';
import type { Metadata, ServiceError, StatusObject } from '@grpc/grpc-js';
import { StatusError, consume, limitInFlight, rx } from 'rxduplex';
import type { RxCallOptions, RxOptions } from 'rxduplex';
import {
  NEVER,
  Observable,
  Subject,
  concat,
  from,
  lastValueFrom,
  map,
  mergeMap,
  range,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { getsMany, kinds, metadataOf, sendsMany, stage, stageOf, stopStages } from '../support/kinds.js';
import type { Kind, Stage } from '../support/kinds.js';
import { turns, until } from '../support/peer.js';

test.after.each(stopStages);

const both = 'our client, our server';
const bare = 'our client, a bare server';

/** A call of any kind, with requests that do not end where they are a stream. */
function open(on: Pick<Stage, 'rx'>, kind: Kind, options: RxCallOptions = {}): Observable<{ readonly id: number }> {
  if (kind === 'clientStream' || kind === 'bidi') return on.rx[kind](concat([{ id: 1 }], NEVER), options);
  return on.rx[kind]({ id: 3 }, options);
}

/** The errors of a subscription. */
function errorsOf(source: Observable<unknown>): unknown[] {
  const errors: unknown[] = [];
  source.subscribe({ error: (error: unknown) => errors.push(error) });
  return errors;
}

const codes = (errors: readonly unknown[]): unknown[] => errors.map((error) => (error as { code: unknown }).code);

for (const kind of kinds) {
  test(`${kind}: nothing is called before it is subscribed to, and each subscription is a call`, async () => {
    const on = await stage(both);
    const calls$ = getsMany(kind) ? open(on, kind).pipe(take(1)) : on.rx.unary({ id: 3 });
    await turns(5);
    assert.is(on.told.begun, 0);
    await Promise.all([lastValueFrom(calls$), lastValueFrom(calls$)]);
    assert.is(on.told.begun, 2);
  });

  test(`${kind}: a subscription that ends in the turn in which it began leaves no call open`, async () => {
    const on = await stage(both, { silent: true });
    for (let count = 0; count < 10; count += 1) open(on, kind).subscribe().unsubscribe();
    await turns(20);
    await until('no call to be open', () => on.serving?.stats().open === 0);
  });

  test(`${kind}: 10,000 subscriptions, ended at every stage, leave no call open`, async () => {
    const on = await stage(both, { silent: true });
    const refusals: unknown[] = [];
    for (let count = 0; count < 10_000; count += 1) {
      const subscription = open(on, kind).subscribe({ error: (error: unknown) => refusals.push(error) });
      if (count % 100 === 50)
        await until('a call, or a refusal', () => on.serving?.stats().open !== 0 || refusals.length > 0);
      subscription.unsubscribe();
      if (count % 100 === 0) await turns(1);
    }
    await until('all calls to end', () => on.serving?.stats().open === 0);
    assert.ok(on.told.begun >= 100, `${String(on.told.begun)} calls were begun`);
    // Node's HTTP/2 refuses streams of a client that resets many: none is counted that was not wanted.
    assert.equal(
      [...new Set(codes(refusals))].filter((code) => code !== status.UNAVAILABLE),
      [],
    );
    assert.is(on.serving?.stats().failed, 0);
    assert.is(on.told.cancelled, on.told.begun);
  });

  test(`${kind}: an aborted signal fails the call with its reason, and cancels it`, async () => {
    const on = await stage(both, { silent: true });
    const aborting = new AbortController();
    const errors = errorsOf(open(on, kind, { signal: aborting.signal }));
    await until('the call', () => on.told.begun === 1);
    const reason = new Error('no longer');
    aborting.abort(reason);
    assert.equal(errors, [reason]);
    await until('the handler to be told', () => on.told.cancelled === 1);
    assert.is(errorsOf(open(on, kind, { signal: aborting.signal }))[0], reason);
    await turns(5);
    assert.is(on.told.begun, 1);
  });

  test(`${kind}: a deadline is a moment or a time from the subscription, whichever comes first`, async () => {
    const on = await stage(both, { silent: true });
    const calls$ = open(on, kind, { deadline: new Date(Date.now() + 50), timeoutMs: 60_000 });
    const errors = [...errorsOf(calls$)];
    const late = errorsOf(open(on, kind, { deadline: Date.now() - 1 }));
    const soon = errorsOf(calls$);
    await until('the ends', () => late.length + soon.length === 2);
    assert.equal(codes([...errors, ...late, ...soon]), [status.DEADLINE_EXCEEDED, status.DEADLINE_EXCEEDED]);
  });

  test(`${kind}: bad options are refused at the call`, async () => {
    const on = await stage(bare);
    const bad: Record<string, RxCallOptions> = {
      timeoutMs: { timeoutMs: Number.NaN },
      deadline: { deadline: new Date('never') },
      metadata: { metadata: { token: 'secret' } as unknown as Metadata },
      signal: { signal: {} as AbortSignal },
      onStatus: { onStatus: 5 as unknown as () => void },
    };
    for (const [name, options] of Object.entries(bad)) {
      assert.throws(() => open(on, kind, options), new RegExp(`^BAD_OPTION: ${name} must be`));
    }
  });

  test(`${kind}: metadata is the client's, and over it the call's`, async () => {
    const on = await stage(both, { silent: true });
    let asked = 0;
    const methods = rx(on.client, {
      // eslint-disable-next-line @typescript-eslint/require-await
      metadata: async () => metadataOf({ token: String((asked += 1)), tenant: 'one' }),
    });
    const own = metadataOf({ tenant: 'two' });
    const subscriptions = [1, 2].map(() => open({ rx: methods }, kind, { metadata: own }).subscribe());
    await until('the calls', () => on.told.begun === 2);
    assert.equal(
      on.told.metadata.map((metadata) => metadata.get('tenant')),
      [['two'], ['two']],
    );
    assert.equal(on.told.metadata.map((metadata) => metadata.get('token')[0]).sort(), ['1', '2']);
    assert.equal(own.getMap(), { tenant: 'two' });
    for (const subscription of subscriptions) subscription.unsubscribe();
  });

  test(`${kind}: metadata that cannot be had fails the call, which is not made`, async () => {
    const on = await stage(both, { silent: true });
    const sources: NonNullable<RxOptions['metadata']>[] = [
      () => {
        throw new Error('no token');
      },
      () => Promise.reject(new Error('no token')),
    ];
    for (const metadata of sources) {
      const errors = errorsOf(open({ rx: rx(on.client, { metadata }) }, kind));
      await until('the error', () => errors.length === 1);
      assert.equal(codes(errors), ['METADATA_FAILED']);
    }
    assert.is(on.told.begun, 0);
  });

  test(`${kind}: metadata that does not come in time fails the call, which is not made when it comes after all`, async () => {
    const on = await stage(both, { silent: true });
    let come: (metadata: Metadata) => void = () => undefined;
    const metadata = (): Promise<Metadata> => new Promise((resolve) => (come = resolve));
    const errors = errorsOf(open({ rx: rx(on.client, { metadata, timeoutMs: 20 }) }, kind));
    await until('the error', () => errors.length === 1);
    assert.equal(codes(errors), ['METADATA_FAILED']);
    come(metadataOf({}));
    await turns(5);
    assert.is(on.told.begun, 0);
  });

  test(`${kind}: a call of a closed client fails`, async () => {
    const on = await stage(bare);
    on.client.close();
    const errors = errorsOf(open(on, kind));
    await until('the error', () => errors.length === 1);
    assert.equal(codes(errors), ['CLOSED']);
  });
}

for (const kind of kinds.filter(getsMany)) {
  test(`${kind}: a reader that holds the gate slows the server`, async () => {
    let pulled = 0;
    const many = function* (): Generator<{ id: number; payload: Buffer }> {
      for (;;) yield { id: (pulled += 1), payload: Buffer.alloc(1024) };
    };
    const on = await stageOf({ serverStream: many, bidi: many });
    let given = 0;
    const done = new Subject<void>();
    const reading = (kind === 'bidi' ? on.rx.bidi(NEVER) : on.rx.serverStream({}))
      .pipe(consume(() => ((given += 1), done)))
      .subscribe();
    await until('the first', () => given === 1);
    let before = -1;
    await until('the server to stand still', () => {
      const still = pulled === before;
      before = pulled;
      return still;
    });
    assert.ok(pulled < 1500, `${String(pulled)} responses were made`);
    reading.unsubscribe();
  });

  test(`${kind}: answers that had come are given before the error`, async () => {
    const failing = (): Observable<{ id: number }> =>
      concat(
        range(1, 3).pipe(map((id) => ({ id }))),
        throwError(() => new StatusError(status.ABORTED, 'no')),
      );
    const on = await stageOf({ serverStream: failing, bidi: failing });
    const seen: number[] = [];
    const errors: unknown[] = [];
    const calls$ = kind === 'bidi' ? on.rx.bidi(NEVER) : on.rx.serverStream({});
    calls$.subscribe({ next: ({ id }) => seen.push(id), error: (error: unknown) => errors.push(error) });
    await until('the end', () => errors.length === 1);
    assert.equal(codes(errors), [status.ABORTED]);
    assert.equal(seen, [1, 2, 3].slice(0, seen.length));
  });
}

for (const kind of kinds.filter(sendsMany)) {
  const send = (on: Pick<Stage, 'rx'>, ...asking: Parameters<Stage['rx']['bidi']>): Observable<unknown> =>
    kind === 'bidi' ? on.rx.bidi(...asking) : on.rx.clientStream(...asking);

  test(`${kind}: an Observable that nothing slows fails the call with OVERFLOW, and is left in the middle`, async () => {
    const on = await stage(both, { silent: true });
    let emitted = 0;
    const endless$ = new Observable<{ id: number }>((subscriber) => {
      while (!subscriber.closed) subscriber.next({ id: (emitted += 1) });
    });
    const errors = errorsOf(send(on, endless$, { outgoing: { maxMessages: 10, maxWaiting: 20 } }));
    assert.equal(codes(errors), ['OVERFLOW']);
    assert.is(emitted, 31);
    await until('no call to be open', () => on.serving?.stats().open === 0);
  });

  test(`${kind}: with a strategy that drops, it goes on`, async () => {
    const on = await stage(both);
    const last = await lastValueFrom(
      send(on, range(1, 5_000).pipe(map((id) => ({ id }))), { outgoing: { maxMessages: 10, overflow: 'drop-oldest' } }),
    );
    assert.ok((last as { id: number }).id >= 5_000);
  });

  test(`${kind}: an iterable is asked for no more than a slow server takes, and is returned when the call is left`, async () => {
    const on = await stageOf({ clientStream: () => NEVER, bidi: () => NEVER });
    let pulled = 0;
    let returned = false;
    const asks = function* (): Generator<{ id: number; payload: Buffer }> {
      try {
        for (;;) yield { id: (pulled += 1), payload: Buffer.alloc(1024) };
      } finally {
        returned = true;
      }
    };
    const subscription = send(on, asks()).subscribe();
    let before = -1;
    await until('the pulling to stand still', () => {
      const still = pulled === before && pulled > 0;
      before = pulled;
      return still;
    });
    assert.ok(pulled < 1500, `${String(pulled)} requests were pulled`);
    subscription.unsubscribe();
    await until('the source to be left', () => returned);
  });

  test(`${kind}: a gated source is held while the buffer is full, and let go when the call is left`, async () => {
    const on = await stageOf({ clientStream: () => NEVER, bidi: () => NEVER });
    const source = await stage(both);
    const asks$ = source.rx.serverStream({ id: 100_000 });
    let seen = 0;
    const counted$ = asks$.pipe(map((ask) => ((seen += 1), { ...ask, payload: Buffer.alloc(1024) })));
    const subscription = send(on, counted$).subscribe();
    await until('the gate to be held', () => asks$.gate.held);
    assert.ok(seen < 1500, `${String(seen)} were read`);
    subscription.unsubscribe();
    assert.not(asks$.gate.held);
  });

  test(`${kind}: an error of the source is the call's, and cancels it`, async () => {
    const on = await stage(both, { silent: true });
    const source = new Subject<{ id: number }>();
    const errors = errorsOf(send(on, source));
    await until('the call', () => on.told.begun === 1);
    const error = new Error('no more');
    source.error(error);
    assert.equal(errors, [error]);
    await until('the handler to be told', () => on.told.cancelled === 1);
  });

  test(`${kind}: one request that cannot be sent fails the call`, async () => {
    const on = await stage(both);
    const bad = errorsOf(send(on, from([{ id: 1 }, null as unknown as { id: number }])));
    assert.equal(codes(bad), ['UNSERIALISABLE']);
    const large = errorsOf(send(on, [{ payload: Buffer.alloc(100) }], { outgoing: { maxBytes: 50 } }));
    await until('the error', () => large.length === 1);
    assert.equal(codes(large), ['TOO_LARGE']);
    assert.throws(() => send(on, [], { outgoing: { maxMessages: 0 } }), /BAD_OPTION: maxMessages/);
  });
}

test('the status and the initial metadata are told before the end', async () => {
  const on = await stage(both, { initial: { a: '1' }, trailers: { b: '2' } });
  for (const kind of kinds) {
    const order: string[] = [];
    const options: RxCallOptions = {
      onMetadata: (metadata) => order.push(`a${String(metadata.get('a')[0])}`),
      onStatus: ({ metadata }: StatusObject) => order.push(`b${String(metadata.get('b')[0])}`),
    };
    const calls$ = sendsMany(kind) ? on.rx[kind as 'bidi']([{ id: 1 }], options) : open(on, kind, options);
    await new Promise<void>((resolve) => {
      calls$.subscribe({
        complete: () => {
          order.push('end');
          resolve();
        },
      });
    });
    assert.equal(order, ['a1', 'b2', 'end'], kind);
  }
});

test('a method goes by each of its names, and what every client has is not there', async () => {
  const on = await stage(bare);
  assert.equal(Object.keys(on.rx).sort(), [
    'Bidi', 'ClientStream', 'GETUrl', 'ServerStream', 'Unary',
    'bidi', 'clientStream', 'gETUrl', 'getUrl', 'serverStream', 'unary',
  ]); // prettier-ignore
  assert.is((on.rx as object as Record<string, unknown>)['close'], undefined);
});

test('bad options of a client are refused at the door', async () => {
  const { client } = await stage(bare);
  const bad: Record<string, RxOptions> = {
    timeoutMs: { timeoutMs: -1 },
    metadata: { metadata: { token: 'secret' } as unknown as Metadata },
    limit: { limit: { max: 5 } as unknown as ReturnType<typeof limitInFlight> },
    wire: { wire: 'text' as 'bytes' },
  };
  for (const [name, options] of Object.entries(bad)) {
    assert.throws(() => rx(client, options), new RegExp(`BAD_OPTION: ${name} must be`));
  }
  const plain = new Client('127.0.0.1:1', credentials.createInsecure());
  assert.throws(() => rx(plain), /BAD_OPTION: client must be made from a service definition/);
  plain.close();
});

test('W8: interceptors see messages with wire: objects, chosen by itself for those in options', async () => {
  const on = await stage(both);
  const messages: unknown[] = [];
  const interceptors: NonNullable<RxOptions['options']>['interceptors'] = [
    (options, next): InterceptingCall =>
      new InterceptingCall(next(options), {
        sendMessage: (message, go) => {
          messages.push(message);
          go(message);
        },
      }),
  ];
  const methods = rx(on.client, { options: { interceptors } });
  await lastValueFrom(methods.bidi([{ id: 1 }]));
  await lastValueFrom(methods.clientStream([{ id: 2 }]));
  assert.equal(messages, [{ id: 1 }, { id: 2 }]);
});

test('the limit is given back by calls of every kind, and the time in its queue counts against the deadline', async () => {
  const on = await stage(both, { silent: true });
  const limit = limitInFlight({ max: 1 });
  const methods = rx(on.client, { limit });
  for (const kind of kinds) {
    const first = open({ rx: methods }, kind).subscribe();
    await until('the call', () => on.serving?.stats().open === 1);
    const errors = errorsOf(open({ rx: methods }, kind, { timeoutMs: 20 }));
    await until('the end of its time', () => errors.length === 1);
    assert.equal(codes(errors), ['TIMEOUT'], kind);
    first.unsubscribe();
    assert.equal([limit.stats().inFlight, limit.stats().queued], [0, 0], kind);
    await until('the call to end', () => on.serving?.stats().open === 0);
  }
  assert.is(on.told.begun, 4);
});

test('at most max calls of two clients are in flight, and those that wait are let in by the order in which they came', async () => {
  const seen: number[] = [];
  let atOnce = 0;
  let most = 0;
  const on = await stageOf({
    unary: async ({ id }) => {
      seen.push(id);
      most = Math.max(most, (atOnce += 1));
      await turns(1);
      atOnce -= 1;
      return { id };
    },
  });
  const limit = limitInFlight({ max: 5, maxQueue: 1_000 });
  const clients = [rx(on.client, { limit }), rx(on.client, { limit })] as const;
  const ids = Array.from({ length: 200 }, (_, id) => id);
  await lastValueFrom(
    from(ids).pipe(
      mergeMap((id) => (clients[id % 2] as (typeof clients)[0]).unary({ id })),
      toArray(),
    ),
  );
  assert.equal(seen, ids);
  assert.is(most, 5);
});

test('a message too large once several share a write ends the joining for later calls', async () => {
  const on = await stage(both, {}, { 'grpc.max_send_message_length': 3_000 });
  const asks = Array.from({ length: 50 }, (_, id) => ({ id, payload: Buffer.alloc(1_000) }));
  const results: unknown[] = [];
  for (let count = 0; count < 3; count += 1) {
    await lastValueFrom(on.rx.clientStream(asks)).then(
      ({ id }) => results.push(id),
      (error: unknown) => results.push((error as ServiceError).code),
    );
  }
  assert.equal(results.slice(1), [1225, 1225]);
});

test('an answer whose handler waits for ever is left when the client leaves', async () => {
  const on = await stageOf({
    unary: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('left'));
        });
      }),
  });
  on.rx.unary({}).subscribe().unsubscribe();
  const errors = errorsOf(on.rx.unary({}, { timeoutMs: 30 }));
  await until('the end', () => errors.length === 1);
  await until('the server to be done', () => on.serving.stats().open === 0);
  assert.is(on.serving.stats().failed, 0);
});

test.run();
