import { once } from 'node:events';
import { connect } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';

import { Metadata, status } from '@grpc/grpc-js';
import { RxDuplexError, StatusError, rx } from 'rxduplex';
import type { CallContext } from 'rxduplex';
import { concat, lastValueFrom, of, throwError } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { anotherMetadata } from '../support/another-grpc.js';
import { bareCall, endOf, idsOf, outcomesOf, served } from '../support/bare-kinds.js';
import type { Served } from '../support/bare-kinds.js';
import { getsMany, kinds, metadataOf } from '../support/kinds.js';
import { stopAll } from '../support/peer.js';
import { frameOf } from '../support/wire.js';

test.after.each(stopAll);

const Another = anotherMetadata();

const error = (parts: object): Error => Object.assign(new Error('went wrong'), parts);
const meant = (metadata: unknown): Error => error({ code: status.INVALID_ARGUMENT, details: 'not that', metadata });

function metadataBy(Made: typeof Metadata, ...added: [key: string, value: unknown][]): Metadata {
  const metadata = new Made();
  for (const [key, value] of added) metadata.add(key, value as string);
  return metadata;
}

const hostile = new Proxy(
  {},
  Object.fromEntries(
    ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor'].map((trap) => [
      trap,
      () => {
        throw new Error(trap);
      },
    ]),
  ),
);

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwing = (...names: string[]): PropertyDescriptorMap =>
  Object.fromEntries(
    names.map((name) => [
      name,
      {
        get: () => {
          throw new Error(name);
        },
      },
    ]),
  );

const serviceError = Object.assign(new Error('16 UNAUTHENTICATED: the token of the gateway'), {
  code: status.UNAUTHENTICATED,
  details: 'the token of the gateway',
  metadata: metadataOf({ a: 'b' }),
});

type Told = [code: number, details: string, a?: string];
const unknown: Told = [status.UNKNOWN, 'the handler failed'];
const told: Told = [status.INVALID_ARGUMENT, 'not that'];
const toldWith: Told = [status.INVALID_ARGUMENT, 'not that', 'b'];

