import { once } from 'node:events';

import { Server, status } from '@grpc/grpc-js';
import { StatusError, rx, serve } from 'rxduplex';
import type { CallContext, HandlerFailure } from 'rxduplex';
import { NEVER, concat, config, lastValueFrom, map, of, range, throwError } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { codeOf } from '../../lib/errors.js';
import { bareCall, bareClient, endOf, outcomesOf, served } from '../support/bare-kinds.js';
import { KindsService } from '../support/generated/kinds.js';
import { kinds } from '../support/kinds.js';
import type { Kind } from '../support/kinds.js';
import { listen, stopAll, stopped, turns, until } from '../support/peer.js';

const warnings: (Error & { readonly code?: string })[] = [];
const note = (warning: Error): void => void warnings.push(warning);

test.before.each(() => {
  warnings.length = 0;
  process.on('warning', note);
});

test.after.each(() => {
  stopAll();
  process.off('warning', note);
  config.onUnhandledError = null;
});

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A server whose failures nobody listens to. A kind is warned of once in a process: so each test has errors of its own. */
async function unheard(handlers: object): Promise<(kind: Kind) => Promise<[number, string]>> {
  const server = new Server();
  serve(server, KindsService, handlers);
  const client = bareClient(await listen(server));
  stopped({ stop: () => client.close() });
  stopped({ stop: () => server.forceShutdown() });
  return (kind) => endOf(bareCall(client, kind));
}

const messages = (): string[] => warnings.map(({ message }) => message);

test('each call that fails is an entry of failures$, with its method, its peer and the error', async () => {
  const error = new Error('boom');
  const on = await served(
    Object.fromEntries(
      kinds.map((kind) => [
        kind,
        () => {
          throw error;
        },
      ]),
    ),
  );
  for (const kind of kinds) await bareCall(on.client, kind).ended;
  assert.equal(
    on.failures.map(({ method, error: told }) => [method, told]),
    ['Unary', 'ClientStream', 'ServerStream', 'Bidi'].map((name) => [`/kinds.Kinds/${name}`, error]),
  );
  for (const { peer } of on.failures) assert.match(peer, /^127\.0\.0\.1:\d+$/);
  assert.equal(warnings, []);
});

test('a failure is told at once, also when the client reads nothing', async () => {
  const on = await served({
    serverStream: () =>
      concat(
        range(0, 500).pipe(map((id) => ({ id, payload: Buffer.alloc(1024) }))),
        throwError(() => new Error('boom')),
      ),
  });
  const bare = bareCall(on.client, 'serverStream');
  bare.call.pause();
  await until('the failure', () => on.failures.length === 1);
  assert.equal([on.serving.stats().open, on.serving.stats().failed], [1, 0]);
  bare.call.cancel();
  assert.equal(await outcomesOf(on), { completed: 0, failed: 1, cancelled: 0 });
  assert.is(on.failures.length, 1);
});

test('a failure that nobody listens for is warned of, with its message and where it was thrown', async () => {
  const call = await unheard({
    unary: () => {
      throw new RangeError('only warned of once');
    },
  });
  assert.equal(await call('unary'), [status.UNKNOWN, 'the handler failed']);
  await call('unary');
  await turns(2);
  assert.is(warnings.length, 1);
  assert.equal([warnings[0]?.name, warnings[0]?.code], ['RxDuplexWarning', 'RXDUPLEX_HANDLER_FAILED']);
  assert.match(
    messages()[0] ?? '',
    /^the handler of \/kinds\.Kinds\/Unary has failed, and nobody is subscribed to failures\$ of what serve returned: RangeError: only warned of once, at .*failures\.spec\.ts:\d+:\d+/,
  );
});

test('each method and each kind of error is warned of once', async () => {
  const errors = [
    new Error('one'),
    new Error('another of the same kind'),
    Object.assign(new Error('with a code'), { code: 'E_OWN' }),
    Object.assign(new Error('with another'), { code: 'E_OTHER' }),
    new SyntaxError('of another name'),
    'a string',
    { an: 'object' },
  ];
  let next = 0;
  const fail = (): never => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- users do
    throw errors[next++ % errors.length];
  };
  const call = await unheard({ serverStream: fail, bidi: fail });
  for (const kind of ['serverStream', 'bidi'] as const)
    for (let time = 0; time < 2 * errors.length; time += 1) await call(kind);
  await turns(2);
  for (const method of ['ServerStream', 'Bidi']) {
    const told = messages().filter((message) => message.startsWith(`the handler of /kinds.Kinds/${method} has failed`));
    assert.is(told.length, 6);
    assert.match(told[4] ?? '', /: a string$/);
    assert.match(told[5] ?? '', /: \{ an: 'object' \}$/);
  }
});

