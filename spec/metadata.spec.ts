import { Metadata } from '@grpc/grpc-js';
import { RxDuplexError } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { askFor, checkMetadata, merged, withoutAgreements } from '../lib/metadata.js';
import type { MetadataSource } from '../lib/metadata.js';

function of(entries: Readonly<Record<string, string>>, options = {}): Metadata {
  const metadata = new Metadata(options);
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}

async function codeOf(source: unknown): Promise<unknown> {
  try {
    return await askFor(source as MetadataSource);
  } catch (error) {
    return RxDuplexError.is(error) ? error.code : error;
  }
}

/** Metadata of another copy of grpc-js looks the same. */
const foreign = Object.assign(Object.create({ getMap: () => ({}), merge: () => undefined }) as object, { options: {} });

test('what a call adds goes before what the client has, and the options of both are kept', () => {
  const both = merged(of({ a: '1', b: '1' }, { waitForReady: true }), of({ b: '2' }, { idempotentRequest: true }));
  assert.equal(both.getMap(), { a: '1', b: '2' });
  assert.equal(both.getOptions(), { waitForReady: true, idempotentRequest: true });
  assert.equal(merged(of({}, { waitForReady: true }), of({}, { waitForReady: false })).getOptions(), {
    waitForReady: false,
  });
});

test('agreements of one hop are taken out, and nothing else is', () => {
  const metadata = of({ 'rxduplex-batch': 'batch', 'rxduplex-batched': 'batch', rxduplexer: 'x', token: 't' });
  assert.equal(withoutAgreements(metadata).getMap(), { rxduplexer: 'x', token: 't' });
});

test('a function that throws or rejects has failed, which may pass; one that gives something else is a mistake', async () => {
  const cause = new Error('no token');
  assert.is(await codeOf(() => Promise.reject(cause)), 'METADATA_FAILED');
  assert.is(
    await codeOf(() => {
      throw cause;
    }),
    'METADATA_FAILED',
  );
  for (const given of [undefined, null, 'token', { token: 'x' }, foreign, new Map()]) {
    assert.is(await codeOf(() => given), 'BAD_OPTION');
    assert.is(await codeOf(() => Promise.resolve(given)), 'BAD_OPTION');
  }
  const metadata = new Metadata();
  assert.is(await codeOf(() => metadata), metadata);
  assert.is(await codeOf(() => ({ then: (resolve: (given: Metadata) => void) => resolve(metadata) })), metadata);
});

test('the reason why metadata could not be had stands in the message', async () => {
  try {
    await askFor(() => Promise.reject(new Error('connect ECONNREFUSED')));
    assert.unreachable();
  } catch (error) {
    assert.is(
      (error as Error).message,
      'METADATA_FAILED: the metadata of the call could not be had: connect ECONNREFUSED',
    );
  }
});

test('metadata that is none, or of another copy of grpc-js, is refused at the door', () => {
  for (const given of ['token', { token: 'x' }, foreign, null]) {
    assert.throws(() => checkMetadata(given as unknown as Metadata), /^BAD_OPTION: metadata must be an instance of/);
  }
});

test.run();
