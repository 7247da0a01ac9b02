import { status } from '@grpc/grpc-js';
import type { Metadata, StatusObject } from '@grpc/grpc-js';
import { RxDuplexError, StatusError } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { metadataOf } from '../support/kinds.js';

const entries = (error: StatusError): object => error.metadata.getMap();

test('it has the parts of a ServiceError, and a message that begins with the name of its code', () => {
  const metadata = metadataOf({ a: 'b' });
  const cause = new Error('behind it');
  const error = new StatusError(status.NOT_FOUND, 'no such thing', { metadata, cause });
  assert.ok(error instanceof Error);
  assert.equal([error.name, error.message], ['StatusError', 'NOT_FOUND: no such thing']);
  assert.equal([error.code, error.details], [status.NOT_FOUND, 'no such thing']);
  assert.is(error.metadata, metadata);
  assert.is(error.cause, cause);
  assert.match(String(error.stack), /^(Status)?Error: NOT_FOUND: no such thing\n/);
});

test('it has metadata also if none were given, and no cause', () => {
  const error = new StatusError(status.NOT_FOUND, '');
  assert.equal([entries(error), 'cause' in error], [{}, false]);
});

test('a code that is none of 1 to 16, details that are no string, and metadata of another kind are refused', () => {
  for (const code of [0, 17, -1, 1.5, NaN, '5', undefined, null] as unknown[]) {
    assert.throws(
      () => new StatusError(code as status, ''),
      /BAD_OPTION: code must be a status code from 1 to 16; got /,
    );
  }
  for (const details of [undefined, null, 5, {}]) {
    assert.throws(
      () => new StatusError(status.NOT_FOUND, details as string),
      /BAD_OPTION: details must be a string; got /,
    );
  }
  for (const metadata of [null, {}, 'a', new Headers()]) {
    assert.throws(
      () => new StatusError(status.NOT_FOUND, '', { metadata: metadata as Metadata }),
      /BAD_OPTION: metadata must be an instance of grpc-js's Metadata; got /,
    );
  }
  const codes = Object.values(status).filter((code) => typeof code === 'number' && code !== status.OK) as status[];
  assert.equal(
    codes.map((code) => new StatusError(code, '').code),
    codes,
  );
});

test('from takes over the code, the details and the metadata of a status, whoever has made it', () => {
  const metadata = metadataOf({ a: 'b' });
  const parts = { code: status.UNAUTHENTICATED, details: 'who are you', metadata };
  const sources: Record<string, object> = {
    ServiceError: Object.assign(new Error('16 UNAUTHENTICATED: who are you'), parts),
    StatusObject: parts satisfies StatusObject,
    StatusError: new StatusError(parts.code, parts.details, { metadata }),
  };
  for (const [what, source] of Object.entries(sources)) {
    const error = StatusError.from(source);
    assert.equal([error.code, error.details, entries(error)], [parts.code, parts.details, { a: 'b' }], what);
    assert.is(error.cause, source, what);
    error.metadata.set('c', 'd');
    assert.equal(metadata.getMap(), { a: 'b' }, what);
  }
});

test('from makes UNKNOWN of anything else, with details that say nothing of it', () => {
  const others = [
    new Error('secret'),
    new DOMException('secret', 'NotFoundError'),
    Object.assign(new Error('secret'), { code: 5 }),
    Object.assign(new Error('secret'), { code: 'ENOENT', details: 'secret' }),
    { code: status.OK, details: 'secret' },
    { code: 99, details: 'secret' },
    { code: 5, details: { secret: true } },
    'secret',
    null,
    undefined,
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('secret');
        },
      },
    ),
  ];
  for (const other of others) {
    const error = StatusError.from(other);
    assert.equal([error.code, error.details, entries(error)], [status.UNKNOWN, 'unknown error', {}]);
    assert.is(error.cause, other);
  }
});

test('is() knows its own kind, also of another copy of the package, and nothing else', async () => {
  const specifier = '../../lib/status-error.js?second-copy';
  const other = (await import(specifier)) as { StatusError: typeof StatusError };
  const foreign: unknown = new other.StatusError(status.ABORTED, 'not now');
  assert.not(foreign instanceof StatusError);
  assert.ok(StatusError.is(foreign));
  assert.ok(other.StatusError.is(new StatusError(status.ABORTED, 'not now')));
  const others = [
    new Error(''),
    { code: 5, details: '', name: 'StatusError' },
    new RxDuplexError('CLOSED', ''),
    'x',
    null,
    5,
  ];
  for (const each of others) assert.not(StatusError.is(each));
});

test.run();
