import { Server, credentials, makeClientConstructor, status } from '@grpc/grpc-js';
import type { Client, ServiceDefinition } from '@grpc/grpc-js';
import { consume, iterate, serve } from 'rxduplex';
import {
  EMPTY,
  NEVER,
  Observable,
  Subject,
  concat,
  concatMap,
  defer,
  filter,
  from,
  ignoreElements,
  map,
  mergeMap,
  of,
  take,
} from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { bareCall, endOf, idsOf, outcomesOf, served } from '../support/bare-kinds.js';
import { getsMany, kinds } from '../support/kinds.js';
import type { Kind } from '../support/kinds.js';
import { listen, stopAll, stopped, turns, until } from '../support/peer.js';

test.after.each(stopAll);

type Asks = Observable<{ readonly id: number }>;

const handledBy = (handler: unknown, of: readonly Kind[] = kinds): object =>
  Object.fromEntries(of.map((kind) => [kind, handler]));

const two = [{ id: 7 }, { id: 8 }];

function* generated(): Generator<object> {
  yield* two;
}

async function* slowly(): AsyncGenerator<object> {
  for (const message of two) {
    await turns(1);
    yield message;
  }
}

/** A result, and whether it gives both of `two`, or the first alone. */
const results: Record<string, [gives: 1 | 2, result: () => unknown]> = {
  'a message': [1, () => two[0]],
  'an array': [2, () => two],
  'a Set': [2, () => new Set(two)],
  'a generator': [2, generated],
  'an async generator': [2, slowly],
  'an Observable': [2, () => from(two)],
  'an Observable that emits later': [2, () => from(two).pipe(concatMap(async (each) => (await turns(1), each)))],
  'a ReadableStream': [2, () => ReadableStream.from(two)],
  'an instance of a class': [
    1,
    () =>
      new (class Message {
        readonly id = 7;
      })(),
  ],
  'a thenable whose then returns nothing': [
    1,
    () => ({ then: (resolve: (value: unknown) => void) => resolve(two[0]) }),
  ],
};

for (const [what, [gives, result]] of Object.entries(results)) {
  const forms = { [what]: result, [`a promise of ${what}`]: async () => (await turns(1), result()) };
  for (const [form, handler] of Object.entries(forms)) {
    test(`a handler of any kind may give ${form}`, async () => {
      const on = await served(handledBy(handler));
      for (const kind of kinds) {
        const bare = bareCall(on.client, kind);
        assert.equal(await endOf(bare), [status.OK, 'OK'], kind);
        assert.equal(idsOf(bare), getsMany(kind) && gives === 2 ? [7, 8] : [7], kind);
      }
      assert.equal(await outcomesOf(on), { completed: 4, failed: 0, cancelled: 0 });
      assert.equal(on.failures, []);
    });
  }
}

test('an async handler may give what it makes of its requests', async () => {
  const on = await served(
    handledBy(
      async (asks$: Asks) => (await turns(3), asks$.pipe(map(({ id }) => ({ id: 2 * id })))),
      ['bidi', 'clientStream'],
    ),
  );
  const [bidi, clientStream] = [bareCall(on.client, 'bidi'), bareCall(on.client, 'clientStream')];
  assert.equal(await endOf(bidi), [status.OK, 'OK']);
  assert.equal(await endOf(clientStream), [status.OK, 'OK']);
  assert.equal([idsOf(bidi), idsOf(clientStream)], [[2, 4, 6], [2]]);
});

const mayGive = 'it may give a message, an Observable, an iterable, an async iterable, or a promise of one of these';
const flatten = 'flatten it first, with concatMap or mergeMap instead of map';
const oneByOne = 'send its members one by one, as concatMap and mergeMap do';

