import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { gathered } from '../../../bench/stream/gathered.js';

test('a lone message goes at once, and what gathers meanwhile goes together', () => {
  const { queue, send, writes, flush } = gathering();
  for (const word of ['a', 'b', 'c']) {
    queue.push(Buffer.from(word));
    send();
  }
  assert.equal(writes, [['a']]);
  flush();
  assert.equal(writes, [['a'], ['b', 'c']]);
  flush();
  assert.is(writes.length, 2);
});

test('a write takes no more once it holds 16 KiB', () => {
  const { queue, send, writes, flush } = gathering();
  queue.push(...Array.from({ length: 3 }, () => Buffer.alloc(1 << 13)));
  send();
  flush();
  assert.equal(
    writes.map(({ length }) => length),
    [2, 1],
  );
});

function gathering(): { queue: Buffer[]; send: () => void; writes: string[][]; flush: () => void } {
  const queue: Buffer[] = [];
  const writes: string[][] = [];
  let flushed = (): void => undefined;
  const send = gathered(
    () => queue.shift(),
    (messages, done) => {
      writes.push(messages.map(String));
      flushed = done;
    },
  );
  return { queue, send, writes, flush: () => flushed() };
}

test.run();
