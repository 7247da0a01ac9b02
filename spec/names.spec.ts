import { credentials } from '@grpc/grpc-js';
import {
  Outgoing,
  Remote,
  bidi,
  by,
  channelOptions,
  consume,
  duplex,
  exponential,
  iterate,
  limitInFlight,
  oneof,
  reconnect,
  rx,
  split,
} from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { KindsClient } from './support/generated/kinds.js';
import { NEVER, of } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { checkNames } from '../lib/names.js';
import { nearestOf } from '../lib/spelling.js';

const client = new PeerClient('127.0.0.1:1', credentials.createInsecure(), channelOptions());
const kinds = new KindsClient('127.0.0.1:1', credentials.createInsecure(), channelOptions());
test.after(() => {
  client.close();
  kinds.close();
});

const open = bidi(client, 'exchange');
const events = oneof('event');
const remote = new Remote(open, { events, requests: { mode: 'in-order' } });
const loose = (options: object): never => options as never;

/** A misspelt option of each part, and what is meant. */
const misspelt: readonly (readonly [
  where: string,
  meant: string,
  act: (options: never) => unknown,
  options: object,
])[] = [
  ['Remote', 'openTimeoutMs', (options) => new Remote(open, options), { events, openTimeout: 5 }],
  ['Remote', 'events', (options) => new Remote(open, options), { event: events }],
  ['outgoing', 'maxMessages', (options) => new Remote(open, options), { events, outgoing: { maxMesages: 5 } }],
  ['reconnect', 'minUptimeMs', (options) => new Remote(open, options), { events, reconnect: { minUptime: 5 } }],
  [
    'requests of mode in-order',
    'maxPending',
    (options) => new Remote(open, options),
    { events, requests: { mode: 'in-order', maxPendings: 5 } },
  ],
  ['coalesce', 'maxBytes', (options) => new Remote(open, options), { events, coalesce: { maxByte: 5 } }],
  ['connect', 'signal', (options) => remote.connect(options), { singal: 5 }],
  ['close', 'drainMs', (options) => remote.close(options), { drain: 5 }],
  ['send', 'signal', (options) => remote.send({}, options), { signl: 5 }],
  ['feed', 'signal', (options) => remote.feed([], options), { signals: 5 }],
  ['request', 'timeoutMs', (options) => remote.request({}, options), { timeout: 5 }],
  ['Outgoing', 'overflow', (options) => new Outgoing(options), { overFlow: 'block' }],
  ['Outgoing', 'maxWaiting', (options) => new Outgoing(options), { maxWating: 5 }],
  ['duplex', 'onOpen', (options) => duplex(open, new Outgoing(), options), { onopen: () => undefined }],
  ['bidi', 'metadata', (options) => bidi(client, 'exchange', options), { metaData: () => undefined }],
  ['reconnect', 'backoff', (options) => reconnect(options), { backOff: () => 5 }],
  ['exponential', 'maxMs', (options) => exponential(options), { max: 5 }],
  ['channelOptions', 'keepaliveMs', (options) => channelOptions(options), { keepAlive: 5 }],
  ['rx', 'timeoutMs', (options) => rx(kinds, options), { timeOut: 5 }],
  ['a call', 'deadline', (options) => rx(kinds).unary({}, options), { deadLine: 5 }],
  ['a call', 'outgoing', (options) => rx(kinds).bidi([], options), { outgoin: {} }],
  ['limitInFlight', 'maxQueue', (options) => limitInFlight(options), { max: 5, maxQueu: 5 }],
  ['consume', 'concurrency', (options) => consume(() => 5, options), { concurency: 5 }],
  ['iterate', 'highWaterMark', (options) => iterate(NEVER, options), { highWatermark: 5, gate: 'none' }],
];

for (const [where, meant, act, options] of misspelt) {
  const wrong = JSON.stringify(Object.keys(options).at(-1));
  test(`${where}: a name that it does not have is refused, with the one that is meant: ${wrong}, ${meant}`, () => {
    assert.throws(
      () => act(loose(options)),
      (error: Error) =>
        error.message.startsWith(`BAD_OPTION: ${where} has no option `) &&
        error.message.includes(`did you mean ${meant}?`),
    );
  });
}

test('a name that is like none is refused with all there are', () => {
  assert.throws(
    () => exponential(loose({ colour: 'red' })),
    /^BAD_OPTION: exponential has no option colour \(it has initialMs, multiplier, maxMs, random\)$/,
  );
  assert.throws(() => rx(kinds).unary({}, loose({ outgoing: {} })), /BAD_OPTION: a call has no option outgoing/);
});

test('options that are missing, or are no object, are refused by name', () => {
  for (const options of [undefined, null, 5, 'text']) {
    assert.throws(
      () => new Remote(open, options as never),
      /^BAD_OPTION: the options of Remote must be an object; got/,
    );
    if (options !== undefined) {
      for (const act of [
        () => new Outgoing(options as never),
        () => remote.close(options as never),
        () => void remote.connect(options as never),
        () => consume(() => 5, options as never),
        () => bidi(client, 'exchange', options as never),
        () => channelOptions(options as never),
      ]) {
        assert.throws(act, /^BAD_OPTION: the options of \w+ must be an object; got/);
      }
    }
  }
});

test('what is no Open, Outgoing, client or stream is refused by name', () => {
  const bad: readonly (readonly [RegExp, () => unknown])[] = [
    [/BAD_OPTION: open must be a function/, () => new Remote(loose({}), { events: () => undefined })],
    [/BAD_OPTION: open must be a function/, () => duplex(undefined as never, new Outgoing())],
    [/BAD_OPTION: outgoing must be an Outgoing/, () => duplex(open, undefined as never)],
    [/BAD_OPTION: client must be made by/, () => bidi<PeerClient, 'exchange'>(undefined as never, 'exchange')],
    [/BAD_OPTION: client must be made by/, () => rx(undefined as never)],
    [/BAD_OPTION: source must be an Observable/, () => split(undefined as never, by('kind') as never)],
    [/BAD_OPTION: select must be a function/, () => split(of(1), undefined as never)],
    [/BAD_OPTION: source must be an Observable/, () => iterate([1] as never)],
    [/BAD_OPTION: the name given to oneof must be/, () => oneof(undefined as never)],
    [
      /BAD_OPTION: signal must be an AbortSignal/,
      () => void remote.send({}, { signal: new AbortController() as never }),
    ],
    [/BAD_OPTION: signal must be an AbortSignal/, () => iterate(NEVER, { signal: {} as never, gate: 'none' })],
  ];
  for (const [message, act] of bad) assert.throws(act, message);
});

test('only names of its own are looked at, so that an AbortController is one with a signal', () => {
  checkNames('x', new AbortController(), { signal: true });
  void remote.connect(new AbortController());
  assert.throws(() => checkNames('x', { constructor: 5 }, { max: true }), /x has no option constructor/);
  checkNames('x', {}, {});
});

test('the nearest name is the one with the fewest letters to change', () => {
  assert.is(nearestOf('maxBytez', ['maxBytes', 'maxMessages']), 'maxBytes');
  assert.is(nearestOf('MAXBYTES', ['maxBytes']), 'maxBytes');
  assert.is(nearestOf('timeout', ['timeoutMs', 'signal']), 'timeoutMs');
  assert.is(nearestOf('x', ['max']), undefined);
});

test.run();
