import type { Observable } from 'rxjs';

import type {
  DeleteRequest__Output,
  GetRequest__Output,
  GetResponse,
  PutRequest__Output,
  RangeRequest__Output,
  RangeResponse,
  TransactRequest__Output,
  TransactResponse,
  WriteResponse,
} from '../../generated/kv.js';
import { andThen } from '../soon.js';
import { keysOf } from '../store/store.js';
import type { Transaction } from '../store/store.js';
import type { Engine } from './engine.js';
import type { Limits } from './limits.js';
import type { Requests } from './requests.js';
import { committed, found, page } from './responses.js';

/** The operations of the API with versions: each a call of its own, or one of a session. A bad one throws. */
export interface Operations {
  readonly get: (request: GetRequest__Output) => Observable<GetResponse>;
  readonly put: (request: PutRequest__Output) => Observable<WriteResponse>;
  readonly delete: (request: DeleteRequest__Output) => Observable<WriteResponse>;
  readonly transact: (request: TransactRequest__Output) => Observable<TransactResponse>;
  readonly range: (request: RangeRequest__Output) => Observable<RangeResponse>;
}

export function operationsOf(engine: Engine, requests: Requests, { maxPageBytes }: Limits): Operations {
  const told = committed(maxPageBytes);
  const commit = (transaction: Transaction): Observable<WriteResponse> =>
    engine.write(keysOf(transaction), (store) => andThen(store.commit(transaction), told));
  return {
    get: ({ key: bytes }) => {
      const key = requests.key(bytes);
      return engine.read([key], (store) => andThen(store.get(key), found));
    },
    put: (request) => commit(requests.put(request)),
    delete: (request) => commit(requests.delete(request)),
    transact: (request) => commit(requests.transaction(request)),
    range: (request) => {
      const { span, size } = requests.range(request);
      return engine.read([], (store) => andThen(store.range(span, size), page));
    },
  };
}
