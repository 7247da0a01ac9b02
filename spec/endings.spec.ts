// time limit: 300 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { runFile } from './support/child.js';
import { endings } from './support/endings.js';

const limitSeconds = 100;

const child = 'spec/support/children/ending.ts';
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];

for (const [index, name] of Object.keys(endings).entries()) {
  const lane = index % lanes.length;
  const ending = (lanes[lane] as Promise<unknown>).then(() => runFile(child, limitSeconds, [name]));
  lanes[lane] = ending;
  test(`${name}: leaves no timer, socket, listener or call, and the process ends by itself`, async () => {
    const { exitCode, timedOut, output } = await ending;
    assert.equal({ exitCode, timedOut }, { exitCode: 0, timedOut: false }, output);
  });
}

test.run();
