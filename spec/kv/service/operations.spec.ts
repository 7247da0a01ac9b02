import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { rx } from 'rxduplex';
import { StoreError, memoryStore } from 'rxduplex/kv';
import type { StoreFailure } from 'rxduplex/kv';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { PutRequest, RangeResponse__Output, TransactRequest } from '../../../lib/generated/kv.js';
import { served, stopAll } from '../../support/key-values.js';
import type { Served, ServedOptions } from '../../support/key-values.js';

test.after.each(stopAll);

const bytes = (text: string): Buffer => Buffer.from(text);
const key = bytes('key');
const value = bytes('value');
const entryAt = (version: number, of = value): object => ({ key, value: of, version: String(version) });

type Client = ReturnType<typeof rx<Served['client']>>;

async function clientOf(options?: ServedOptions): Promise<Client> {
  return rx((await served(options)).client);
}

const told = async (call$: Observable<object>): Promise<unknown> =>
  JSON.parse(JSON.stringify(await lastValueFrom(call$)));
const same = async (call$: Observable<object>, expected: object): Promise<void> =>
  assert.equal(await told(call$), JSON.parse(JSON.stringify(expected)));

async function refusalOf(call$: Observable<unknown>): Promise<string> {
  const error = await lastValueFrom(call$).then(
    () => undefined,
    (thrown: unknown) => thrown as ServiceError,
  );
  return error ? `${status[error.code]} ${error.details}` : 'OK';
}

test('a key without a value is an answer', async () => {
  const kv = await clientOf();
  await same(kv.get({ key }), { entry: null, revision: '0' });
});

test('what was put is there, with the revision as its version', async () => {
  const kv = await clientOf();
  await same(kv.put({ key, value }), { done: { revision: '1' }, outcome: 'done' });
  await same(kv.put({ key }), { done: { revision: '2' }, outcome: 'done' });
  await same(kv.get({ key }), { entry: entryAt(2, bytes('')), revision: '2' });
});

test('an expectation that does not hold is answered with how things are', async () => {
  const kv = await clientOf();
  const put = (expected: PutRequest['expected']): Observable<object> =>
    kv.put({ key, value, expected: expected ?? null });
  const refused = (current: object, revision: string): object => ({
    refused: { current: [{ key, entry: null, ...current }], revision },
    outcome: 'refused',
  });
  await same(put({ exists: true }), refused({}, '0'));
  await same(put({ exists: false }), { done: { revision: '1' }, outcome: 'done' });
  await same(put({ exists: false }), refused({ entry: entryAt(1) }, '1'));
  await same(put({ version: 1 }), { done: { revision: '2' }, outcome: 'done' });
  await same(put({ version: 1 }), refused({ entry: entryAt(2) }, '2'));
  await same(kv.delete({ key, expected: { version: 1 } }), refused({ entry: entryAt(2) }, '2'));
  await same(kv.delete({ key, expected: { version: 2 } }), { done: { revision: '3' }, outcome: 'done' });
  await same(kv.delete({ key, expected: { version: 2 } }), refused({}, '3'));
});

test('deleting what is not there is done, and changes nothing', async () => {
  const kv = await clientOf();
  await same(kv.delete({ key }), { done: { revision: '0' }, outcome: 'done' });
});

test('a transaction is one revision, or nothing at all', async () => {
  const kv = await clientOf();
  const [one, two] = [bytes('1'), bytes('2')];
  const both: TransactRequest = {
    conditions: [{ key: two, expected: { exists: false } }],
    operations: [{ put: { key: one, value } }, { put: { key: two, value } }],
  };
  await same(kv.transact(both), { done: { revision: '1' }, outcome: 'done' });
  await same(kv.transact({ ...both, operations: [{ remove: { key: one } }] }), {
    refused: { current: [{ key: two, entry: { key: two, value, version: '1' } }], revision: '1' },
    outcome: 'refused',
  });
  await same(kv.transact({ operations: [{ remove: { key: one } }, { put: { key: two } }] }), {
    done: { revision: '2' },
    outcome: 'done',
  });
});

test('of refusals that would not fit into one answer the first are told, and one in any case', async () => {
  const kv = await clientOf({ maxPageBytes: 30 });
  const keys = ['1', '2', '3'].map(bytes);
  await lastValueFrom(
    kv.transact({ operations: keys.map((each) => ({ put: { key: each, value: Buffer.alloc(10) } })) }),
  );
  const conditions = keys.map((each) => ({ key: each, expected: { exists: false } }));
  const { refused } = await firstValueFrom(kv.transact({ conditions }));
  assert.equal(
    refused?.current.map((current) => String(current.key)),
    ['1', '2'],
  );
});

