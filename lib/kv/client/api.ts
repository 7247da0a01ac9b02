import type { Observable } from 'rxjs';

import type {
  DeleteRequest,
  GetRequest,
  GetResponse__Output,
  PutRequest,
  RangeRequest,
  RangeResponse__Output,
  TransactRequest,
  TransactResponse__Output,
  WriteResponse__Output,
} from '../../generated/kv.js';
import type { RemoteStats } from '../../index.js';

interface Exchange<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

/** What can be asked, and what is answered. */
export interface Exchanges {
  readonly get: Exchange<GetRequest, GetResponse__Output>;
  readonly put: Exchange<PutRequest, WriteResponse__Output>;
  readonly delete: Exchange<DeleteRequest, WriteResponse__Output>;
  readonly transact: Exchange<TransactRequest, TransactResponse__Output>;
  readonly range: Exchange<RangeRequest, RangeResponse__Output>;
}

export type Method = keyof Exchanges;

/** One way to ask a server. */
export interface Api {
  /** Asks once, when subscribed to. */
  ask<K extends Method>(
    method: K,
    request: Exchanges[K]['request'],
    timeoutMs: number,
  ): Observable<Exchanges[K]['response']>;
  /** The books of the stream, if there is one. */
  stats(): RemoteStats | undefined;
  close(): Promise<void>;
}
