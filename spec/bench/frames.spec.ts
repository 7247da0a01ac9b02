import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { frame, unframe } from '../../bench/frames.js';

const words = ['one', '', 'three'];
const framed = frame(words.map((word) => Buffer.from(word)));

test('each message has its prefix: no compression, and the length', () => {
  assert.is(framed.toString('latin1'), '\0\0\0\0\x03one\0\0\0\0\0\0\0\0\0\x05three');
});

test('the messages come back, in whatever pieces the wire gives them', () => {
  for (let size = 1; size <= framed.length; size++) {
    const found: string[] = [];
    const take = unframe((message) => found.push(message.toString()));
    for (let at = 0; at < framed.length; at += size) take(framed.subarray(at, at + size));
    assert.equal(found, words);
  }
});

test.run();
