import { status } from '@grpc/grpc-js';
import { Outgoing, RxDuplexError, bidi, duplex, iterate, repeated, rx, serve } from 'rxduplex';
import type { Gated, Serving } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import {
  NEVER,
  Observable,
  Subject,
  concat,
  concatMap,
  config,
  filter,
  first,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  pipe,
  share,
  skip,
  switchMap,
  take,
  tap,
  toArray,
} from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { bareCall, endOf, idsOf, outcomesOf, served } from '../support/bare-kinds.js';
import type { BareCall, Served } from '../support/bare-kinds.js';
import { beat, peer, replyTo, stopAll, turns, until } from '../support/peer.js';

/** What would have ended the process. */
const uncaught: unknown[] = [];
const warnings: Error[] = [];
const note = (error: unknown): void => void uncaught.push(error);
const noteWarning = (warning: Error): void => void warnings.push(warning);

test.before.each(() => {
  uncaught.length = warnings.length = 0;
  config.onUnhandledError = note;
  process.on('unhandledRejection', note);
  process.on('warning', noteWarning);
});

test.after.each(() => {
  stopAll();
  config.onUnhandledError = null;
  process.off('unhandledRejection', note);
  process.off('warning', noteWarning);
});

interface Ask {
  readonly id: number;
}
type Asks = Gated<Ask>;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
const reply = ({ id }: Ask): object => ({ id });

/** Handlers that subscribe more than once. Each is to give all that is asked but the first. */
const again: Record<string, (asks$: Asks) => unknown> = {
  'awaits the first, then something else, then reads the rest': (asks$) =>
    from(firstValueFrom(asks$)).pipe(
      mergeMap(() => wait(20)),
      mergeMap(() => asks$.pipe(map(reply))),
    ),
  'is async and returns what it makes of the rest': async (asks$) => {
    await firstValueFrom(asks$);
    await wait(20);
    return asks$.pipe(map(reply));
  },
  'is an async generator': async function* (asks$) {
    await firstValueFrom(asks$);
    for await (const ask of iterate(asks$)) yield reply(ask);
  },
  'is an async generator that waits': async function* (asks$) {
    await firstValueFrom(asks$);
    await wait(20);
    for await (const ask of iterate(asks$)) yield reply(ask);
  },
  'leaves an iteration, and begins another': async function* (asks$) {
    for await (const ask of iterate(asks$, { highWaterMark: 1 })) {
      assert.is(ask.id, 1);
      break;
    }
    await wait(20);
    for await (const ask of iterate(asks$)) yield reply(ask);
  },
  'uses first and switchMap': (asks$) =>
    asks$.pipe(
      first(),
      switchMap(() => asks$.pipe(map(reply))),
    ),
  'uses take and concatMap with a wait': (asks$) =>
    asks$.pipe(
      take(1),
      concatMap(() => wait(20)),
      concatMap(() => asks$.pipe(map(reply))),
    ),
  'concatenates the first and the rest': (asks$) => concat(asks$.pipe(first()), asks$).pipe(skip(1), map(reply)),
  'subscribes twice in one turn, after a wait': async (asks$) => {
    await firstValueFrom(asks$);
    await wait(20);
    const halves = [0, 1].map((half) => asks$.pipe(filter(({ id }) => id % 2 === half)));
    return merge(...halves).pipe(map(reply));
  },
  'subscribes for each request anew': async function* (asks$) {
    await firstValueFrom(asks$);
    for (let left = 199; left > 0; left -= 1) {
      yield reply(await firstValueFrom(asks$));
      if (left % 50 === 0) await wait(5);
    }
  },
};

for (const [what, handler] of Object.entries(again)) {
  test(`a duplex handler that ${what} loses none of 200 requests`, async () => {
    const on = await served({ bidi: handler });
    const bare = bareCall(on.client, 'bidi', { ids: upTo(200) });
    assert.equal(await endOf(bare), [status.OK, 'OK']);
    assert.equal(idsOf(bare), upTo(200).slice(1));
    assert.equal(on.serving.stats().inbound, { received: 200, routed: 200, unrouted: 0, invalid: 0 });
  });

  test(`the same of a client that is pausing: a handler that ${what}`, async () => {
    const on = await served({ bidi: handler });
    const bare = bareCall(on.client, 'bidi', { ids: [1], ends: false });
    for (const id of upTo(200).slice(1)) {
      if (id % 40 === 0) await turns(3);
      bare.call.write({ id });
    }
    await turns(5);
    bare.call.end();
    assert.equal(await endOf(bare), [status.OK, 'OK']);
    assert.equal(idsOf(bare), upTo(200).slice(1));
  });

  test(`the same in the middle of an envelope: a handler that ${what}`, async () => {
    let serving: Serving | undefined;
    const on = await peer((server) => {
      const exchange = (requests$: Gated<PeerRequest__Output>): never =>
        handler(requests$.pipe(map(({ id }) => ({ id: Number(id) }))) as unknown as Asks) as never;
      serving = serve(server, PeerService, { exchange }, { batch: repeated('batch') });
    });
    const open = bidi(on.client(), 'exchange', { batch: repeated('batch') });
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    const replies = lastValueFrom(duplex(open, outgoing).pipe(toArray()));
    // The first one tells that the server has agreed; those after it share envelopes.
    outgoing.next(beat(1));
    await until('the first to be sent', () => outgoing.stats().sent === 1);
    await turns(3);
    for (const id of upTo(200).slice(1)) outgoing.next(beat(id));
    outgoing.complete();
    assert.equal(
      (await replies).map(({ id }) => Number(id)),
      upTo(200).slice(1),
    );
    assert.equal(serving?.stats().inbound, { received: 200, routed: 200, unrouted: 0, invalid: 0 });
  });
}