test('a status that was meant is no warning, but an entry', async () => {
  const meant = [new StatusError(status.NOT_FOUND, 'none'), { code: status.ABORTED, details: 'not now' }];
  let next = 0;
  const fail = (): never => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- as grpc-js has it
    throw meant[next++ % 2];
  };
  const call = await unheard({ unary: fail });
  assert.equal(await call('unary'), [status.NOT_FOUND, 'none']);
  assert.equal(await call('unary'), [status.ABORTED, 'not now']);
  const on = await served({ unary: fail });
  for (const error of meant) {
    await bareCall(on.client, 'unary').ended;
    assert.is(on.failures.at(-1)?.error, error);
  }
  await turns(2);
  assert.equal(warnings, []);
});

test('what the library ends a call for is warned of, with the reason behind it', async () => {
  const unreadable = Object.defineProperty({}, 'id', {
    enumerable: true,
    get: () => {
      throw new Error('no integer');
    },
  });
  const call = await unheard({ bidi: () => of(unreadable), unary: () => undefined });
  await call('bidi');
  await call('unary');
  await turns(2);
  assert.match(messages()[0] ?? '', /: a response could not be serialised, because of no integer$/);
  assert.match(messages()[1] ?? '', /: the handler gave no response$/);
});

test('the ServiceError of a backend is loud, since the client is not told of it', async () => {
  const backend = await served({
    unary: () => {
      throw new StatusError(status.UNAUTHENTICATED, 'your token has expired');
    },
  });
  const call = await unheard({ unary: () => lastValueFrom(rx(backend.client).unary({})) });
  assert.equal(await call('unary'), [status.UNKNOWN, 'the handler failed']);
  await turns(2);
  assert.match(messages()[0] ?? '', /Error: 16 UNAUTHENTICATED: your token has expired/);
  const gateway = await served({
    unary: () =>
      lastValueFrom(rx(backend.client).unary({})).catch((error: unknown) => {
        throw StatusError.from(error);
      }),
  });
  assert.equal(await endOf(bareCall(gateway.client, 'unary')), [status.UNAUTHENTICATED, 'your token has expired']);
});

test('an error that cannot be read is warned of all the same', async () => {
  const unreadable = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('no');
      },
      get: () => {
        throw new Error('no');
      },
    },
  );
  const call = await unheard({
    clientStream: () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever it is
      throw unreadable;
    },
  });
  assert.equal(await call('clientStream'), [status.UNKNOWN, 'the handler failed']);
  await turns(2);
  assert.match(messages()[0] ?? '', /its error cannot be read$/);
});

/** Async handlers that fail when their call has been cancelled. */
const late: Record<string, [fail: (context: CallContext) => Promise<unknown>, isWarnedOf: boolean]> = {
  'a bug': [
    async ({ signal }) => {
      await once(signal, 'abort');
      throw new TypeError('a late bug');
    },
    true,
  ],
  'the reason of its signal': [
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    false,
  ],
  'an AbortError of its own': [({ signal }) => once(new EventTarget() as never, 'never', { signal }), false],
  'a status': [
    async ({ signal }) => {
      await once(signal, 'abort');
      throw new StatusError(status.ABORTED, 'gone');
    },
    false,
  ],
  'the status of a call that was cancelled as well': [
    async ({ signal }) => {
      await once(signal, 'abort');
      throw Object.assign(new Error('1 CANCELLED: gone'), { code: status.CANCELLED, details: 'gone' });
    },
    false,
  ],
};

for (const [what, [fail, isWarnedOf]] of Object.entries(late)) {
  test(`a handler that fails after its call was cancelled, with ${what}, is ${isWarnedOf ? '' : 'not '}warned of`, async () => {
    const on = await served(
      Object.fromEntries(kinds.map((kind) => [kind, (_: unknown, context: CallContext) => fail(context)])),
    );
    const calls = kinds.map((kind) => bareCall(on.client, kind));
    await until('the calls', () => on.serving.stats().open === 4);
    for (const { call } of calls) call.cancel();
    assert.equal(await outcomesOf(on), { completed: 0, failed: 0, cancelled: 4 });
    await turns(5);
    assert.equal(on.failures, []);
    assert.is(warnings.length, isWarnedOf ? 4 : 0);
    for (const message of messages())
      assert.match(message, /has failed after its call had ended: TypeError: a late bug, at /);
  });
}

test('a generator that fails when it is left after its one response is warned of, and the response stands', async () => {
  const on = await served({
    *unary() {
      try {
        yield { id: 1 };
      } finally {
        throw new EvalError('in finally');
      }
    },
  });
  assert.equal(await endOf(bareCall(on.client, 'unary')), [status.OK, 'OK']);
  await turns(2);
  assert.match(messages()[0] ?? '', /has failed after its call had ended: EvalError: in finally/);
});

