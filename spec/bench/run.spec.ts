import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { run } from '../../bench/run.js';
import type { Found } from '../../bench/run.js';

const found = (results: Found['results'], isAsPromised: boolean) => (): Promise<Found> =>
  Promise.resolve({ results, isAsPromised });

test('what all steps found is written in one file, also what is not as promised', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));
  const json = join(folder, 'out.json');
  assert.is(await run(json, found({ streams: 1 }, true), found({ replicas: [2] }, false)), false);
  const written = JSON.parse(await readFile(json, 'utf8')) as unknown;
  await rm(folder, { recursive: true });
  assert.equal(written, { streams: 1, replicas: [2] });
});

test('all is as promised only if every step is', async () => {
  assert.is(await run(undefined, found({}, true), found({}, true)), true);
  assert.is(await run(undefined, found({}, false), found({}, true)), false);
});

test.run();