test('a client-stream handler that awaits the first, then something else, counts all of the rest', async () => {
  const on = await served({
    clientStream: async (asks$: Asks) => {
      const { id } = await firstValueFrom(asks$);
      await wait(20);
      const rest = await firstValueFrom(asks$.pipe(toArray()));
      return { id: id + rest.length };
    },
  });
  const bare = bareCall(on.client, 'clientStream', { ids: upTo(200) });
  assert.equal(await endOf(bare), [status.OK, 'OK']);
  assert.equal(idsOf(bare), [200]);
});

/** Writes as long as grpc-js takes it, and tells how many were written. */
function flooding({ call }: BareCall): { readonly written: number } {
  let written = 0;
  const write = (): void => {
    while (written < 5000) {
      written += 1;
      if (!call.write({ id: written, payload: Buffer.alloc(1024) })) return;
    }
  };
  call.on('drain', write);
  write();
  return {
    get written() {
      return written;
    },
  };
}

async function standsStill(flood: { readonly written: number }): Promise<number> {
  let before = -1;
  while (before !== flood.written) {
    before = flood.written;
    await turns(60);
  }
  return before;
}

test('between two subscriptions the client is held, and reads on at the second', async () => {
  const second$ = new Subject<void>();
  const on = await served({
    bidi: (asks$: Asks) =>
      concat(
        asks$.pipe(take(1)),
        second$.pipe(
          take(1),
          concatMap(() => asks$),
        ),
      ).pipe(map(reply)),
  });
  const bare = bareCall(on.client, 'bidi', { ids: [], ends: false });
  const flood = flooding(bare);
  const held = await standsStill(flood);
  assert.ok(held < 256, `${String(held)} requests of 1 kB were taken while nobody was subscribed`);
  assert.equal(idsOf(bare), [1]);
  second$.next();
  await until('all to be written', () => flood.written === 5000);
  bare.call.end();
  await bare.ended;
  assert.equal(idsOf(bare), upTo(5000));
});

test('when the result has ended, the rest is read and counted unrouted, also while the responses still wait', async () => {
  const on = await served({
    bidi: () => from(Array.from({ length: 800 }, (_, id) => ({ id, payload: Buffer.alloc(1024) }))),
  });
  const bare = bareCall(on.client, 'bidi', { ids: [], ends: false });
  bare.call.pause();
  const flood = flooding(bare);
  await until('all requests to be written', () => flood.written === 5000);
  assert.is(bare.status, undefined);
  await until('most of them to be read', () => on.serving.stats().inbound.unrouted > 4500);
  bare.call.resume();
  assert.equal(await endOf(bare), [status.OK, 'OK']);
  assert.is(bare.answers.length, 800);
});

test('when the result has ended whoever is still subscribed gets what comes, and nobody is held', async () => {
  const seen: number[] = [];
  const on = await served({
    bidi: (asks$: Asks) => {
      asks$.subscribe(({ id }) => seen.push(id));
      return from(Array.from({ length: 800 }, (_, id) => ({ id, payload: Buffer.alloc(1024) })));
    },
  });
  const bare = bareCall(on.client, 'bidi', { ids: [], ends: false });
  bare.call.pause();
  const flood = flooding(bare);
  await until('all requests to be written', () => flood.written === 5000);
  await until('most of them to be seen', () => seen.length > 4500);
  bare.call.resume();
  assert.equal(await endOf(bare), [status.OK, 'OK']);
});

