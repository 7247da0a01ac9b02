import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { Aged } from '../support/children/aging.js';

/** Small collections only; and nothing is taken for old before it is, since many of its kind were. */
const flags = [
  '--expose-gc',
  '--max-semi-space-size=8',
  '--min-semi-space-size=8',
  '--initial-old-space-size=1024',
  '--no-allocation-site-pretenuring',
];

async function agedOf(what: 'call' | 'request' | 'listener'): Promise<number> {
  const program = [...flags, '--import', 'tsx', 'spec/support/children/aging.ts', what];
  const { stdout } = await promisify(execFile)(process.execPath, program);
  const { bytes, fullCollections } = JSON.parse(stdout) as Aged;
  assert.is(fullCollections, 0);
  return bytes;
}

// The table of a Map or a Set in which things come and go refers to the next one when it is given up. It was 3,200 bytes
// of each call, 640 of each request, and 90 of each listener, that grew old with it.

test('a call that serve has answered dies young, however many come after it', async () => {
  const bytes = await agedOf('call');
  assert.ok(bytes <= 400, `${bytes} bytes a call have grown old`);
});

test('a request over the stream that has had its reply dies young, however many come after it', async () => {
  const bytes = await agedOf('request');
  assert.ok(bytes <= 400, `${bytes} bytes a request have grown old`);
});

test('a listener that has left dies young, however many come after it', async () => {
  const bytes = await agedOf('listener');
  assert.ok(bytes <= 50, `${bytes} bytes a listener have grown old`);
});

test.run();