/** The keys of each answer, from first to last. */
async function pagesOf(kv: Client, request: object): Promise<string[]> {
  const pages: string[] = [];
  let continuation: Buffer = Buffer.alloc(0);
  do {
    const page: RangeResponse__Output = await firstValueFrom(kv.range({ ...request, continuation }));
    pages.push(page.entries.map((entry) => entry.key.toString('hex')).join(' '));
    continuation = page.continuation;
  } while (continuation.length > 0);
  return pages;
}

test('a range is told in the order of the bytes of its keys, in pages that its answers lead through', async () => {
  const kv = await clientOf({ maxPageEntries: 3 });
  for (const name of ['62', 'ff', '61', '6100', '80', '7f'])
    await lastValueFrom(kv.put({ key: Buffer.from(name, 'hex') }));
  assert.equal(await pagesOf(kv, {}), ['61 6100 62', '7f 80 ff']);
  assert.equal(await pagesOf(kv, { limit: 2 }), ['61 6100', '62 7f', '80 ff']);
  assert.equal(await pagesOf(kv, { limit: 1, start: bytes('a'), end: bytes('b') }), ['61', '6100']);
  assert.equal(await pagesOf(kv, { start: bytes('b'), end: bytes('b') }), ['']);
  assert.equal(await pagesOf(kv, { start: Buffer.of(0x80) }), ['80 ff']);
});

test('a page holds no more bytes than it may, and one entry in any case', async () => {
  const kv = await clientOf({ maxPageBytes: 25 });
  for (const [name, length] of Object.entries({ 1: 10, 2: 10, 3: 10, 4: 99, 5: 1 })) {
    await lastValueFrom(kv.put({ key: bytes(name), value: Buffer.alloc(length) }));
  }
  assert.equal(await pagesOf(kv, {}), ['31 32', '33', '34', '35']);
});

const limits = { maxKeyBytes: 4, maxValueBytes: 8, maxOperations: 2 };
const [four, five, nine] = [4, 5, 9].map((length) => Buffer.alloc(length, 'x')) as [Buffer, Buffer, Buffer];
const put = (name: string, of = ''): { put: object } => ({ put: { key: bytes(name), value: bytes(of) } });
const exists = { exists: true };

const bad: Readonly<Record<string, readonly [(kv: Client) => Observable<unknown>, string]>> = {
  'an empty key, read': [(kv) => kv.get({}), 'a key must not be empty'],
  'an empty key, written': [(kv) => kv.put({ value }), 'a key must not be empty'],
  'an empty key, deleted': [(kv) => kv.delete({}), 'a key must not be empty'],
  'an empty key in a condition': [
    (kv) => kv.transact({ conditions: [{ expected: exists }] }),
    'a key must not be empty',
  ],
  'a huge key': [(kv) => kv.get({ key: five }), 'a key may have at most 4 bytes; this one has 5'],
  'a huge key as the end of a range': [
    (kv) => kv.range({ end: five }),
    'a key may have at most 4 bytes; this one has 5',
  ],
  'a huge value': [(kv) => kv.put({ key: four, value: nine }), 'a value may have at most 8 bytes; this one has 9'],
  'version 0': [(kv) => kv.put({ key: four, expected: { version: 0 } }), 'no value has had version 0; the newest is 1'],
  'a version of the future': [
    (kv) => kv.delete({ key: four, expected: { version: 2 } }),
    'no value has had version 2; the newest is 1',
  ],
  'the largest version that there can be': [
    (kv) => kv.put({ key: four, expected: { version: '18446744073709551615' } }),
    'no value has had version 18446744073709551615; the newest is 1',
  ],
  'a range backwards': [
    (kv) => kv.range({ start: bytes('b'), end: bytes('a') }),
    'a range must not end before it starts',
  ],
  'a watch backwards': [
    (kv) => kv.watch({ start: bytes('b'), end: bytes('a') }),
    'a range must not end before it starts',
  ],
  'a transaction that writes a key twice': [
    (kv) => kv.transact({ operations: [put('a'), { remove: { key: bytes('a') } }] }),
    'the operations of a transaction must not name a key twice',
  ],
  'a transaction that expects twice of a key': [
    (kv) => kv.transact({ conditions: [1, 2].map(() => ({ key: bytes('a'), expected: exists })) }),
    'the conditions of a transaction must not name a key twice',
  ],
  'a transaction with an operation that is not set': [
    (kv) => kv.transact({ operations: [put('a'), {}] }),
    'an operation must be a put or a remove',
  ],
  'a transaction with a condition that expects nothing': [
    (kv) => kv.transact({ conditions: [{ key: four, expected: {} }] }),
    'a condition must say what is expected',
  ],
  'a transaction of too many operations': [
    (kv) => kv.transact({ operations: ['a', 'b', 'c'].map((name) => put(name)) }),
    'a transaction may have at most 2 operations; this one has 3',
  ],
  'a transaction of too many conditions': [
    (kv) => kv.transact({ conditions: ['a', 'b', 'c'].map((name) => ({ key: bytes(name), expected: exists })) }),
    'a transaction may have at most 2 conditions; this one has 3',
  ],
  'a transaction that writes too much': [
    (kv) => kv.transact({ operations: [put('a', '12345'), put('b', '12345')] }),
    'a transaction may write at most 8 bytes; this one has 10',
  ],
  'a continuation that is none': [
    (kv) => kv.range({ continuation: bytes('a') }),
    'a continuation must be that of an answer to the same range',
  ],
  'a continuation of another range': [
    (kv) => kv.range({ start: bytes('b'), continuation: bytes('\x01a') }),
    'a continuation must be that of an answer to the same range',
  ],
  'a continuation behind the range': [
    (kv) => kv.range({ end: bytes('b'), continuation: bytes('\x01b') }),
    'a continuation must be that of an answer to the same range',
  ],
};