test('a half-close while nobody is subscribed completes the next subscription, after what was before it', async () => {
  const seen: unknown[] = [];
  const subscribe$ = new Subject<void>();
  const on = await served({
    bidi: (asks$: Asks) => {
      asks$.pipe(take(1)).subscribe();
      subscribe$.subscribe(() => {
        // eslint-disable-next-line rxjs-x/no-nested-subscribe -- a handler comes back to its requests later
        asks$.subscribe({ next: ({ id }) => seen.push(id), complete: () => seen.push('complete') });
      });
      return NEVER;
    },
  });
  const bare = bareCall(on.client, 'bidi', { ids: [1, 2, 3] });
  await turns(20);
  subscribe$.next();
  await until('the end', () => seen.length === 3);
  assert.equal(seen, [2, 3, 'complete']);
  subscribe$.next();
  assert.equal(seen, [2, 3, 'complete', 'complete']);
  bare.call.cancel();
});

test('a half-close right after what was taken is seen although nobody is subscribed', async () => {
  const on = await served({
    bidi: (asks$: Asks) => {
      asks$.pipe(take(3)).subscribe();
    },
  });
  assert.equal(await endOf(bareCall(on.client, 'bidi', { ids: [1, 2, 3] })), [status.OK, 'OK']);
});

/** How a call ends that its handler does not end. */
const cutOff: Record<string, (bare: BareCall, on: Served) => void> = {
  'the client cancels': ({ call }) => call.cancel(),
  'the deadline passes': () => undefined,
  'the server is shut down': (_, { server }) => server.forceShutdown(),
};

for (const [how, cut] of Object.entries(cutOff)) {
  for (const kind of ['bidi', 'clientStream'] as const) {
    test(`when ${how}, requests$ of a ${kind} call fails with CANCELLED, also for a late subscriber`, async () => {
      const told: unknown[] = [];
      let late$: Asks | undefined;
      const on = await served({
        [kind]: (asks$: Asks) => {
          late$ = asks$;
          asks$.subscribe({ error: (error: unknown) => told.push(error), complete: () => told.push('complete') });
          return NEVER;
        },
      });
      const deadline = how === 'the deadline passes' ? { deadline: Date.now() + 200 } : {};
      const bare = bareCall(on.client, kind, { ends: false, call: deadline });
      await until('the requests', () => on.serving.stats().inbound.routed === 3);
      cut(bare, on);
      await until('the end', () => told.length === 1);
      late$?.subscribe({ error: (error: unknown) => told.push(error), complete: () => told.push('complete') });
      const [error] = told as RxDuplexError[];
      assert.ok(RxDuplexError.is(error) && error.code === 'CANCELLED');
      assert.match(error.message, /merge, concat, a Subject, new Observable\) needs an error function or catchError$/);
      assert.is(told[1], error);
      assert.equal(await outcomesOf(on), { completed: 0, failed: 0, cancelled: 1 });
      assert.equal(on.failures, []);
    });
  }
}

/** Side subscriptions, without an error function. */
const composed: Record<string, (asks$: Asks) => unknown> = {
  itself: (asks$) => asks$.subscribe(),
  'itself, with a function': (asks$) => asks$.subscribe(() => undefined),
  'itself, with an observer': (asks$) => asks$.subscribe({ next: () => undefined, complete: () => undefined }),
  map: (asks$) => asks$.pipe(map(reply)).subscribe(),
  'concatMap of promises': (asks$) => asks$.pipe(concatMap(() => Promise.resolve())).subscribe(),
  'mergeMap of promises': (asks$) => asks$.pipe(mergeMap(() => Promise.resolve(), 8)).subscribe(),
  share: (asks$) => asks$.pipe(share()).subscribe(),
  'the function pipe of RxJS': (asks$) => asks$.pipe(pipe(map(reply), tap())).subscribe(),
  toArray: (asks$) => asks$.pipe(toArray()).subscribe(),
};

for (const [how, subscribe] of Object.entries(composed)) {
  test(`a subscriber without an error function ignores that its call was cancelled: ${how}`, async () => {
    const on = await served({
      bidi: (asks$: Asks) => {
        subscribe(asks$);
        return NEVER;
      },
    });
    const bare = bareCall(on.client, 'bidi', { ends: false });
    await until('the requests', () => on.serving.stats().inbound.routed === 3);
    bare.call.cancel();
    await outcomesOf(on);
    await turns(5);
    assert.equal([uncaught, warnings, on.failures], [[], [], []]);
  });
}

/** Handlers that fail with the error of their requests. */
const failing: Record<string, (asks$: Asks) => unknown> = {
  'an async handler that awaits the rest': async (asks$) => {
    await asks$.forEach(() => undefined);
  },
  'an async handler that iterates': async (asks$) => {
    for await (const ask of iterate(asks$)) assert.ok(ask);
    return { id: 1 };
  },
  'an async generator': async function* (asks$) {
    for await (const ask of iterate(asks$)) yield reply(ask);
  },
  'responses made of them': (asks$) => asks$.pipe(map(reply)),
  'responses merged with others': (asks$) => merge(asks$, NEVER).pipe(map(reply as never)),
  'responses by a new Observable': (asks$) => new Observable((subscriber) => asks$.subscribe(subscriber)),
  'a promise of the last': (asks$) => lastValueFrom(asks$),
};

