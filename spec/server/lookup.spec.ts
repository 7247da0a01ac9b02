import { Server } from '@grpc/grpc-js';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { RxDuplexError, serve } from 'rxduplex';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { bareCall, idsOf, served } from '../support/bare-kinds.js';
import { KindsClient, KindsService } from '../support/generated/kinds.js';
import type { Ask__Output } from '../support/generated/kinds.js';
import { kinds } from '../support/kinds.js';
import { stopAll } from '../support/peer.js';

test.after.each(stopAll);

type Asks = Observable<Ask__Output>;

class Doubling {
  readonly #factor = 2;
  readonly prefix = 'data';
  unary({ id }: Ask__Output): object {
    return { id: this.twice(id) };
  }
  clientStream(asks$: Asks): object {
    return asks$.pipe(map((ask) => this.unary(ask)));
  }
  *serverStream(ask: Ask__Output): Generator<object> {
    yield this.unary(ask);
  }
  bidi(asks$: Asks): object {
    return asks$.pipe(map((ask) => this.unary(ask)));
  }
  protected twice(id: number): number {
    return this.#factor * id;
  }
}

class Derived extends Doubling {
  override unary({ id }: Ask__Output): object {
    return { id: this.twice(id) };
  }
}

class Arrows {
  readonly prefix = 2;
  unary = ({ id }: Ask__Output): object => ({ id: this.prefix * id });
  clientStream = (asks$: Asks): object => asks$.pipe(map((ask) => this.unary(ask)));
  serverStream = (ask: Ask__Output): object => [this.unary(ask)];
  bidi = (asks$: Asks): object => asks$.pipe(map((ask) => this.unary(ask)));
}

const literal = {
  factor: 2,
  helper(id: number): number {
    return this.factor * id;
  },
  unary({ id }: Ask__Output): object {
    return { id: this.helper(id) };
  },
  clientStream(asks$: Asks): object {
    return asks$.pipe(map((ask) => this.unary(ask)));
  },
  get serverStream(): (ask: Ask__Output) => object {
    return (ask) => [this.unary(ask)];
  },
  bidi(asks$: Asks): object {
    return asks$.pipe(map((ask) => this.unary(ask)));
  },
};

const capitalised = {
  Unary: ({ id }: Ask__Output): object => ({ id: 2 * id }),
  ClientStream: (asks$: Asks): object => asks$.pipe(map(({ id }) => ({ id: 2 * id }))),
  ServerStream: ({ id }: Ask__Output): object => [{ id: 2 * id }],
  Bidi: (asks$: Asks): object => asks$.pipe(map(({ id }) => ({ id: 2 * id }))),
};

const doubling: Record<string, object> = {
  'an instance of a class, with private fields, data and helpers': new Doubling(),
  'an instance of a derived class': new Derived(),
  'an instance whose handlers are arrow functions': new Arrows(),
  'an object literal with this, a helper and a getter': literal,
  'an object with another as its prototype': Object.create(literal) as object,
  'an object without a prototype': Object.assign(Object.create(null) as object, capitalised),
  'names as in the proto': capitalised,
  'a Proxy of an object': new Proxy(literal, {}),
  'a Proxy that only gives members': new Proxy(
    {},
    { get: (_, name) => (literal as Record<PropertyKey, unknown>)[name] },
  ),
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- what a user may well write
  'static methods of a class': class {
    static unary = capitalised.Unary;
    static clientStream = capitalised.ClientStream;
    static serverStream = capitalised.ServerStream;
    static bidi = capitalised.Bidi;
  },
};

for (const [what, handlers] of Object.entries(doubling)) {
  test(`handlers of all four kinds may be ${what}`, async () => {
    const { client } = await served(handlers);
    for (const kind of kinds) {
      const bare = bareCall(client, kind, { ids: [21] });
      const { code } = await bare.ended;
      assert.equal([code, idsOf(bare)], [0, [42]], kind);
    }
  });
}

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    assert.ok(RxDuplexError.is(error) && error.code === 'BAD_OPTION', String(error));
    return error.message;
  }
  throw new Error('it was not refused');
};

const refused = (handlers: unknown, service: unknown = KindsService): string =>
  refusal(() => serve(new Server(), service as ServiceDefinition, handlers as object));

/** The paths that a server answers. */
function paths(handlers: object, service: ServiceDefinition = KindsService): string[] {
  const added: string[] = [];
  const server = {
    addService: (methods: ServiceDefinition) => added.push(...Object.values(methods).map(({ path }) => path)),
  };
  serve(server as unknown as Server, service, handlers);
  return added.map((path) => path.slice(path.lastIndexOf('/') + 1));
}

const handler = (): object => ({});
const names = 'unary, clientStream, serverStream, bidi, gETUrl';

test('nothing to serve is refused, with the names that were looked for', () => {
  const start = `BAD_OPTION: handlers must have a function for one of ${names}; `;
  assert.is(refused({}), `${start}got an object without functions`);
  assert.is(refused({ unary: undefined }), `${start}got an object without functions`);
  assert.is(refused({ save: handler }), `${start}got an object with save`);
  assert.is(refused(Doubling), `${start}got the class Doubling itself: give an instance of it`);
  assert.is(refused(handler), `${start}got a function`);
  assert.is(refused(Promise.resolve(literal)), `${start}got a promise: await it`);
});

