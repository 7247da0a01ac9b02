/**
 * Fills a store until there is no room, goes on as it can, and makes room. What it saw is one line of JSON.
 * Arguments: a directory, and a command of a shell that makes room, in which PID is this process.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

import { StoreError } from 'rxduplex/kv';

import { changesFrom, codeOf, expect, failureOf, levelCounted, put, read } from '../store-kinds.js';

const [directory = '', makeRoom = ''] = process.argv.slice(2);
const value = (): string => randomBytes(10_000).toString('hex');

const store = await levelCounted(directory);
const written: string[] = [];
const failed: string[] = [];
const codes = new Set<unknown>();
const write = async (name: string): Promise<void> => {
  try {
    const text = value();
    const { revision } = await store.commit(put(name, text));
    written.push(`${name} ${text}@${revision}`);
  } catch (error) {
    failed.push(name);
    codes.add(error instanceof StoreError ? error.code : error);
  }
};
const intact = async (): Promise<boolean> => {
  const there = await Promise.all(
    written.map(async (line) => {
      const [name = '', text] = line.split(' ');
      return (await read(store, name)) === text;
    }),
  );
  const absent = await Promise.all(failed.map(async (name) => (await read(store, name)) === '-'));
  return [...there, ...absent].every(Boolean) && store.revision === written.length;
};

for (let count = 0; failed.length === 0; count += 4) {
  await Promise.all([0, 1, 2, 3].map((index) => write(`k${count + index}`)));
}
const first = { written: written.length, failed: failed.length, intact: await intact() };
const refused = await store.commit(put('k0', 'x', expect('k0', { exists: false })));
await write('still');
const still = { intact: await intact(), refused: refused.outcome, again: await codeOf(() => store.compact(3)) };
const { message } = (await failureOf(() => store.commit(put('told', 'x')))) as Error;

execFileSync('sh', ['-c', makeRoom], { env: { ...process.env, PID: String(process.pid) } });
await Promise.all([write('more'), write('even-more')]);
await store.compact(2);
const after = { written: written.length - first.written, intact: await intact(), oldest: store.oldest };
await store.close();

const again = await levelCounted(directory);
const lines = await Promise.all(
  written.map(async (line) => (await read(again, line.split(' ')[0] ?? '')) === line.split(' ')[1]),
);
const changes = await changesFrom(again, 2, 100_000);
const opened = { intact: lines.every(Boolean), revision: again.revision, changes: changes?.length };
await again.close();
console.log(JSON.stringify({ codes: [...codes], message, first, still, after, opened }));
