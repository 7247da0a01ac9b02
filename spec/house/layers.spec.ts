import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { arrowsFrom, graphOf } from '../support/imports.js';
import type { Graph } from '../support/imports.js';
import { cycles, reachedFrom, roomOf, violations } from '../support/layers.js';
import type { Rules } from '../support/layers.js';

const house: Rules = {
  layers: [
    {
      name: 'plain',
      modules: [
        'errors',
        'options',
        'names',
        'spelling',
        'promises',
        'warning',
        'status',
        'stats',
        'queue',
        'once-listeners',
        'attempt',
        'canceller',
        'holder',
        'turns',
        'descriptor',
        'message',
        'duplex/backoff',
        'duplex/failures',
        'duplex/transient',
        'inbound/select',
      ],
      types: ['@grpc/grpc-js'],
    },
    {
      name: 'streams',
      modules: ['abort', 'gate', 'joined', 'listeners', 'orderly', 'outgoing/*', 'inbound/*', 'duplex/reconnect'],
      packages: ['rxjs'],
    },
    {
      name: 'calls',
      modules: ['definition', 'metadata', 'status-error', 'wire/*', 'duplex/*', 'calls/*', 'server/*', 'request/*'],
      packages: ['rxjs', '@grpc/grpc-js'],
    },
    { name: 'joined', modules: ['remote', 'remote-options'], packages: ['rxjs', '@grpc/grpc-js'] },
    { name: 'door', modules: ['index', 'internal'] },
    {
      name: 'generated',
      modules: ['generated/**'],
      packages: ['@grpc/grpc-js', '@grpc/proto-loader'],
      sees: ['index'],
    },
    {
      name: 'guests',
      modules: ['replica/*', 'kv/**', 'testing/*'],
      packages: ['rxjs', '@grpc/grpc-js'],
      sees: ['index', 'internal', 'generated/*'],
    },
  ],
  rooms: {
    outgoing: [],
    inbound: [],
    wire: ['outgoing/*'],
    duplex: ['outgoing/*', 'wire/*'],
    calls: ['outgoing/*', 'wire/*', 'duplex/*'],
    server: ['outgoing/*', 'wire/*'],
  },
  exceptions: {
    'duplex/transient': ['@grpc/grpc-js'],
    'inbound/consume': ['denque'],
    'inbound/iterate': ['denque', 'rxjs-for-await'],
    'kv/store/history': ['denque'],
    'kv/store/retention': ['denque'],
    'kv/store/memory': ['sorted-btree'],
    'kv/level/open': ['classic-level'],
  },
};

/** The same within lib/kv/, where what is outside of it is a package like any other. */
const keysAndValues: Rules = {
  layers: [
    {
      name: 'ground',
      modules: ['key', 'not-done', 'options', 'soon', 'under-way'],
      packages: ['../index', '../internal'],
    },
    { name: 'stores', modules: ['store/*', 'level/*'], packages: ['rxjs', '../internal'] },
    {
      name: 'ends',
      modules: ['service/*', 'client/*'],
      packages: ['rxjs', '@grpc/grpc-js', '../index', '../internal'],
      types: ['../generated/kv', '../generated/kvservice'],
    },
    { name: 'door', modules: ['index'], packages: ['../generated/kv', '../generated/kvservice'] },
  ],
  rooms: { store: [], level: ['store/*'], service: ['store/*'], client: ['store/store'] },
  exceptions: {
    'store/history': ['denque'],
    'store/retention': ['denque'],
    'store/memory': ['sorted-btree'],
    'level/open': ['classic-level'],
  },
};

test('every module of lib/ has a layer, and imports only what the layer may', () => {
  assert.equal(violations(graphOf('lib'), house), []);
  assert.equal(violations(graphOf('lib/kv'), keysAndValues), []);
});

test('lib/ has no import cycle, not even one of types', () => {
  // The type of a message that may hold others of its kind is generated with an import of itself.
  const ofItself = /^(generated\/\S+) → \1$/;
  assert.equal(
    cycles(graphOf('lib')).filter((cycle) => !ofItself.test(cycle)),
    [],
  );
});

test('every module of lib/ but the guests is reached from the door', () => {
  const lib = graphOf('lib');
  const reached = new Set([...reachedFrom('index', lib), 'internal']);
  const guests = ['generated', 'replica', 'kv', 'testing'];
  assert.equal(
    [...lib.keys()].filter((module) => !reached.has(module) && !guests.includes(roomOf(module))),
    [],
  );
});

// It loads every module behind the door, so that coverage counts those that no other spec has touched.
test('the door opens', async () => {
  assert.ok(Object.keys(await import('rxduplex')).length > 0);
});

