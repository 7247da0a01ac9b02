import { status } from '@grpc/grpc-js';
import { RxDuplexError, transient } from 'rxduplex';
import type { Code } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { failure } from '../support/marbles.js';

/** How often an error is found worth another attempt, when it is all that ever happens. */
function repeats(error: unknown, freshMetadata = false): number {
  let inARow = 1;
  while (inARow < 1_000 && transient(error, { inARow, freshMetadata })) inARow += 1;
  return inARow === 1_000 ? Infinity : inARow - 1;
}

const table: readonly (readonly [status, number])[] = [
  [status.CANCELLED, Infinity],
  [status.UNKNOWN, 5],
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
  [status.UNAUTHENTICATED, 0],
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

test('UNAUTHENTICATED is tried once more if its metadata would be fresh, and fresh metadata mends nothing else', () => {
  assert.is(repeats(failure(status.UNAUTHENTICATED), true), 1);
  for (const [code, expected] of table.filter(([other]) => other !== status.UNAUTHENTICATED)) {
    assert.is(repeats(failure(code), true), expected);
  }
});

test('of our own errors only those of opening are tried again', () => {
  const ours: Readonly<Record<Code, number>> = {
    BAD_OPTION: 0,
    OVERFLOW: 0,
    TOO_LARGE: 0,
    UNSERIALISABLE: 0,
    CLOSED: 0,
    BUSY: 0,
    OPEN_FAILED: 5,
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

test('a status without details is judged by its code', () => {
  assert.is(repeats({ code: status.UNAVAILABLE }), Infinity);
  assert.is(repeats({ code: status.RESOURCE_EXHAUSTED }), Infinity);
});

test('details change nothing but for the two codes that mean two things', () => {
  for (const [code, expected] of table) {
    const ambiguous: readonly status[] = [status.UNAVAILABLE, status.RESOURCE_EXHAUSTED];
    if (ambiguous.includes(code)) continue;
    assert.is(repeats(failure(code, 'certificate has expired')), expected);
    assert.is(repeats(failure(code, 'Received message larger than max (2 vs 1)')), expected);
  }
  assert.is(repeats(failure(status.UNAVAILABLE, 'Received message larger than max (2 vs 1)')), Infinity);
  assert.is(repeats(failure(status.RESOURCE_EXHAUSTED, 'certificate has expired')), Infinity);
});

test.run();
