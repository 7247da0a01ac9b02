import { holds } from '../../lib/kv/store/store.js';
import { memoryStore } from 'rxduplex/kv';
import type { Store } from 'rxduplex/kv';

/** A few turns of the event loop, drawn from `random`. */
const pause = async (random: () => number): Promise<void> => {
  for (let left = Math.floor(random() * 4); left > 0; left -= 1) await new Promise(setImmediate);
};

/** A store that answers in its time, as one on a disk would; each thing that it does is atomic. */
export function lateStore(random: () => number, store: Store = memoryStore({ firstRevision: 1 })): Store {
  const late = async <T>(act: () => T): Promise<Awaited<T>> => {
    await pause(random);
    const result = await act();
    await pause(random);
    return result;
  };
  return over(store, {
    get: (key) => late(() => store.get(key)),
    range: (span, size) => late(() => store.range(span, size)),
    commit: (transaction) => late(() => store.commit(transaction)),
    changes: (from, max) => late(() => store.changes(from, max)),
  });
}

/** A store that is not what it should be: others come between the conditions of a commit and its writes. */
export function tornStore(random: () => number, store: Store = memoryStore({ firstRevision: 1 })): Store {
  return over(store, {
    commit: async ({ conditions, writes }) => {
      const found = await Promise.all(
        conditions.map(async ({ key, expected }) => ({ key, expected, entry: (await store.get(key)).entry })),
      );
      const current = found.filter(({ expected, entry }) => !holds(expected, entry));
      if (current.length > 0) return { outcome: 'refused', revision: store.revision, current };
      await pause(random);
      return store.commit({ conditions: [], writes });
    },
  });
}

/** A store with other methods. */
export function over(store: Store, methods: Partial<Store>): Store {
  return {
    get revision() {
      return store.revision;
    },
    get oldest() {
      return store.oldest;
    },
    revision$: store.revision$,
    get: (key) => store.get(key),
    range: (span, size) => store.range(span, size),
    commit: (transaction) => store.commit(transaction),
    changes: (from, max) => store.changes(from, max),
    compact: (revision) => store.compact(revision),
    close: () => store.close(),
    ...methods,
  };
}
