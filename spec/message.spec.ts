import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { checkedSerializer } from '../lib/message.js';

const bytes = Buffer.from('x');
const serialize = (): Buffer => bytes;

test('what is no message is not serialised: protobufjs would make an empty one of it', () => {
  const checked = checkedSerializer<unknown, Buffer>({ requestType: {} }, 'requestType', serialize);
  for (const value of ['text', 5, true, undefined, null, Symbol('a'), () => undefined, new Error('x'), bytes]) {
    assert.throws(() => checked(value), /^a message must not be (a|an|undefined|null|bytes)\b/, String(value));
  }
  for (const value of [[], [{ id: '1' }], new Set(), new Map(), (async function* () {})()]) {
    assert.throws(() => checked(value), /^a message must not be an (async )?iterable: send its members one by one/);
  }
  for (const value of [{}, { id: '1' }, Object.create(null)]) assert.is(checked(value), bytes);
});

test('a codec that does not describe its messages may take texts, bytes and lists, but no function and no generator', () => {
  const checked = checkedSerializer<unknown, Buffer>({}, 'requestType', serialize);
  for (const value of ['text', 5, null, [1, 2], new Uint8Array(2), {}]) assert.is(checked(value), bytes);
  for (const value of [() => undefined, (function* () {})(), (async function* () {})()]) {
    assert.throws(() => checked(value), /^a message must not be a/);
  }
});

test.run();