/** What is no response, and what is said of it: of one that is due, and of a stream of them. */
const wrong: Record<string, [handler: () => unknown, one: string, many: string]> = {
  undefined: [() => undefined, 'the handler gave no response', `the handler returned undefined; ${mayGive}`],
  null: [() => null, 'the handler gave no response', `the handler returned null; ${mayGive}`],
  'a promise of null': [
    () => Promise.resolve(null),
    'the handler gave no response',
    `the handler returned null; ${mayGive}`,
  ],
  ...Object.fromEntries(
    (
      [
        ['a string', () => 'text', 'a string'],
        ['a number', () => 7, 'a number'],
        ['a boolean', () => Promise.resolve(false), 'a boolean'],
        ['a function', () => () => two[0], 'a function'],
        ['an Error', () => new Error('returned, not thrown'), 'an Error: throw it'],
        ['a Buffer', () => Buffer.from('text'), 'bytes'],
        ['an array of promises', () => [Promise.resolve(two[0])], `a Promise: ${flatten}`],
        ['an Observable of a promise', () => of(1).pipe(map(() => Promise.resolve(two[0]))), `a Promise: ${flatten}`],
        ['an Observable of an Observable', () => of(1).pipe(map(() => from(two))), `an Observable: ${flatten}`],
        [
          'an Observable of a promise of an Observable',
          () => defer(() => Promise.resolve(from(two))),
          `an Observable: ${flatten}`,
        ],
        ['an Observable of an array', () => of(two), `an iterable: ${oneByOne}`],
        ['an Observable of generators', () => of(1).pipe(map(generated)), `an iterable: ${oneByOne}`],
        ['an Observable of async generators', () => of(1).pipe(map(slowly)), `an async iterable: ${oneByOne}`],
        ['an Observable of functions', () => of(() => two[0]), 'a function'],
        ['an Observable of a string', () => of('text'), 'a string'],
        ['an Observable of undefined', () => of(undefined), 'undefined: leave it out, with filter or ignoreElements'],
        ['an array of null', () => [null], 'null: leave it out, with filter or ignoreElements'],
        ['an Observable of an Error', () => of(new Error('caught')), 'an Error: throw it'],
      ] as const
    ).map(([what, handler, why]) => [
      what,
      [handler, `a response must not be ${why}`, `a response must not be ${why}`],
    ]),
  ),
};

for (const [what, [handler, one, many]] of Object.entries(wrong)) {
  test(`a handler that gives ${what} ends its call with INTERNAL, and is told why`, async () => {
    const on = await served(handledBy(handler));
    for (const kind of kinds) {
      const bare = bareCall(on.client, kind);
      assert.equal(await endOf(bare), [status.INTERNAL, getsMany(kind) ? many : one], kind);
      assert.equal(idsOf(bare), [], kind);
    }
    assert.equal(await outcomesOf(on), { completed: 0, failed: 4, cancelled: 0 });
    assert.equal(
      on.failures.map(({ error }) => (error as { details: string }).details),
      kinds.map((kind) => (getsMany(kind) ? many : one)),
    );
  });
}

test('what is no response ends the call after the responses before it', async () => {
  const on = await served({
    bidi: (asks$: Asks) => asks$.pipe(map(({ id }) => (id === 3 ? Promise.resolve({ id }) : { id }))),
  });
  const bare = bareCall(on.client, 'bidi');
  assert.is((await bare.ended).code, status.INTERNAL);
  assert.equal(idsOf(bare), [1, 2]);
});

for (const [what, result] of Object.entries({
  EMPTY: () => EMPTY,
  'an empty array': () => [],
  'a promise of an empty array': () => Promise.resolve([]),
})) {
  test(`${what} is a stream of no responses, and no response where one is due`, async () => {
    const on = await served(handledBy(result));
    for (const kind of kinds) {
      const expected = getsMany(kind) ? [status.OK, 'OK'] : [status.INTERNAL, 'the handler gave no response'];
      assert.equal(await endOf(bareCall(on.client, kind)), expected, kind);
    }
  });
}

test('an async handler that gives nothing ends a stream of responses with OK, and one response with INTERNAL', async () => {
  const on = await served(handledBy(async () => turns(1)));
  for (const kind of kinds) {
    const expected = getsMany(kind) ? [status.OK, 'OK'] : [status.INTERNAL, 'the handler gave no response'];
    assert.equal(await endOf(bareCall(on.client, kind)), expected, kind);
  }
});

/** Handlers that read, and give nothing. */
const reading: Record<string, (asks$: Asks, save: (ask: { readonly id: number }) => void) => unknown> = {
  'has subscribed to its requests': (asks$, save) => {
    asks$.subscribe(save);
  },
  'has subscribed in a function of its own that goes on': (asks$, save) => {
    void (async () => {
      for await (const ask of iterate(asks$ as never, { gate: 'none' })) save(ask as never);
    })();
  },
  'is async and has subscribed to its requests': async (asks$, save) => {
    asks$.subscribe(save);
    await turns(2);
  },
  'is async and subscribes late': async (asks$, save) => {
    await turns(5);
    asks$.subscribe(save);
  },
  'is async and awaits all of them': async (asks$, save) => {
    await asks$.forEach(save);
  },
};

