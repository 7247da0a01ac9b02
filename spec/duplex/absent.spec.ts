// time limit: 300 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { runFile } from '../support/child.js';
import type { Absence } from '../support/children/absent.js';

const child = 'spec/support/children/absent.ts';
const limitSeconds = 250;

/** A call that is kept, or only what waits for its channel, has more than that in 18,000 attempts: 116 bytes each. */
const maxGrowth = 2 * 2 ** 20;

const ways = {
  remote: 'a Remote that has something to send',
  made: 'a Remote whose client is made by a function',
  duplex: 'a stream with an Open of the user’s own',
};

// All at once: they wait for timers most of the time.
const running = Object.entries(ways).map(([way, title]) => ({ title, ending: runFile(child, limitSeconds, [way]) }));

for (const { title, ending } of running) {
  const told = async (): Promise<Absence> => JSON.parse((await ending).stdout) as Absence;

  test(`${title}, whose peer is absent: the process says nothing, and ends by itself`, async () => {
    const { exitCode, timedOut, stderr } = await ending;
    assert.equal({ exitCode, timedOut, stderr }, { exitCode: 0, timedOut: false, stderr: '' });
  });

  test(`${title}, whose peer is absent: 20,000 attempts hold no more than 2,000`, async () => {
    const { some, all } = await told();
    assert.ok(all.attempts >= 20_000 && some.attempts < 2_100, `${String(some.attempts)}, ${String(all.attempts)}`);
    const grown = all.bytes - some.bytes;
    assert.ok(grown < maxGrowth, `${String(grown)} bytes more`);
  });

  test(`${title}, whose peer is absent: its channel has one watcher at most, and a signal as many listeners as before`, async () => {
    const { some, all } = await told();
    for (const { watchers } of [some, all]) assert.ok(watchers <= 1, `${String(watchers)} watchers`);
    assert.is(all.listeners, some.listeners);
  });

  test(`${title}, whose peer is absent: nothing listens, and no timer runs, when it is closed`, async () => {
    const { listeners, timers } = await told();
    assert.equal({ listeners, timers }, { listeners: 0, timers: 0 });
  });
}

test.run();
