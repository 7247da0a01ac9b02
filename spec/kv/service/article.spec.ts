import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { rx } from 'rxduplex';
import type { Concurrency } from 'rxduplex/kv';
import { concatMap, firstValueFrom, from, lastValueFrom, mergeMap, range, reduce } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { randomFrom } from '../../support/histories.js';
import { served, stopAll } from '../../support/key-values.js';
import type { Served } from '../../support/key-values.js';
import { lateStore } from '../../support/stores.js';

test.after.each(stopAll);

const bytes = (text: string): Buffer => Buffer.from(text);
const key = bytes('key');

/** The name of the status with which a call ends. */
async function endOf(call$: Observable<unknown>): Promise<string> {
  try {
    await lastValueFrom(call$);
    return 'OK';
  } catch (error) {
    return status[(error as ServiceError).code];
  }
}

for (const concurrency of ['global', 'per-key', 'free'] as const satisfies readonly Concurrency[]) {
  test(`${concurrency}: each method ends as the article's clients expect`, async () => {
    const { article } = await served({ concurrency });
    const kv = rx(article);
    const retrieved = async (): Promise<string> => String((await firstValueFrom(kv.retrieve({ key }))).value);
    assert.is(await endOf(kv.retrieve({ key })), 'NOT_FOUND');
    assert.is(await endOf(kv.update({ key, value: bytes('0') })), 'NOT_FOUND');
    assert.is(await endOf(kv.delete({ key })), 'OK');
    assert.is(await endOf(kv.create({ key, value: bytes('1') })), 'OK');
    assert.is(await endOf(kv.create({ key, value: bytes('2') })), 'ALREADY_EXISTS');
    assert.is(await retrieved(), '1');
    assert.is(await endOf(kv.update({ key, value: bytes('3') })), 'OK');
    assert.is(await retrieved(), '3');
    assert.is(await endOf(kv.delete({ key })), 'OK');
    assert.is(await endOf(kv.retrieve({ key })), 'NOT_FOUND');
  });

  test(`${concurrency}: updates at once all succeed, and one of them is the last`, async () => {
    const { article } = await served({ concurrency, store: lateStore(randomFrom(1)) });
    const kv = rx(article);
    await lastValueFrom(kv.create({ key, value: bytes('0') }));
    const values = Array.from({ length: 20 }, (_, at) => String(at));
    await lastValueFrom(from(values).pipe(mergeMap((value) => kv.update({ key, value: bytes(value) }))));
    assert.ok(values.includes(String((await firstValueFrom(kv.retrieve({ key }))).value)));
  });

  test(`${concurrency}: an update that a delete has overtaken is told that nothing is there`, async () => {
    const { article } = await served({ concurrency, store: lateStore(randomFrom(2)) });
    const kv = rx(article);
    for (let round = 0; round < 20; round += 1) {
      await lastValueFrom(kv.create({ key, value: bytes('0') }));
      const [updated] = await Promise.all([endOf(kv.update({ key, value: bytes('1') })), endOf(kv.delete({ key }))]);
      assert.ok(['OK', 'NOT_FOUND'].includes(updated));
      assert.is(await endOf(kv.retrieve({ key })), 'NOT_FOUND');
    }
  });
}

test('an empty key and an empty value are such as any other', async () => {
  const { article } = await served();
  const kv = rx(article);
  assert.is(await endOf(kv.create({ value: bytes('of nothing') })), 'OK');
  assert.is(String((await firstValueFrom(kv.retrieve({}))).value), 'of nothing');
  assert.is(await endOf(kv.create({ key })), 'OK');
  assert.is((await firstValueFrom(kv.retrieve({ key }))).value.length, 0);
});

test('keys and values beyond the limits are refused', async () => {
  const { article } = await served({ maxKeyBytes: 4, maxValueBytes: 8 });
  const kv = rx(article);
  const [four, five, eight, nine] = [4, 5, 8, 9].map((length) => Buffer.alloc(length)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  assert.is(await endOf(kv.create({ key: four, value: eight })), 'OK');
  assert.is(await endOf(kv.create({ key: five })), 'INVALID_ARGUMENT');
  assert.is(await endOf(kv.create({ key: four, value: nine })), 'INVALID_ARGUMENT');
  assert.is(await endOf(kv.update({ key: four, value: nine })), 'INVALID_ARGUMENT');
  assert.is(await endOf(kv.retrieve({ key: five })), 'INVALID_ARGUMENT');
  assert.is(await endOf(kv.delete({ key: five })), 'INVALID_ARGUMENT');
});

/** How many of 100 writers, each of whom adds one to the number under the key, have succeeded. */
const writers = (add: () => Observable<unknown>): Promise<number> =>
  lastValueFrom(
    range(0, 100).pipe(
      mergeMap(add),
      reduce((count) => count + 1, 0),
    ),
  );

const plusOne = (value: Buffer): Buffer => bytes(String(Number(value) + 1));

test("100 writers on one key by the article's API all succeed, and lose updates", async () => {
  const { article }: Served = await served();
  const kv = rx(article);
  await lastValueFrom(kv.create({ key, value: bytes('0') }));
  const successes = await writers(() =>
    kv.retrieve({ key }).pipe(concatMap(({ value }) => kv.update({ key, value: plusOne(value) }))),
  );
  assert.is(successes, 100);
  assert.ok(Number((await firstValueFrom(kv.retrieve({ key }))).value) < 100);
});

test('100 writers on one key by the API with versions lose none: the final version equals the number of successes', async () => {
  const { client } = await served();
  const kv = rx(client);
  const add = async (): Promise<void> => {
    let { entry } = await firstValueFrom(kv.get({ key }));
    for (;;) {
      const expected = entry ? { version: entry.version } : { exists: false };
      const put = { key, value: plusOne(entry?.value ?? bytes('0')), expected };
      const { done, refused } = await firstValueFrom(kv.put(put));
      if (done) return;
      entry = refused?.current[0]?.entry ?? null;
    }
  };
  const successes = await writers(() => from(add()));
  const { entry } = await firstValueFrom(kv.get({ key }));
  assert.equal([successes, Number(entry?.version), Number(entry?.value)], [100, 100, 100]);
});

test.run();