for (const [what, handler] of Object.entries(failing)) {
  test(`${what}: neither a failure nor a warning when the client cancels`, async () => {
    const on = await served({ bidi: handler, clientStream: handler });
    for (const kind of ['bidi', 'clientStream'] as const) {
      const bare = bareCall(on.client, kind, { ids: kind === 'bidi' ? [1, 2, 3] : [], ends: false });
      await until('the call', () => on.serving.stats().open === 1);
      await turns(10);
      bare.call.cancel();
      await outcomesOf(on);
    }
    await turns(5);
    assert.equal([uncaught, warnings, on.failures], [[], [], []]);
  });
}

/** What a handler does beside its responses, and fails in. */
const bug = new TypeError('a bug');
const side: Record<string, (asks$: Asks) => unknown> = {
  'throws in next': (asks$) =>
    asks$.subscribe(() => {
      throw bug;
    }),
  'throws in complete': (asks$) =>
    asks$.subscribe({
      complete: () => {
        throw bug;
      },
    }),
  'has an operator that throws': (asks$) =>
    asks$
      .pipe(
        map(() => {
          throw bug;
        }),
      )
      .subscribe(),
  'has a promise that rejects': (asks$) => asks$.pipe(concatMap(() => Promise.reject(bug))).subscribe(),
};

for (const [how, subscribe] of Object.entries(side)) {
  test(`a subscriber of requests$ that ${how} fails its own call, and not the process`, async () => {
    const on = await served({
      bidi: (asks$: Asks) => {
        subscribe(asks$);
        return NEVER;
      },
    });
    const other = bareCall(on.client, 'bidi', { ids: [], ends: false });
    const bare = bareCall(on.client, 'bidi');
    assert.equal(await endOf(bare), [status.UNKNOWN, 'the handler failed']);
    assert.equal(
      on.failures.map(({ error }) => error),
      [bug],
    );
    assert.equal(uncaught, []);
    assert.is(other.status, undefined);
    other.call.cancel();
  });
}

test('a subscriber with an error function is told what its own operators throw', async () => {
  const told: unknown[] = [];
  const on = await served({
    bidi: (asks$: Asks) => {
      asks$
        .pipe(
          map(() => {
            throw bug;
          }),
        )
        .subscribe({ error: (error: unknown) => told.push(error) });
      return asks$.pipe(map(reply));
    },
  });
  const bare = bareCall(on.client, 'bidi');
  assert.equal(await endOf(bare), [status.OK, 'OK']);
  assert.equal([told, on.failures], [[bug], []]);
});

test('an observer keeps its this, and a Subject may be one', async () => {
  class Counting {
    values = 0;
    isComplete = false;
    next(): void {
      this.values += 1;
    }
    complete(): void {
      this.isComplete = true;
    }
  }
  const counting = new Counting();
  const on = await served({
    bidi: (asks$: Asks) => {
      const sink = new Subject<Ask>();
      asks$.subscribe(counting);
      asks$.subscribe(sink);
      return sink.pipe(map(reply));
    },
  });
  const bare = bareCall(on.client, 'bidi');
  assert.equal(await endOf(bare), [status.OK, 'OK']);
  assert.equal([idsOf(bare), counting.values, counting.isComplete], [[1, 2, 3], 3, true]);
});

test('a backend is called with requests$ as they come, and left when the client cancels', async () => {
  const backend = await served({ bidi: (asks$: Asks) => asks$.pipe(map(reply)) });
  const on = await served({ bidi: (asks$: Asks) => rx(backend.client).bidi(asks$) });
  const bare = bareCall(on.client, 'bidi', { ends: false });
  await until('the answers', () => bare.answers.length === 3);
  bare.call.cancel();
  assert.equal(await outcomesOf(on), { completed: 0, failed: 0, cancelled: 1 });
  assert.equal(await outcomesOf(backend), { completed: 0, failed: 0, cancelled: 1 });
  assert.equal([uncaught, warnings, on.failures, backend.failures], [[], [], [], []]);
});

test('when a handler ends its call itself, those who are still subscribed to its requests complete', async () => {
  const told: unknown[] = [];
  const on = await peer((server) => {
    serve(server, PeerService, {
      exchange: (requests$) => {
        requests$.subscribe({ complete: () => told.push('complete'), error: (error: unknown) => told.push(error) });
        return requests$.pipe(take(1), map(replyTo));
      },
    });
  });
  const call = on.client().exchange();
  call.on('data', () => undefined);
  call.write(beat(1));
  await new Promise((resolve) => call.on('status', resolve));
  await until('the end', () => told.length === 1);
  assert.equal(told, ['complete']);
});

test.run();