/** Whatever a handler may throw, and what the client is told: the code, the details, and `a` of the trailers. */
const thrown: Record<string, [thrown: () => unknown, told: Told]> = {
  'a StatusError': [
    () => new StatusError(status.INVALID_ARGUMENT, 'not that', { metadata: metadataOf({ a: 'b' }) }),
    toldWith,
  ],
  'a StatusError from that of a backend': [
    () => StatusError.from(serviceError),
    [status.UNAUTHENTICATED, 'the token of the gateway', 'b'],
  ],
  'a StatusError from any other error': [
    () => StatusError.from(new Error('secret')),
    [status.UNKNOWN, 'unknown error'],
  ],
  'an error of the shape of grpc-js': [() => meant(metadataOf({ a: 'b' })), toldWith],
  'an object of the shape of grpc-js': [() => ({ code: status.INVALID_ARGUMENT, details: 'not that' }), told],
  'the ServiceError of a backend': [() => serviceError, unknown],
  'metadata of another copy of grpc-js': [() => meant(metadataBy(Another, ['a', 'b'])), toldWith],
  'Headers of fetch as metadata': [() => meant(new Headers({ a: 'b' })), told],
  'a plain object as metadata': [() => meant({ a: 'b' }), told],
  'a Map as metadata': [() => meant(new Map([['a', 'b']])), told],
  'a string as metadata': [() => meant('a'), told],
  'null as metadata': [() => meant(null), told],
  'metadata that throw': [() => meant(Object.defineProperties({}, throwing('getMap', 'get'))), told],
  'metadata whose getter throws': [
    () => Object.defineProperties(error({ code: 3, details: 'not that' }), throwing('metadata')),
    told,
  ],
  'metadata with undefined, a number and bytes': [
    () => meant(Object.assign(metadataBy(Metadata, ['u', undefined], ['n', 5], ['a', 'b']), {})),
    toldWith,
  ],
  'metadata that belong to the transport': [
    () =>
      meant(
        metadataOf({
          a: 'b',
          'grpc-status': '0',
          'grpc-message': 'x',
          'content-type': 'text/plain',
          connection: 'close',
          te: 'x',
          host: 'x',
          'content-length': '9',
          'transfer-encoding': 'chunked',
          upgrade: 'x',
          'keep-alive': 'x',
        }),
      ),
    toldWith,
  ],
  'several values of what HTTP/2 has one of': [
    () =>
      meant(metadataBy(Metadata, ['a', 'b'], ['retry-after', '1'], ['retry-after', '2'], ['date', 'x'], ['date', 'y'])),
    toldWith,
  ],
  'details with a newline and an umlaut': [
    () => error({ code: 3, details: 'zwei\nZeilen: ü 😀 %41' }),
    [3, 'zwei\nZeilen: ü 😀 %41'],
  ],
  'halves of characters': [() => error({ code: 3, details: '\ud83dab\ude00' }), [3, '\ufffdab\ufffd']],
  'no details': [() => error({ code: 3 }), unknown],
  'details that are an object': [() => error({ code: 3, details: { field: 'name' } }), unknown],
  'details that are a list': [() => error({ code: 3, details: [] }), unknown],
  'code 0': [() => error({ code: 0, details: 'secret' }), unknown],
  'code 17': [() => error({ code: 17, details: 'secret' }), unknown],
  'code 5.5': [() => error({ code: 5.5, details: 'secret' }), unknown],
  'code NaN': [() => error({ code: NaN, details: 'secret' }), unknown],
  "code '5'": [() => error({ code: '5', details: 'secret' }), unknown],
  'code 16': [() => error({ code: 16, details: 'no' }), [16, 'no']],
  'a plain error': [() => new Error('secret'), unknown],
  'a DOMException with a number': [() => new DOMException('secret', 'NotFoundError'), unknown],
  'an AbortError': [() => AbortSignal.abort().reason as unknown, unknown],
  'an error of a database driver': [() => error({ code: 13, codeName: 'Unauthorized', ok: 0 }), unknown],
  'an error of a child process': [() => error({ code: 2, killed: false, cmd: 'report --token abc' }), unknown],
  'an error of ours': [() => new RxDuplexError('OVERFLOW', 'secret'), unknown],
  'a text of 100 kB': [() => new Error('x'.repeat(100_000)), unknown],
  'a circular error': [() => ((each) => Object.assign(each, { cause: each, self: each }))(meant(undefined)), told],
  'a frozen error': [() => Object.freeze(meant(Object.freeze(metadataOf({ a: 'b' })))), toldWith],
  'a Proxy of an error': [() => new Proxy(meant(undefined), {}), told],
  'a Proxy that throws whatever is asked': [() => hostile, unknown],
  'a revoked Proxy': [revoked, unknown],
  'an object whose getters throw': [
    () => Object.defineProperties({}, throwing('code', 'details', 'message', 'stack', 'name')),
    unknown,
  ],
  'an Error whose getters throw': [
    () => Object.defineProperties(new Error(), throwing('code', 'message', 'stack', 'name', 'cause')),
    unknown,
  ],
  'a string': [() => 'secret', unknown],
  'a number': [() => 5, unknown],
  'a symbol': [() => Symbol('secret'), unknown],
  'a function': [() => () => 'secret', unknown],
  null: [() => null, unknown],
  undefined: [() => undefined, unknown],
  'an object without a prototype': [() => Object.create(null) as unknown, unknown],
};

/** Handlers that fail, at once and later, each in every way that its kind allows. */
const ways: Record<string, (make: () => unknown, context: CallContext) => unknown> = {
  'thrown at once': (make) => {
    throw make();
  },
  'a promise that rejects': async (make) => {
    await Promise.resolve();
    throw make();
  },
  'an Observable that fails': (make) => throwError(make),
  'an async generator that throws': async function* (make) {
    await Promise.resolve();
    throw make();
    yield { id: 0 };
  },
};

for (const [what, [make, expected]] of Object.entries(thrown)) {
  test(`a status leaves at once, in all four kinds and ways: ${what}`, async () => {
    for (const [way, fail] of Object.entries(ways)) {
      for (const withMore of [false, true]) {
        const handler = (_: unknown, context: CallContext): unknown => {
          if (withMore) {
            context.initialMetadata.set('i', '1');
            context.trailers.set('t', '1');
          }
          return fail(make, context);
        };
        const on = await served(Object.fromEntries(kinds.map((kind) => [kind, handler])));
        for (const kind of kinds) {
          const { code, details, metadata } = await bareCall(on.client, kind).ended;
          const [expectedCode, expectedDetails, a] = expected;
          assert.equal([code, details], [expectedCode, expectedDetails], `${kind}, ${way}`);
          assert.equal(
            [metadata.get('a'), metadata.get('t')],
            [a === undefined ? [] : [a], withMore ? ['1'] : []],
            way,
          );
        }
        assert.equal(await outcomesOf(on), { completed: 0, failed: 4, cancelled: 0 });
        const [first] = on.failures;
        if (what === 'a plain error') assert.is((first?.error as Error).message, 'secret');
        assert.is(on.failures.length, 4);
        on.client.close();
        on.server.forceShutdown();
      }
    }
  });
}