for (const [what, handler] of Object.entries(reading)) {
  test(`a duplex handler that gives nothing but ${what} ends its call with OK when all were read`, async () => {
    const saved: number[] = [];
    const on = await served({ bidi: (asks$: Asks) => handler(asks$, ({ id }) => saved.push(id)) });
    const bare = bareCall(on.client, 'bidi', { ids: [1, 2, 3], ends: false });
    await until('the requests', () => saved.length === 3);
    await turns(20);
    assert.is(bare.status, undefined);
    bare.call.write({ id: 4 });
    bare.call.end();
    assert.equal(await endOf(bare), [status.OK, 'OK']);
    assert.equal([saved, idsOf(bare)], [[1, 2, 3, 4], []]);
    assert.equal(await outcomesOf(on), { completed: 1, failed: 0, cancelled: 0 });
  });
}

test('a duplex handler that gives nothing and subscribes again, after its first subscription has ended, loses nothing', async () => {
  const saved: number[] = [];
  const on = await served({
    bidi: (asks$: Asks) => {
      const save = ({ id }: { readonly id: number }): number => saved.push(id);
      const again = (): unknown => asks$.subscribe(save);
      asks$.pipe(take(1)).subscribe({ next: save, complete: () => setTimeout(again, 20) });
    },
  });
  assert.equal(await endOf(bareCall(on.client, 'bidi', { ids: [1, 2, 3] })), [status.OK, 'OK']);
  assert.equal(saved, [1, 2, 3]);
});

test('an async duplex handler that gives nothing ends its call when its last subscriber has left', async () => {
  const saved: number[] = [];
  const on = await served({
    bidi: async (asks$: Asks) => {
      asks$.pipe(take(2)).subscribe(({ id }) => saved.push(id));
      await turns(1);
    },
  });
  const bare = bareCall(on.client, 'bidi', { ids: [1], ends: false });
  await turns(20);
  assert.is(bare.status, undefined);
  bare.call.write({ id: 2 });
  assert.equal(await endOf(bare), [status.OK, 'OK']);
  assert.equal(saved, [1, 2]);
});

test('a client-stream handler that gives nothing ends its call with INTERNAL, whatever it has subscribed to', async () => {
  const on = await served({
    clientStream: (asks$: Asks) => {
      asks$.subscribe();
    },
  });
  const bare = bareCall(on.client, 'clientStream', { ends: false });
  assert.equal(await endOf(bare), [status.INTERNAL, 'the handler gave no response']);
});

test('a handler that saves and answers nothing is told what to do, and does it', async () => {
  const save = async (): Promise<void> => turns(1);
  const on = await served({ bidi: (asks$: Asks) => asks$.pipe(consume(save)) });
  assert.match(
    (await bareCall(on.client, 'bidi').ended).details,
    /undefined: leave it out, with filter or ignoreElements$/,
  );
  for (const operator of [ignoreElements(), filter((each) => each !== undefined)]) {
    const cured = await served({ bidi: (asks$: Asks) => asks$.pipe(mergeMap(save), operator as never) });
    assert.equal(await endOf(bareCall(cured.client, 'bidi')), [status.OK, 'OK']);
  }
});

test('the rest of a result of which one response is due is left: an Observable, a generator, an async generator', async () => {
  const left: string[] = [];
  const made: Record<string, () => unknown> = {
    Observable: () => new Observable((subscriber) => (subscriber.next(two[0]), () => left.push('Observable'))),
    generator: function* () {
      try {
        yield* two;
      } finally {
        left.push('generator');
      }
    },
    'async generator': async function* () {
      try {
        yield* slowly();
      } finally {
        left.push('async generator');
      }
    },
  };
  for (const result of Object.values(made)) {
    const on = await served(handledBy(result, ['unary', 'clientStream']));
    for (const kind of ['unary', 'clientStream'] as const) await bareCall(on.client, kind).ended;
  }
  await until('all to be left', () => left.length === 6);
  assert.equal(left, ['Observable', 'Observable', 'generator', 'generator', 'async generator', 'async generator']);
});

