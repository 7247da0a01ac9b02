import type { KeyValueServiceHandlers } from '../../generated/kvservice.js';
import type { Handlers } from '../../index.js';
import type { Key } from '../key.js';
import { andThen } from '../soon.js';
import type { Soon } from '../soon.js';
import type { Committed, Store } from '../store/store.js';
import type { Engine } from './engine.js';
import { absent, present } from './failure.js';
import type { Requests } from './requests.js';

/**
 * The article's own API. An empty key is one like any other here: the lengths of those that the article's client draws
 * begin at 0, and it takes what it does not expect for the end.
 */
export function articleHandlers(engine: Engine, requests: Requests): Handlers<KeyValueServiceHandlers> {
  const done = (): object => ({});
  return {
    create: ({ key: bytes, value: given }) => {
      const [key, value] = [requests.anyKey(bytes), requests.value(given)];
      return engine.write([key], (store) => andThen(created(store, key, value), done));
    },
    retrieve: ({ key: bytes }) => {
      const key = requests.anyKey(bytes);
      return engine.read([key], (store) => andThen(store.get(key), ({ entry }) => ({ value: there(entry).value })));
    },
    update: ({ key: bytes, value: given }) => {
      const [key, value] = [requests.anyKey(bytes), requests.value(given)];
      return engine.write([key], (store) => andThen(updated(store, key, value), done));
    },
    delete: ({ key: bytes }) => {
      const key = requests.anyKey(bytes);
      const writes = [{ key, value: undefined }];
      return engine.write([key], (store) => andThen(store.commit({ conditions: [], writes }), done));
    },
  };
}

function created(store: Store, key: Key, value: Uint8Array): Soon<Committed> {
  const create = { conditions: [{ key, expected: { exists: false } }], writes: [{ key, value }] };
  return andThen(store.commit(create), (committed) => {
    if (committed.outcome === 'done') return committed;
    throw present;
  });
}

/** The article's loop: what was read is replaced, unless it was replaced meanwhile; then all over again. */
function updated(store: Store, key: Key, value: Uint8Array): Soon<Committed> {
  return andThen(store.get(key), ({ entry }) => {
    const { version } = there(entry);
    const replace = { conditions: [{ key, expected: { version } }], writes: [{ key, value }] };
    return andThen(store.commit(replace), (committed) =>
      committed.outcome === 'done' ? committed : updated(store, key, value),
    );
  });
}

function there<T>(entry: T | undefined): T {
  if (entry) return entry;
  throw absent;
}
