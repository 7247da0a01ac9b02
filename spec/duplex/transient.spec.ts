import { status } from '@grpc/grpc-js';
import { RxDuplexError, transient } from 'rxduplex';
import type { Code } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { causeOf } from '../../lib/duplex/transient.js';
import { failure } from '../support/marbles.js';

/** How often an error is found worth another attempt, when it is all that ever happens, and patience has run out. */
function repeats(error: unknown): number {
  let inARow = 1;
  while (inARow < 1_000 && transient(error, { inARow, sinceMs: 1, patienceMs: 1 })) inARow += 1;
  return inARow === 1_000 ? Infinity : inARow - 1;
}

const table: readonly (readonly [status, number])[] = [
  [status.CANCELLED, Infinity],
  [status.UNKNOWN, 4],
  [status.INVALID_ARGUMENT, 0],
  [status.DEADLINE_EXCEEDED, Infinity],
  [status.NOT_FOUND, 0],
  [status.ALREADY_EXISTS, 0],
  [status.PERMISSION_DENIED, 0],
  [status.RESOURCE_EXHAUSTED, Infinity],
  [status.FAILED_PRECONDITION, 0],
  [status.ABORTED, Infinity],
  [status.OUT_OF_RANGE, 0],
  [status.UNIMPLEMENTED, 0],
  [status.INTERNAL, Infinity],
  [status.UNAVAILABLE, Infinity],
  [status.DATA_LOSS, 0],
  [status.UNAUTHENTICATED, 1],
];

test('the table has every status but OK', () => {
  const codes = Object.values(status).filter((code) => typeof code === 'number' && code !== status.OK);
  assert.equal(
    table.map(([code]) => code),
    codes,
  );
});

const times = (n: number): string =>
  n === Infinity ? 'again and again' : n === 0 ? 'once' : `again ${n} times in a row`;

for (const [code, expected] of table) {
  test(`${code} ${status[code]} is tried ${times(expected)}`, () => {
    assert.is(repeats(failure(code, 'whatever the server says')), expected);
  });
}

test('what may pass by itself is tried again for as long as there is patience', () => {
  for (const error of [failure(status.UNKNOWN), new RxDuplexError('OPEN_FAILED', 'a message')]) {
    assert.ok(transient(error, { inARow: 1_000, sinceMs: 59_999, patienceMs: 60_000 }));
    assert.not(transient(error, { inARow: 1_000, sinceMs: 60_000, patienceMs: 60_000 }));
    assert.ok(transient(error, { inARow: 4, sinceMs: 1e9, patienceMs: 60_000 }));
  }
  assert.not(transient(failure(status.NOT_FOUND), { inARow: 1, sinceMs: 0, patienceMs: 60_000 }));
});

test('of our own errors only those of opening are tried again', () => {
  const ours: Readonly<Record<Code, number>> = {
    BAD_OPTION: 0,
    OVERFLOW: 0,
    TOO_LARGE: 0,
    UNSERIALISABLE: 0,
    CLOSED: 0,
    BUSY: 0,
    OPEN_FAILED: 4,
    METADATA_FAILED: Infinity,
    OPEN_TIMEOUT: Infinity,
    CONNECTION_LOST: 0,
    TIMEOUT: 0,
    GATE_HELD: 0,
    NO_GATE: 0,
    CANCELLED: 0,
  };
  for (const [code, expected] of Object.entries(ours)) {
    assert.is(repeats(new RxDuplexError(code as Code, 'a message')), expected, code);
  }
});

test('what is no gRPC status is final', () => {
  const others = [
    new Error('some error'),
    new TypeError('x is not a function'),
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    { code: '14' },
    { code: 0 },
    { code: 17 },
    { code: 99 },
    { code: NaN },
    {},
    null,
    undefined,
    14,
    'UNAVAILABLE',
    Symbol('error'),
  ];
  for (const error of others) assert.is(repeats(error), 0);
});

test('a number in code is no status without a text beside it: it is some other library’s business', () => {
  assert.is(repeats({ code: status.UNAVAILABLE }), 0);
  assert.is(repeats(Object.assign(new Error('not authorized'), { code: 14, codeName: 'Unauthorized' })), 0);
  assert.is(repeats(new DOMException('nothing found', 'NotFoundError')), 0);
});

test('details change nothing but for the codes that mean several things', () => {
  for (const [code, expected] of table) {
    const ambiguous: readonly status[] = [status.UNAVAILABLE, status.RESOURCE_EXHAUSTED];
    if (ambiguous.includes(code)) continue;
    assert.is(repeats(failure(code, 'certificate has expired')), expected);
    assert.is(repeats(failure(code, 'Received message larger than max (2 vs 1)')), expected);
  }
  assert.is(repeats(failure(status.INTERNAL, 'Response message parsing error: index out of range')), 5);
  for (const code of [status.UNKNOWN, status.UNAVAILABLE, status.INTERNAL]) {
    assert.is(repeats(failure(code, 'Getting metadata from plugin failed with error: connect ECONNREFUSED')), 4);
  }
  assert.is(repeats(failure(status.UNAVAILABLE, 'Received message larger than max (2 vs 1)')), Infinity);
  assert.is(repeats(failure(status.RESOURCE_EXHAUSTED, 'certificate has expired')), Infinity);
});

for (const [peer, code, details] of [
  ['grpc-js, what it receives', status.RESOURCE_EXHAUSTED, 'Received message larger than max (5000005 vs 4194304)'],
  ['grpc-js, what it sends', status.RESOURCE_EXHAUSTED, 'Attempted to send message with a size larger than 100'],
  ['C-core', status.RESOURCE_EXHAUSTED, 'CLIENT: Received message larger than max (5000005 vs. 4194304)'],
  ['Go', status.RESOURCE_EXHAUSTED, 'grpc: received message larger than max (5000005 vs. 4194304)'],
  ['Java', status.RESOURCE_EXHAUSTED, 'gRPC message exceeds maximum size 4194304: 5000005'],
  ['.NET', status.RESOURCE_EXHAUSTED, 'Received message exceeds the maximum configured message size.'],
  ['tonic', status.OUT_OF_RANGE, 'Error, message length too large: found 5000005 bytes, the limit is: 4194304 bytes'],
  [
    'tonic, what it decompresses',
    status.RESOURCE_EXHAUSTED,
    'Error decompressing: size limit, of 4194304 bytes, exceeded while decompressing compressed message',
  ],
] as const) {
  test(`an oversize message in the words of ${peer} is final`, () => {
    assert.is(causeOf(failure(code, details)), 'OVERSIZE');
    assert.is(repeats(failure(code, details)), 0);
  });
}

test.run();
