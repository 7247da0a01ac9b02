import { map } from 'rxjs';
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
} from '../generated/kv.js';
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
  const written = map(committed(maxPageBytes));
  return {
    get: ({ key }) => engine.get(requests.key(key)).pipe(map(found)),
    put: (request) => engine.commit(requests.put(request)).pipe(written),
    delete: (request) => engine.commit(requests.delete(request)).pipe(written),
    transact: (request) => engine.commit(requests.transaction(request)).pipe(written),
    range: (request) => {
      const { span, size } = requests.range(request);
      return engine.range(span, size).pipe(map(page));
    },
  };
}