test('a module without a layer is told', () => {
  assert.equal(broken({ 'attic/box': [] }), ['attic/box has no layer']);
});

test('a lower layer may not import a higher one', () => {
  assert.equal(broken({ 'duplex/reconnect': ['wire/pump'], 'wire/pump': [] }), [
    'duplex/reconnect may not import wire/pump',
  ]);
  assert.equal(broken({ remote: ['type index'], index: [] }), ['remote may not import types of index']);
});

test('a layer may import itself and those below', () => {
  assert.equal(
    broken({ 'wire/pump': ['wire/coalesce', 'gate', 'errors'], 'wire/coalesce': [], gate: [], errors: [] }),
    [],
  );
});

test('a layer may import its packages and those of node, and no others', () => {
  assert.equal(broken({ gate: ['rxjs', 'node:events'] }), []);
  assert.equal(broken({ queue: ['rxjs'], gate: ['@grpc/grpc-js'], 'kv/store': ['classic-level'] }), [
    'queue may not import rxjs',
    'gate may not import @grpc/grpc-js',
    'kv/store may not import classic-level',
  ]);
});

test('the plain layer may import types of grpc-js; only transient takes values', () => {
  assert.equal(broken({ errors: ['type @grpc/grpc-js'], 'duplex/transient': ['@grpc/grpc-js'] }), []);
  assert.equal(broken({ errors: ['@grpc/grpc-js'] }), ['errors may not import @grpc/grpc-js']);
});

test('outgoing/ and inbound/ know no sibling, and duplex/ does not know inbound/', () => {
  const siblings = { 'outgoing/outgoing': [], 'inbound/select': [], 'duplex/backoff': [], 'duplex/duplex': [] };
  assert.equal(broken({ ...siblings, 'wire/pump': ['outgoing/outgoing'] }), []);
  assert.equal(
    broken({
      ...siblings,
      'outgoing/feed': ['duplex/backoff'],
      'inbound/split': ['outgoing/outgoing'],
      'wire/pump': ['inbound/select'],
    }),
    [
      'outgoing/feed may not import duplex/backoff',
      'inbound/split may not import outgoing/outgoing',
      'wire/pump may not import inbound/select',
    ],
  );
});

test('server/ uses the pump, never the duplex of the client', () => {
  assert.equal(broken({ 'server/respond': ['wire/pump'], 'wire/pump': [] }), []);
  assert.equal(broken({ 'server/respond': ['duplex/duplex'], 'duplex/duplex': [] }), [
    'server/respond may not import duplex/duplex',
  ]);
});

test('guests come in by the doors', () => {
  const rooms = { index: [], remote: [], 'generated/peer': ['type index'], 'generated/a/b/Vote': [] };
  assert.equal(broken({ ...rooms, 'kv/client': ['index', 'generated/peer', 'kv/store'], 'kv/store': [] }), []);
  assert.equal(
    broken({ ...rooms, 'kv/client': ['remote', 'generated/a/b/Vote', 'testing/clock'], 'testing/clock': [] }),
    [
      'kv/client may not import remote',
      'kv/client may not import generated/a/b/Vote',
      'kv/client may not import testing/clock',
    ],
  );
});

test('a cycle is told with its way', () => {
  const round = { a: ['b'], b: ['c', 'rxjs'], c: ['type a'], d: ['a'] };
  assert.equal(cycles(graph(round)), ['a → b → c → a']);
  assert.equal(cycles(graph({ a: ['a'] })), ['a → a']);
  assert.equal(cycles(graph({ a: ['b', 'c'], b: ['c'], c: [] })), []);
});

test('imports are found in every form', () => {
  const text = `
    import a from './a.js';
    import type { B } from '../b.js';
    import '../duplex/c.js';
    export * from './d.js';
    export type { E } from './e.js';
    const f = () => import('./f.js');
    let g: import('rxjs').Observable<unknown>;
    const notOne = "import h from './h.js'";
  `;
  assert.equal(arrowsFrom('outgoing/outgoing', text), [
    { to: 'outgoing/a', typeOnly: false },
    { to: 'b', typeOnly: true },
    { to: 'duplex/c', typeOnly: false },
    { to: 'outgoing/d', typeOnly: false },
    { to: 'outgoing/e', typeOnly: true },
    { to: 'outgoing/f', typeOnly: false },
    { to: 'rxjs', typeOnly: true },
  ]);
});

function broken(arrows: Record<string, readonly string[]>): string[] {
  return violations(graph(arrows), house);
}

function graph(arrows: Record<string, readonly string[]>): Graph {
  return new Map(
    Object.entries(arrows).map(([module, imports]) => [
      module,
      imports.map((name) => ({ to: name.replace('type ', ''), typeOnly: name.startsWith('type ') })),
    ]),
  );
}

test.run();