for (const [name, [ask, message]] of Object.entries(bad)) {
  test(`refused, with nothing changed: ${name}`, async () => {
    const kv = await clientOf(limits);
    await lastValueFrom(kv.put({ key: four }));
    assert.is(await refusalOf(ask(kv)), `INVALID_ARGUMENT ${message}`);
    await same(kv.range({}), {
      entries: [{ key: four, value: bytes(''), version: '1' }],
      continuation: bytes(''),
      revision: '1',
    });
  });
}

const failures: Readonly<Record<StoreFailure, string>> = {
  FULL: 'RESOURCE_EXHAUSTED the store is full; what is there can be read',
  CLOSED: 'UNAVAILABLE the store is closed',
  IN_USE: 'UNAVAILABLE the store is in use',
  UNUSABLE: 'INTERNAL the store cannot be used',
};

for (const [code, ending] of Object.entries(failures)) {
  test(`a store that fails with ${code} is told as ${ending}, and more of it only to the owner`, async () => {
    const store = memoryStore({ firstRevision: 1 });
    const error = new StoreError(code as StoreFailure, '/a/directory/of/its/own');
    store.commit = () => Promise.reject(error);
    const { kv: service, client, article } = await served({ store });
    const known: unknown[] = [];
    service.failures$.subscribe((failure) => known.push(failure));
    assert.is(await refusalOf(rx(client).put({ key })), ending);
    assert.is(await refusalOf(rx(article).create({ key })), ending);
    assert.equal(await told(rx(client).get({ key })), { entry: null, revision: '0' });
    assert.equal(known, [error, error]);
  });
}

test('an error that nobody foresaw tells the client nothing of itself', async () => {
  const store = memoryStore({ firstRevision: 1 });
  store.get = () => {
    throw new TypeError('/a/directory/of/its/own');
  };
  const kv = await clientOf({ store });
  assert.is(await refusalOf(kv.get({ key })), 'UNKNOWN the operation failed');
});

test('a value of the greatest length passes by every way', async () => {
  const kv = await clientOf();
  const large = Buffer.alloc(2 << 20, 'x');
  await lastValueFrom(kv.put({ key, value: large }));
  const expected = { exists: false };
  assert.is((await firstValueFrom(kv.get({ key }))).entry?.value.length, large.length);
  assert.is((await firstValueFrom(kv.range({}))).entries[0]?.value.length, large.length);
  assert.is((await firstValueFrom(kv.put({ key, expected }))).refused?.current[0]?.entry?.value.length, large.length);
});

test('simulated work is what each operation waits', async () => {
  const kv = await clientOf({ work: { readMs: 30, writeMs: 60 } });
  const took = async (call$: Observable<unknown>): Promise<number> => {
    const begin = performance.now();
    await lastValueFrom(call$);
    return performance.now() - begin;
  };
  assert.ok((await took(kv.put({ key }))) >= 59);
  const read = await took(kv.get({ key }));
  assert.ok(read >= 29, String(read));
});

test('a value keeps no more of its request in memory than it has bytes of its own', async () => {
  const { client, store } = await served();
  for (const bytes of [0, 1, 100, 5_000, 20_000, 1_000_000]) {
    await lastValueFrom(rx(client).put({ key, value: Buffer.alloc(bytes) }));
    const { entries } = await store.range({ start: '' as never, end: undefined }, { entries: 1, bytes: 1 });
    const kept = entries[0]?.value.buffer.byteLength ?? NaN;
    assert.ok(kept >= bytes && kept <= 2 * bytes, `${kept} for ${bytes}`);
  }
});

test.run();
