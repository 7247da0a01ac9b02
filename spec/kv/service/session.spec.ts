import { status } from '@grpc/grpc-js';
import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import { Outgoing, bidi, duplex, repeated } from 'rxduplex';
import { memoryStore } from 'rxduplex/kv';
import { lastValueFrom, toArray } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { SessionRequest, SessionResponse__Output } from '../../../lib/generated/kv.js';
import { randomFrom } from '../../support/histories.js';
import { served, stopAll } from '../../support/key-values.js';
import type { Served } from '../../support/key-values.js';
import { turns, until } from '../../support/peer.js';
import { lateStore } from '../../support/stores.js';

test.after.each(stopAll);

const key = Buffer.from('key');

/** A session of a bare client. */
interface Session {
  readonly call: ClientDuplexStream<SessionRequest, SessionResponse__Output>;
  readonly answers: SessionResponse__Output[];
  readonly ended: StatusObject[];
}

function session({ client }: Served): Session {
  const call = client.session();
  const answers: SessionResponse__Output[] = [];
  const ended: StatusObject[] = [];
  call.on('data', (answer: SessionResponse__Output) => answers.push(answer));
  call.on('status', (given: StatusObject) => ended.push(given));
  call.on('error', () => undefined);
  return { call, answers, ended };
}

test('each operation is answered under its id, as the method of its name', async () => {
  const { call, answers, ended } = session(await served());
  call.write({ id: 1, put: { key, value: Buffer.from('1') } });
  call.write({ id: 2, get: { key } });
  call.write({ id: 3, transact: { conditions: [{ key, expected: { version: 1 } }] } });
  call.write({ id: 4, range: {} });
  call.write({ id: '18446744073709551615', delete: { key } });
  call.end();
  await until('the end', () => ended.length > 0);
  assert.equal(answers.map(({ id, result }) => `${id} ${String(result)}`).sort(), [
    '1 put',
    '18446744073709551615 delete',
    '2 get',
    '3 transact',
    '4 range',
  ]);
  assert.is(ended[0]?.code, status.OK);
});

test('a bad operation is answered with a failure, and the session goes on', async () => {
  const { call, answers } = session(await served());
  call.write({ id: 1, get: {} });
  call.write({ id: 2 });
  call.write({ id: 3, put: { key, expected: { version: 9 } } });
  call.write({ id: 4, get: { key } });
  await until('four answers', () => answers.length === 4);
  assert.equal(
    answers.map(({ id, failure }) => [id, failure?.code, failure?.message]),
    [
      ['1', status.INVALID_ARGUMENT, 'a key must not be empty'],
      ['2', status.INVALID_ARGUMENT, 'an operation must be set'],
      ['3', status.INVALID_ARGUMENT, 'no value has had version 9; the newest is 0'],
      ['4', undefined, undefined],
    ],
  );
});

test('a store that fails is told as a failure, and to the owner', async () => {
  const store = memoryStore({ firstRevision: 1 });
  const error = new Error('/a/directory/of/its/own');
  store.commit = () => Promise.reject(error);
  const on = await served({ store });
  const failures: unknown[] = [];
  on.kv.failures$.subscribe((failure) => failures.push(failure));
  const { call, answers } = session(on);
  call.write({ id: 1, put: { key } });
  await until('the answer', () => answers.length === 1);
  assert.equal(answers[0]?.failure, { code: status.UNKNOWN, message: 'the operation failed', notDone: false });
  assert.equal(failures, [error]);
});

test('operations are at work at once: none waits for a slow one before it', async () => {
  const { call, answers } = session(await served({ work: { readMs: 1, writeMs: 300 } }));
  call.write({ id: 1, put: { key } });
  call.write({ id: 2, get: { key } });
  await until('both', () => answers.length === 2);
  assert.equal(
    answers.map(({ id }) => id),
    ['2', '1'],
  );
});

test('no more are at work than may be; the rest waits and is answered', async () => {
  const store = memoryStore({ firstRevision: 1 });
  let [working, most] = [0, 0];
  const get = store.get.bind(store);
  store.get = async (...args) => {
    working += 1;
    most = Math.max(most, working);
    await turns(2);
    working -= 1;
    return get(...args);
  };
  const { call, answers } = session(await served({ store, maxInFlight: 5 }));
  for (let id = 1; id <= 50; id += 1) call.write({ id, get: { key } });
  await until('all', () => answers.length === 50);
  assert.is(most, 5);
});

test('a client that does not read its answers is slowed, and loses none', async () => {
  const on = await served({ maxInFlight: 16, store: lateStore(randomFrom(4)) });
  const { call, answers, ended } = session(on);
  call.pause();
  call.write({ id: 0, put: { key, value: Buffer.alloc(1 << 20) } });
  for (let id = 1; id < 100; id += 1) call.write({ id, get: { key } });
  call.end();
  await turns(300);
  const begun = on.serving.stats().inbound.received;
  assert.ok(begun < 60, `${String(begun)} were read`);
  call.resume();
  await until('the end', () => ended.length > 0);
  assert.equal([answers.length, ended[0]?.code], [100, status.OK]);
});

test('batches are agreed on with a client that asks for them, and the answers are the same', async () => {
  const on = await served();
  const open = bidi(on.client, 'session', { batch: repeated('batch') });
  const outgoing = new Outgoing<SessionRequest>({ encode: open.encode });
  const requests = Array.from({ length: 500 }, (_, id): SessionRequest => ({ id, put: { key } }));
  void outgoing.feed(requests).then(() => {
    outgoing.complete();
  });
  const answers = await lastValueFrom(duplex(open, outgoing).pipe(toArray()));
  assert.is(on.store.revision, 500);
  assert.equal(answers.map(({ id, put }) => [Number(id), Number(put?.done?.revision)]).at(-1), [499, 500]);
  assert.is(new Set(answers.map(({ id }) => id)).size, 500);
});

test('one that is drained answers what is at work, and ends with OK', async () => {
  const on = await served({ work: { writeMs: 100 } });
  const { call, answers, ended } = session(on);
  call.write({ id: 1, put: { key } });
  await until('it is at work', () => on.serving.stats().inbound.received === 1);
  await on.serving.drain();
  await until('the end', () => ended.length > 0);
  assert.equal([answers.map(({ id }) => id), ended[0]?.code], [['1'], status.OK]);
});

test.run();
