import { credentials } from '@grpc/grpc-js';
import { RxDuplexError } from 'rxduplex';
import { KeyValueClient, KeyValueServiceClient, KeyValues, KvClient, levelStore, memoryStore } from 'rxduplex/kv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { stopAll } from '../support/key-values.js';
import { clientOn, stopClients } from '../support/kv-clients.js';
import { failureOf } from '../support/store-kinds.js';

test.after.each(() => {
  stopClients();
  stopAll();
});

/** What is given where something else is expected, by the name of what was wrong. */
type Wrong = readonly [made: () => unknown, message: string];

async function assertWrong(wrong: readonly Wrong[]): Promise<void> {
  for (const [made, message] of wrong) {
    const error = await failureOf(made);
    assert.ok(RxDuplexError.is(error) && error.code === 'BAD_OPTION', `${message}: ${String(error)}`);
    assert.is(error.message, `BAD_OPTION: ${message}`);
  }
}

const any = (value: unknown): never => value as never;

test('a client refuses what is no client, and options that it does not know', async () => {
  const client = new KeyValueClient('127.0.0.1:1', credentials.createInsecure());
  const made = (options: unknown) => new KvClient(client, any(options));
  const article = new KeyValueServiceClient('127.0.0.1:1', credentials.createInsecure());
  await assertWrong([
    [() => new KvClient(any(undefined)), 'client must be a KeyValueClient; got undefined'],
    [() => new KvClient(any(null)), 'client must be a KeyValueClient; got null'],
    [() => new KvClient(any('127.0.0.1:1')), 'client must be a KeyValueClient; got "127.0.0.1:1"'],
    [() => new KvClient(any({})), 'client must be a KeyValueClient; got an object'],
    [() => new KvClient(any(made({}))), 'client must be a KeyValueClient; got an instance of KvClient'],
    [() => new KvClient(any(article)), 'client must be a KeyValueClient; got an instance of ServiceClientImpl'],
    [() => made(null), 'the options of KvClient must be an object; got null'],
    [() => made([]), 'the options of KvClient must be an object; got an instance of Array'],
    [() => made({ timeoutms: 5 }), 'KvClient has no option timeoutms; did you mean timeoutMs?'],
    [() => made({ maxAttempt: 5 }), 'KvClient has no option maxAttempt; did you mean maxAttempts?'],
    [() => made({ backoff: Promise.resolve() }), 'backoff must be a function; got an instance of Promise'],
  ]);
  client.close();
  article.close();
});

test('an operation refuses a misspelt condition, which would be one that does not hold back the write', async () => {
  const kv = clientOn(1);
  await assertWrong([
    [() => kv.put('a', 'x', any({ expect: { version: 1 } })), 'put has no option expect; did you mean expected?'],
    [() => kv.put('a', 'x', any({ version: 1 })), 'put has no option version (it has expected)'],
    [() => kv.put('a', 'x', any({ expected: 7 })), 'expected must be an object; got 7'],
    [() => kv.put('a', 'x', any({ expected: null })), 'expected must be an object; got null'],
    [
      () => kv.put('a', 'x', any({ expected: { versoin: 7 } })),
      'expected has no option versoin; did you mean version?',
    ],
    [
      () => kv.put('a', 'x', any({ expected: { version: 7, exists: true } })),
      'expected must be either a version, or whether there is a value; got an object',
    ],
    [() => kv.put('a', 'x', any(null)), 'the options of put must be an object; got null'],
    [() => kv.delete('a', any({ expects: {} })), 'delete has no option expects; did you mean expected?'],
    [() => kv.transact(any(undefined)), 'transaction must be an object; got undefined'],
    [() => kv.transact(any({})), 'writes must be an array; got undefined'],
    [() => kv.transact(any({ writes: 'a' })), 'writes must be an array; got "a"'],
    [
      () => kv.transact(any({ condition: [], writes: [] })),
      'transaction has no option condition; did you mean conditions?',
    ],
    [() => kv.transact(any({ conditions: [{ key: 'a' }], writes: [] })), 'expected must be an object; got undefined'],
    [
      () => kv.transact(any({ conditions: [{ key: 'a', version: 1 }], writes: [] })),
      'condition has no option version (it has key, expected)',
    ],
    [() => kv.transact(any({ writes: [{ key: 'a', vaule: 'x' }] })), 'write has no option vaule; did you mean value?'],
    [
      () => kv.transact(any({ writes: [{ key: 'a', value: null }] })),
      'value must be a Uint8Array, or a string; got null',
    ],
    [() => kv.range(any({ from: 'a' })), 'span has no option from (it has start, end)'],
    [() => kv.range(any(null)), 'span must be an object; got null'],
    [() => kv.range({}, any({ pagesize: 1 })), 'range has no option pagesize; did you mean pageSize?'],
    [() => kv.watch(any({ from: 1 })), 'span has no option from (it has start, end)'],
    [() => kv.watch({}, any({ onretry: () => undefined })), 'watch has no option onretry; did you mean onRetry?'],
    [() => kv.watch({}, { onRetry: any(5) }), 'onRetry must be a function; got 5'],
    [() => kv.get(any(undefined)), 'key must be a Uint8Array, or a string; got undefined'],
  ]);
});

test('the service refuses what is no store, and options that it does not know', async () => {
  const expected = 'store must be a store, as memoryStore() and await levelStore(directory) give';
  const store = memoryStore();
  await assertWrong([
    [() => new KeyValues(any(undefined)), `${expected}; got undefined`],
    [() => new KeyValues(any(Promise.resolve(store))), `${expected}; got an instance of Promise`],
    [() => new KeyValues(any(memoryStore)), `${expected}; got the function memoryStore`],
    [() => new KeyValues(any({ ...store })), `${expected}; got an object`],
    [() => new KeyValues(store, any(null)), 'the options of KeyValues must be an object; got null'],
    [
      () => new KeyValues(store, any({ concurency: 'free' })),
      'KeyValues has no option concurency; did you mean concurrency?',
    ],
    [() => new KeyValues(store, any({ work: { readms: 1 } })), 'work has no option readms; did you mean readMs?'],
    [() => new KeyValues(store, any({ work: 10 })), 'work must be an object; got 10'],
    [() => new KeyValues(store, any({ maxKeyBytes: 0 })), 'maxKeyBytes must be a whole number from 1 on; got 0'],
  ]);
});

test('a store refuses options that it does not know, and a directory that is none', async () => {
  await assertWrong([
    [() => memoryStore(any(null)), 'the options of memoryStore must be an object; got null'],
    [() => memoryStore(any({ maxRevision: 1 })), 'memoryStore has no option maxRevision; did you mean maxRevisions?'],
    [() => levelStore(any(undefined)), 'directory must be the path of a directory; got undefined'],
    [() => levelStore(any({ directory: 'data' })), 'directory must be the path of a directory; got an object'],
    [() => levelStore('data', any(null)), 'the options of levelStore must be an object; got null'],
    [
      () => levelStore('data', any({ firstRevision: 1 })),
      'levelStore has no option firstRevision (it has maxRevisions, maxHistoryBytes)',
    ],
  ]);
});

test.run();
