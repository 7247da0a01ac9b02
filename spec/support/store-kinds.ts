import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { keyOf, memoryStore } from 'rxduplex/kv';
import type {
  Changes,
  Committed,
  Expectation,
  HistoryOptions,
  Key,
  PageSize,
  Span,
  Store,
  Transaction,
} from 'rxduplex/kv';

import { openStore } from '../../lib/kv/level/open.js';

/** A new directory, which is gone with all that is in it at the end. */
export class Folder implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'rxduplex-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** A store of its own, closed at the end. */
export interface Opened extends AsyncDisposable {
  readonly store: Store;
}

type Open = (options?: HistoryOptions) => Promise<Opened>;

/** A store that leaves nothing behind. */
export function closing(store: Store): Opened {
  return { store, [Symbol.asyncDispose]: async () => store.close() };
}

/** Revisions are counted from 1, over restarts too, so that a spec can name them. */
const counted = { firstRevision: 1 } as const;

export const openMemory: Open = (options) => Promise.resolve(closing(memoryStore({ ...counted, ...options })));

export const levelCounted = (directory: string, options: HistoryOptions = {}): Promise<Store> =>
  openStore(directory, options, (newest) => newest + 1);

export const openLevel: Open = async (options) => {
  const folder = new Folder();
  const store = await levelCounted(folder.path, options);
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      folder[Symbol.dispose]();
    },
  };
};

/** Every kind of store there is. */
export const kinds: readonly { readonly title: string; readonly open: Open }[] = [
  { title: 'memory', open: openMemory },
  { title: 'level', open: openLevel },
];

export const all: Span = { start: key(''), end: undefined };
export const large: PageSize = { entries: 1_000_000, bytes: 1_000_000_000 };

/** A key of characters below 256, each of which is a byte. */
export function key(text: string): Key {
  return keyOf(Buffer.from(text, 'latin1'));
}

export function put(name: string, value: string | Uint8Array, ...conditions: Transaction['conditions']): Transaction {
  return { conditions, writes: [{ key: key(name), value: Buffer.from(value) }] };
}

export function remove(name: string, ...conditions: Transaction['conditions']): Transaction {
  return { conditions, writes: [{ key: key(name), value: undefined }] };
}

export function expect(name: string, expected: Expectation): Transaction['conditions'][number] {
  return { key: key(name), expected };
}

/** Commits all of them without waiting for any. */
export function commitAll(store: Store, ...transactions: readonly Transaction[]): Promise<Committed[]> {
  return Promise.all(transactions.map(async (transaction) => store.commit(transaction)));
}

/** The value and its version, `one@1`, or `-`. */
export async function read(store: Store, name: string): Promise<string> {
  const { entry } = await store.get(key(name));
  return entry ? `${textOf(entry.value)}@${entry.version}` : '-';
}

/** All there is: `a=one@1`. */
export async function readAll(store: Store): Promise<string[]> {
  const { entries } = await store.range(all, large);
  return entries.map((entry) => `${entry.key}=${textOf(entry.value)}@${entry.version}`);
}

/** The changes from a revision on; none, if that is not known. */
export async function changesFrom(
  store: Store,
  from: number,
  max = 1_000_000,
): Promise<readonly Changes[] | undefined> {
  const known = await store.changes(from, max);
  return 'changes' in known ? known.changes : undefined;
}

/** What the revisions from one on changed: `2 a=two b=-`. */
export async function history(store: Store, from: number, max = 1_000_000): Promise<string[] | undefined> {
  const found = await changesFrom(store, from, max);
  return found?.map(({ revision, changes }) =>
    [revision, ...changes.map((change) => `${change.key}=${change.entry ? textOf(change.entry.value) : '-'}`)].join(
      ' ',
    ),
  );
}

/** What something failed with. */
export async function failureOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

export async function codeOf(action: () => unknown): Promise<string | undefined> {
  return ((await failureOf(action)) as NodeJS.ErrnoException).code;
}

export function textOf(value: Uint8Array): string {
  return Buffer.from(value).toString('latin1');
}