test('a class with nothing but a misspelt handler is told so', () => {
  class Misspelt {
    unray(): object {
      return {};
    }
  }
  assert.match(refused(new Misspelt()), /got an object with unray; did you mean unary\?$/);
});

test('handlers that are no object are refused', () => {
  for (const handlers of [undefined, null, 5, 'unary', true, [handler]]) {
    assert.match(refused(handlers), /^BAD_OPTION: handlers must be an object with a function for each method; got /);
  }
});

test('a member by the name of a method is a function, or undefined', () => {
  assert.is(refused({ unary: null }), 'BAD_OPTION: unary must be a function; got null');
  assert.is(refused({ bidi: handler, unary: 7 }), 'BAD_OPTION: unary must be a function; got 7');
  assert.is(refused({ bidi: handler, Unary: {} }), 'BAD_OPTION: Unary must be a function; got an object');
  assert.equal(paths({ bidi: handler, unary: undefined }), ['Bidi']);
});

test('two handlers for one method are refused, and one by two names is not', () => {
  assert.is(
    refused({ unary: handler, Unary: () => ({}) }),
    'BAD_OPTION: Unary and unary are names of one method: give one handler',
  );
  assert.equal(paths({ unary: handler, Unary: handler }), ['Unary']);
});

for (const [name, meant] of Object.entries({
  unery: 'unary',
  UNARY: 'unary',
  unray: 'unary',
  bid: 'bidi',
  serverstream: 'serverStream',
  serverStreams: 'serverStream',
  geturl: 'gETUrl',
})) {
  test(`${name} is refused where ${meant} has no handler`, () => {
    assert.is(
      refused({ clientStream: handler, [name]: handler }),
      `BAD_OPTION: ${name} is no method of the service; did you mean ${meant}?`,
    );
  });
}

test('other members are left alone: data, helpers, and what is near to a method that has a handler', () => {
  assert.equal(paths({ unary: handler, unari: handler, save: handler, bid: 'data', db: { bidi: handler } }), ['Unary']);
  const members = {
    unary: handler,
    get data(): never {
      throw new Error('this getter is nobody else’s business');
    },
  };
  assert.equal(paths(members), ['Unary']);
});

function serviceWith(...methods: string[]): ServiceDefinition {
  const rpcs = methods.map((name) => `rpc ${name}(M) returns (M);`).join(' ');
  const { root } = protobuf.parse(`syntax = "proto3"; package t; message M { string id = 1; } service T { ${rpcs} }`);
  return fromJSON(root.toJSON())['t.T'] as ServiceDefinition;
}

test('what every object and every function has is no handler, unless the object has its own', () => {
  const service = serviceWith('ToString', 'HasOwnProperty', 'Constructor', 'Apply', 'One');
  class Plain {
    one(): object {
      return {};
    }
  }
  class Own extends Plain {
    override toString(): string {
      return '';
    }
  }
  assert.equal(paths(new Plain(), service), ['One']);
  assert.equal(paths(new Own(), service), ['ToString', 'One']);
  assert.equal(paths({ constructor: handler }, service), ['Constructor']);
  assert.equal(
    paths(
      Object.assign(() => undefined, { one: handler }),
      service,
    ),
    ['One'],
  );
});

test('a name is not taken for a misspelling if it is that of another method', () => {
  assert.equal(paths({ getA: handler }, serviceWith('GetA', 'GetB')), ['GetA']);
});

test('in a name of three letters one slip is a misspelling, and two are another word', () => {
  const service = serviceWith('Get', 'Put');
  assert.equal(paths({ get: handler, pat: undefined, cat: handler }, service), ['Get']);
  assert.match(refused({ get: handler, pur: handler }, service), /pur is no method of the service; did you mean put\?/);
  assert.match(refused({ get: handler, ptu: handler }, service), /ptu is no method of the service; did you mean put\?/);
});

test('a server and a service that are none are refused', () => {
  const service = /^BAD_OPTION: service must be the definition of a service, with at least one method; got /;
  for (const wrong of [undefined, null, 5, {}, { Unary: {} }, { KindsService }]) {
    assert.match(
      refusal(() => serve(new Server(), wrong as ServiceDefinition, literal)),
      service,
    );
  }
  assert.is(
    refused(literal, KindsClient),
    'BAD_OPTION: service must be a definition; got the client ServiceClientImpl: give ServiceClientImpl.service',
  );
  for (const wrong of [undefined, null, {}, 'server']) {
    assert.match(
      refusal(() => serve(wrong as Server, KindsService, literal)),
      /^BAD_OPTION: server must be an instance of grpc-js's Server; got /,
    );
  }
});

test('if one handler is refused, none is added', () => {
  const server = new Server();
  assert.throws(() => serve(server, KindsService, { unary: handler, bidi: 5 } as object));
  assert.not.throws(() => serve(server, KindsService, { unary: handler }));
});

test.run();