test('a status comes after the responses before it', async () => {
  const on = await served({
    bidi: () =>
      concat(
        of({ id: 1 }, { id: 2 }),
        throwError(() => new StatusError(status.ABORTED, 'enough')),
      ),
  });
  const bare = bareCall(on.client, 'bidi');
  assert.equal(await endOf(bare), [status.ABORTED, 'enough']);
  assert.equal(idsOf(bare), [1, 2]);
});

test('the metadata of an error that is thrown again and again stay as they are', async () => {
  const shared = new StatusError(status.NOT_FOUND, 'none', { metadata: metadataOf({ a: 'b' }) });
  const on = await served({
    unary: (_: unknown, { trailers }: CallContext) => {
      trailers.set('t', '1');
      throw shared;
    },
  });
  for (let time = 0; time < 3; time += 1) {
    const { metadata } = await bareCall(on.client, 'unary').ended;
    assert.equal(metadata.get('a'), ['b']);
  }
  assert.equal(shared.metadata.getMap(), { a: 'b' });
});

// What the wire can bear

/** As HTTP/2 counts a list of headers. */
const sizeOf = (headers: Readonly<Record<string, unknown>>): number =>
  Object.entries(headers).reduce(
    (total, [name, values]) =>
      [values].flat().reduce((sum: number, value) => sum + name.length + String(value).length + 32, total),
    0,
  );

