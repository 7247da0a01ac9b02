// time limit: 900 s
import { setTimeout as delay } from 'node:timers/promises';

import { levelStore } from 'rxduplex/kv';
import type { Changes, Store } from 'rxduplex/kv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { start } from '../../bench/child.js';
import { Acks } from '../support/acks.js';
import { countOf } from '../support/counting.js';
import { until } from '../support/peer.js';
import { Folder, key } from '../support/store-kinds.js';

/** A tenth of the full run, which `KV_KILLS=300` asks for. */
const kills = Number(process.env['KV_KILLS'] ?? 30);
const writers = 16;

const program = import.meta.resolve('../support/children/committing.ts');

test(`${kills} times kill -9 of a process that writes to disk: every commit that was answered is there with its version, and each is there whole`, async () => {
  using folder = new Folder();
  let revision = 0;
  let answered = 0;
  let written = 0;
  for (let count = 0; count < kills; count += 1) {
    using acks = new Acks();
    const child = await start('committing', program, { args: [folder.path, String(writers)], file: acks.file });
    await until('some commits', () => acks.count > 3 * writers, 30_000);
    await delay(100 * Math.random());
    child.kill('SIGKILL');
    assert.is(await child.ended, 'SIGKILL');

    const store = await levelStore(folder.path);
    const known = await store.changes(revision + 1, Infinity);
    if (!('changes' in known)) throw new Error(`the changes from ${revision + 1} on are not known any more`);
    assert.is(known.upTo, store.revision);
    const { changes } = known;
    const first = changes[0]?.revision ?? 0;
    assert.ok(first > revision, 'no revision is given twice');
    assert.equal(
      changes.map((made) => made.revision),
      changes.map((_, index) => first + index),
    );
    changes.forEach(assertWhole);
    for (const ack of acks.read()) {
      const made = changes[ack.revision - first]?.changes[0];
      const told = `writer ${ack.writer} was told that ${ack.count} is revision ${ack.revision}`;
      assert.is(made?.key, key(`a${ack.writer}`), told);
      assert.is(made?.entry && countOf(made.entry.value), ack.count, told);
    }
    await assertNewest(store, changes);
    answered += acks.count;
    written += changes.length;
    ({ revision } = store);
    await store.close();
  }
  assert.ok(answered <= written && answered > kills * writers, `${answered} answered, of ${written}`);
});

/** A transaction writes the same to both keys of a writer. */
function assertWhole({ changes }: Changes): void {
  const [a, b] = changes;
  assert.is(changes.length, 2);
  assert.is(a?.key.slice(1), b?.key.slice(1));
  assert.equal(a?.entry?.value, b?.entry?.value);
}

/** Every key has the value of the last change to it, with its version. */
async function assertNewest(store: Store, changes: readonly Changes[]): Promise<void> {
  const newest = new Map(changes.flatMap((made) => made.changes).map((change) => [change.key, change.entry]));
  assert.is(newest.size, 2 * writers);
  for (const [name, entry] of newest) assert.equal((await store.get(name)).entry, entry);
}

test.run();
