import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { Cost } from '../support/children/allocating.js';

const messages = 20_000;

/** A young generation that holds all that is allocated: what was taken is then what was added. */
async function costOf(how: 'next' | 'request'): Promise<Cost> {
  const program = 'spec/support/children/allocating.ts';
  const flags = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, String(messages), how]);
  const cost = JSON.parse(stdout) as Cost;
  assert.is(cost.collections, 0);
  return cost;
}

// Counts, not times: they are the same on every machine. Each limit leaves a fifth to other versions of Node.

test('a message that is sent and answered allocates at most 500 bytes, and no promise', async () => {
  const { bytes, promises, writes } = await costOf('next');
  assert.ok(bytes <= 500, `${bytes} bytes a message`);
  assert.ok(promises < 0.02, `${promises} promises a message`);
  assert.ok(writes <= (messages / 400) * 2, `${writes} writes`);
});

test('a request over the stream and its reply allocate at most 2,000 bytes, and no promise', async () => {
  const { bytes, promises, writes } = await costOf('request');
  assert.ok(bytes <= 2000, `${bytes} bytes a request`);
  assert.ok(promises < 0.02, `${promises} promises a request`);
  assert.ok(writes <= (messages / 400) * 2, `${writes} writes`);
});

test.run();