test('a result that waits is left when the call is cancelled, in all four kinds', async () => {
  const left: string[] = [];
  const on = await served(
    handledBy(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => (left.push('iterator'), Promise.resolve({ done: true })),
      }),
    })),
  );
  const observed = await served(handledBy(() => new Observable(() => () => left.push('Observable'))));
  for (const { client, serving } of [on, observed]) {
    const calls = kinds.map((kind) => bareCall(client, kind));
    await until('the calls', () => serving.stats().open === 4);
    for (const { call } of calls) call.cancel();
    await Promise.all(calls.map(({ ended }) => ended));
    await until('the calls to end', () => serving.stats().cancelled === 4);
  }
  await until('all to be left', () => left.length === 8);
});

test('what an async handler gives after its call has ended is not subscribed to', async () => {
  let subscribed = 0;
  const on = await served(
    handledBy(async (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return defer(() => ((subscribed += 1), NEVER));
    }),
  );
  const calls = kinds.map((kind) => bareCall(on.client, kind));
  await until('the calls', () => on.serving.stats().open === 4);
  await turns(5);
  for (const { call } of calls) call.cancel();
  await until('the calls to end', () => on.serving.stats().cancelled === 4);
  await turns(5);
  assert.is(subscribed, 0);
});

test('a response that comes late, after its stream was quiet, is sent', async () => {
  const results$ = new Subject<object>();
  const on = await served({ serverStream: () => concat(of({ id: 1 }), results$) });
  const bare = bareCall(on.client, 'serverStream');
  await until('the first', () => bare.answers.length === 1);
  results$.next({ id: 2 });
  await until('the second', () => bare.answers.length === 2);
  results$.complete();
  assert.equal(await endOf(bare), [status.OK, 'OK']);
});

/** A service whose messages are JSON: anything may be one. */
const json = {
  serialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  deserialize: (bytes: Buffer) => JSON.parse(bytes.toString()) as unknown,
};
const method = (name: string, requestStream: boolean, responseStream: boolean): ServiceDefinition => ({
  [name]: {
    path: `/json.Json/${name}`,
    requestStream,
    responseStream,
    requestSerialize: json.serialize,
    requestDeserialize: json.deserialize,
    responseSerialize: json.serialize,
    responseDeserialize: json.deserialize,
  },
});
const JsonService: ServiceDefinition = { ...method('One', false, false), ...method('Many', false, true) };

type JsonClient = Client & {
  One(request: unknown, done: (error: Error | null, response?: unknown) => void): void;
  Many(request: unknown): NodeJS.ReadableStream;
};

test('with a codec of another kind any value is a message, but for what would never be one', async () => {
  const server = new Server();
  const values: Record<string, () => unknown> = {
    text: () => 'abc',
    number: () => 5,
    false: () => false,
    list: () => of([1, 2]),
    none: () => of(Promise.resolve(1)),
    function: () => of(() => 1),
    generator: () => of(1).pipe(map(generated)),
  };
  const give = (name: unknown): unknown => values[name as string]?.();
  serve(server, JsonService, { one: give, many: give } as object);
  const port = await listen(server);
  const JsonClient = makeClientConstructor(JsonService, 'json.Json');
  const client = new JsonClient(`127.0.0.1:${String(port)}`, credentials.createInsecure()) as unknown as JsonClient;
  stopped({ stop: () => client.close() });
  stopped({ stop: () => server.forceShutdown() });
  const one = (name: string): Promise<unknown> =>
    new Promise((resolve) => client.One(name, (error, response) => resolve(error ? error.message : response)));
  const many = async (name: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    await new Promise<void>((resolve) => {
      const call = client.Many(name);
      call.on('data', (value) => found.push(value));
      call.on('error', (error: Error) => found.push(error.message));
      call.on('end', () => setImmediate(resolve));
    });
    return found;
  };
  for (const [name, expected] of Object.entries({ text: 'abc', number: 5, false: false, list: [1, 2] })) {
    assert.equal([await one(name), await many(name)], [expected, [expected]], name);
  }
  for (const name of ['none', 'function', 'generator']) {
    assert.match(String(await one(name)), /^13 INTERNAL: a response must not be a/, name);
    assert.match(String(await many(name)), /^13 INTERNAL: a response must not be a/, name);
  }
});

test.run();