/** Asks by HTTP/2 alone, and gives the sizes of what comes beside messages. */
async function headerSizes({ port }: Served): Promise<{ headers: number; trailers: number; status: unknown }> {
  const session = connect(`http://127.0.0.1:${String(port)}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/kinds.Kinds/Bidi',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const received: { headers?: IncomingHttpHeaders; trailers?: IncomingHttpHeaders } = {};
  stream.on('response', (headers) => (received.headers = headers));
  stream.on('trailers', (trailers: IncomingHttpHeaders) => (received.trailers = trailers));
  stream.resume();
  stream.end(frameOf(Buffer.of(8, 1)));
  await once(stream, 'close');
  session.close();
  const { headers = {}, trailers = {} } = received;
  return { headers: sizeOf(headers), trailers: sizeOf(trailers), status: trailers['grpc-status'] };
}

const large = (name: string, bytes: number): Metadata =>
  metadataOf({ small: 's', [name]: 'x'.repeat(bytes), last: 'l' });

/** What a handler may send too much of. */
const tooMuch: Record<string, (context: CallContext) => unknown> = {
  'a text of 100 kB': () => new StatusError(status.INVALID_ARGUMENT, 'x'.repeat(100_000)),
  'a text of 100 kB that is encoded': () => new StatusError(status.INVALID_ARGUMENT, '😀'.repeat(25_000)),
  'a text of newlines': () => new StatusError(status.INVALID_ARGUMENT, '\n'.repeat(5_000)),
  'trailers of 100 kB': () => new StatusError(status.INVALID_ARGUMENT, 'short', { metadata: large('big', 100_000) }),
  'trailers of 7 kB in bytes': () =>
    new StatusError(status.INVALID_ARGUMENT, 'short', {
      metadata: metadataBy(Metadata, ['big-bin', Buffer.alloc(7_000)]),
    }),
  'a thousand trailers': () => {
    const metadata = new Metadata();
    for (let at = 0; at < 1000; at += 1) metadata.set(`t${String(at)}`, 'value');
    return new StatusError(status.INVALID_ARGUMENT, 'short', { metadata });
  },
  'a thousand values of one': () =>
    new StatusError(status.INVALID_ARGUMENT, 'short', {
      metadata: metadataBy(Metadata, ...Array.from({ length: 1000 }, (): [string, string] => ['big', 'value'])),
    }),
  'trailers and a text of 5 kB each': () =>
    new StatusError(status.INVALID_ARGUMENT, 'x'.repeat(5_000), { metadata: large('big', 5_000) }),
  'initial metadata, trailers and a text of 4 kB each': ({ initialMetadata, trailers }) => {
    initialMetadata.set('i', 'x'.repeat(4_000));
    trailers.set('t', 'x'.repeat(4_000));
    return new StatusError(status.INVALID_ARGUMENT, 'x'.repeat(4_000));
  },
};

for (const [what, fail] of Object.entries(tooMuch)) {
  test(`what a call sends beside its messages stays below 8 KiB, and the code arrives: ${what}`, async () => {
    const handler = (_: unknown, context: CallContext): never => {
      throw fail(context);
    };
    const on = await served(Object.fromEntries(kinds.map((kind) => [kind, handler])));
    for (const kind of kinds) assert.is((await bareCall(on.client, kind).ended).code, status.INVALID_ARGUMENT, kind);
    const sizes = await headerSizes(on);
    assert.is(sizes.status, '3');
    assert.ok(sizes.headers + sizes.trailers <= 8192, `${String(sizes.headers)} and ${String(sizes.trailers)} bytes`);
    const failure = await lastValueFrom(rx(on.client).bidi([])).catch((error: unknown) => error);
    assert.is((failure as { code: unknown }).code, status.INVALID_ARGUMENT);
  });
}

test('a text that is too long is cut at a whole character, with an ellipsis; trailers keep their room', async () => {
  const on = await served({
    unary: () => {
      throw new StatusError(status.INVALID_ARGUMENT, '😀'.repeat(5_000), { metadata: large('big', 5_000) });
    },
  });
  const { details, metadata } = await bareCall(on.client, 'unary').ended;
  assert.match(details, /^(😀)+…$/u);
  assert.ok(details.length > 2 * 100);
  assert.equal(metadata.get('big')[0]?.length, 5_000);
});

test('trailers for which there is no room are left out, the others and the text are not', async () => {
  const text = 'x'.repeat(200);
  const on = await served({
    unary: () => {
      throw new StatusError(status.INVALID_ARGUMENT, text, { metadata: large('big', 10_000) });
    },
    bidi: (_: unknown, { trailers }: CallContext) => {
      trailers.merge(large('big', 10_000));
      return [{ id: 1 }];
    },
  });
  for (const [kind, expected] of [
    ['unary', [3, text]],
    ['bidi', [status.OK, 'OK']],
  ] as const) {
    const { code, details, metadata } = await bareCall(on.client, kind).ended;
    assert.equal([code, details], expected);
    assert.equal([metadata.get('small'), metadata.get('big'), metadata.get('last')], [['s'], [], ['l']]);
  }
});

test('what fits is sent whole: 3 kB of each', async () => {
  const [initial, trailing, text] = ['i'.repeat(2_300), 't'.repeat(2_300), 'x'.repeat(2_300)];
  const on = await served(
    Object.fromEntries(
      kinds.map((kind) => [
        kind,
        (_: unknown, { initialMetadata, trailers }: CallContext) => {
          initialMetadata.set('i', initial);
          trailers.set('t', trailing);
          throw new StatusError(status.INVALID_ARGUMENT, text);
        },
      ]),
    ),
  );
  for (const kind of kinds) {
    const bare = bareCall(on.client, kind);
    const { details, metadata } = await bare.ended;
    assert.equal([details, metadata.get('t'), bare.initial[0]?.get('i')], [text, [trailing], [initial]], kind);
  }
});

test('initial metadata that are too large end the call with INTERNAL', async () => {
  const on = await served(
    Object.fromEntries(
      kinds.map((kind) => [
        kind,
        (_: unknown, { initialMetadata }: CallContext) => {
          initialMetadata.set('i', 'x'.repeat(9_000));
          return { id: 1 };
        },
      ]),
    ),
  );
  for (const kind of kinds) {
    const bare = bareCall(on.client, kind);
    assert.equal(await endOf(bare), [
      status.INTERNAL,
      'the initial metadata is larger than a client can receive: 9033 bytes in 1 values',
    ]);
    assert.ok(getsMany(kind) || bare.answers.length === 0);
  }
  assert.equal(await outcomesOf(on), { completed: 0, failed: 4, cancelled: 0 });
  assert.is(on.failures.length, 4);
});

test('what a handler passes on of its client’s metadata does no harm', async () => {
  const on = await served(
    Object.fromEntries(
      kinds.map((kind) => [
        kind,
        (_: unknown, { metadata, initialMetadata, trailers }: CallContext) => {
          for (const own of [initialMetadata, trailers]) {
            own.merge(metadata);
            own.merge(metadata);
          }
          return { id: 1 };
        },
      ]),
    ),
  );
  for (const kind of kinds) {
    const bare = bareCall(on.client, kind, { metadata: metadataOf({ a: 'b', 'retry-after': '5' }) });
    const { code, metadata } = await bare.ended;
    assert.equal([code, metadata.get('a'), bare.answers.length], [status.OK, ['b, b'], 1], kind);
    assert.equal(metadata.get('retry-after'), ['5'], kind);
  }
});

test.run();
