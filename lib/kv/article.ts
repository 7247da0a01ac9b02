import { status } from '@grpc/grpc-js';
import { defer, first, map, repeat, switchMap } from 'rxjs';
import type { Observable } from 'rxjs';

import type { KeyValueServiceHandlers } from '../generated/kvservice.js';
import type { Handlers } from '../index.js';
import { soon } from './engine.js';
import type { Engine } from './engine.js';
import { StatusError } from './failure.js';
import type { Key } from './key.js';
import type { Requests } from './requests.js';

/**
 * The article's own API. An empty key is one like any other here: the lengths of those that the article's client draws
 * begin at 0, and it takes what it does not expect for the end.
 */
export function articleHandlers(engine: Engine, requests: Requests): Handlers<KeyValueServiceHandlers> {
  return {
    create: ({ key: bytes, value }) => {
      const key = requests.anyKey(bytes);
      const created = {
        conditions: [{ key, expected: { exists: false } }],
        writes: [{ key, value: requests.value(value) }],
      };
      return engine.commit(created).pipe(
        map(({ outcome }) => {
          if (outcome === 'done') return {};
          throw new StatusError(status.ALREADY_EXISTS, 'the key has a value');
        }),
      );
    },
    retrieve: ({ key }) => engine.get(requests.anyKey(key)).pipe(map(({ entry }) => ({ value: there(entry).value }))),
    update: ({ key, value }) => updated(engine, requests.anyKey(key), requests.value(value)).pipe(map(() => ({}))),
    delete: ({ key }) =>
      engine
        .commit({ conditions: [], writes: [{ key: requests.anyKey(key), value: undefined }] })
        .pipe(map(() => ({}))),
  };
}

/** The article's loop: what was read is replaced, unless it was replaced meanwhile; then all over again. */
function updated(engine: Engine, key: Key, value: Uint8Array): Observable<unknown> {
  const { store } = engine;
  const replaced$ = defer(() => soon(store.get(key))).pipe(
    map(({ entry }) => there(entry).version),
    switchMap((version) =>
      soon(store.commit({ conditions: [{ key, expected: { version } }], writes: [{ key, value }] })),
    ),
  );
  return engine.write(
    [key],
    replaced$.pipe(
      repeat(),
      first(({ outcome }) => outcome === 'done'),
    ),
  );
}

function there<T>(entry: T | undefined): T {
  if (entry) return entry;
  throw new StatusError(status.NOT_FOUND, 'the key has no value');
}