test('a subscriber of failures$ that throws harms neither the calls nor the books nor the other subscribers', async () => {
  const reported: unknown[] = [];
  config.onUnhandledError = (error) => void reported.push(error);
  const on = await served({
    unary: ({ id }: { readonly id: number }) => {
      if (id === 1) throw new Error('boom');
      return { id };
    },
  });
  const mine = new Error('mine');
  on.serving.failures$.subscribe(() => {
    throw mine;
  });
  const after: HandlerFailure[] = [];
  on.serving.failures$.subscribe((failure) => after.push(failure));
  for (const [id, code] of [
    [1, status.UNKNOWN],
    [2, status.OK],
    [1, status.UNKNOWN],
  ] as const) {
    assert.is((await bareCall(on.client, 'unary', { ids: [id] }).ended).code, code);
  }
  assert.equal(await outcomesOf(on), { completed: 1, failed: 2, cancelled: 0 });
  await turns(2);
  assert.equal([on.failures.length, after.length, reported], [2, 2, [mine, mine]]);
});

test('what could not be sent of a call is warned of once for a method and a part', async () => {
  const call = await unheard({
    unary: (_: unknown, { initialMetadata, trailers }: CallContext) => {
      for (const own of [initialMetadata, trailers]) {
        own.add('retry-after', '1');
        own.add('retry-after', '2');
      }
      throw new StatusError(status.ABORTED, 'x'.repeat(10_000));
    },
  });
  for (let time = 0; time < 3; time += 1) assert.is((await call('unary'))[0], status.ABORTED);
  await turns(2);
  assert.equal(
    warnings.map(({ code }) => code),
    Array(3).fill('RXDUPLEX_LEFT_OUT'),
  );
  const starts = [
    'initial metadata without retry-after',
    'trailers without retry-after',
    'text of the status without its end',
  ];
  for (const [at, start] of starts.entries())
    assert.ok(
      messages()[at]?.startsWith(`/kinds.Kinds/Unary sends its ${start}: each entry must be valid`),
      messages()[at],
    );
});

// The signal of a call

const aborts: Record<string, (context: CallContext, input: unknown) => unknown> = {
  'responses that come too fast': () => range(0, 50_000).pipe(map((id) => ({ id }))),
  'a response that is none': () => concat(of(Promise.resolve({ id: 1 })), NEVER),
  'initial metadata that are too large': ({ initialMetadata }) => {
    initialMetadata.set('i', 'x'.repeat(10_000));
    return NEVER;
  },
};

for (const [what, handler] of Object.entries(aborts)) {
  test(`the signal is aborted, and requests$ fails, when the library ends the call for ${what}`, async () => {
    const told: unknown[] = [];
    const on = await served(
      {
        bidi: (asks$: typeof NEVER, context: CallContext) => {
          context.signal.addEventListener('abort', () => told.push('aborted'));
          asks$.subscribe({
            error: (error: unknown) => told.push(codeOf(error)),
            complete: () => told.push('complete'),
          });
          return handler(context, asks$);
        },
      },
      { outgoing: { maxMessages: 10 } },
    );
    assert.not.equal((await bareCall(on.client, 'bidi', { ends: false }).ended).code, status.OK);
    assert.equal(told, ['aborted', 'CANCELLED']);
    assert.equal(await outcomesOf(on), { completed: 0, failed: 1, cancelled: 0 });
  });
}

test('the signal is not aborted by an end of the handler’s own, be it OK or a failure', async () => {
  const signals: AbortSignal[] = [];
  const results: (() => unknown)[] = [
    () => ({ id: 1 }),
    () => Promise.resolve([{ id: 1 }]),
    () => {
      throw new StatusError(status.ABORTED, 'mine');
    },
    () => Promise.reject(new StatusError(status.ABORTED, 'mine')),
    () =>
      concat(
        of({ id: 1 }),
        throwError(() => new StatusError(status.ABORTED, 'mine')),
      ),
  ];
  for (const result of results) {
    const handler = (_: unknown, { signal }: CallContext): unknown => (signals.push(signal), result());
    const on = await served(Object.fromEntries(kinds.map((kind) => [kind, handler])));
    for (const kind of kinds) await bareCall(on.client, kind).ended;
    await outcomesOf(on);
  }
  await turns(3);
  assert.equal(
    signals.map(({ aborted }) => aborted),
    Array(4 * results.length).fill(false),
  );
});

test('the signal takes any number of listeners', async () => {
  const on = await served({
    bidi: (_: unknown, { signal }: CallContext) => {
      for (let count = 0; count < 100; count += 1) signal.addEventListener('abort', () => count);
      return NEVER;
    },
  });
  const bare = bareCall(on.client, 'bidi');
  await until('the call', () => on.serving.stats().open === 1);
  await wait(5);
  bare.call.cancel();
  await outcomesOf(on);
  assert.equal(warnings, []);
});

test('a failure while the client goes on writing ends the call at once', async () => {
  const on = await served({
    bidi: (asks$: typeof NEVER) =>
      asks$.pipe(
        map(() => {
          throw new Error('boom');
        }),
      ),
  });
  const bare = bareCall(on.client, 'bidi', { ends: false });
  const timer = setInterval(() => bare.call.write({ id: 1 }), 1);
  assert.is((await bare.ended).code, status.UNKNOWN);
  clearInterval(timer);
});

test.run();
