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

/** Why an attempt brought no answer, and what is known of it. Every error of an `Api` is one. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  /** What the attempt failed with, as the user is told. */
  readonly error: unknown;
  /** Whether the request was handed to a connection: if not, no server has seen it. */
  readonly handed: boolean;
  /** Whether the service said itself that it did nothing. */
  readonly notDone: boolean;

  constructor(error: unknown, { handed, notDone = false }: { readonly handed: boolean; readonly notDone?: boolean }) {
    super('an attempt was not answered', { cause: error });
    this.error = error;
    this.handed = handed;
    this.notDone = notDone;
  }

  /** Whether the request may have been done in spite of the error. */
  get mayBeDone(): boolean {
    return this.handed && !this.notDone;
  }
}

/** One way to ask a server. */
export interface Api {
  /** Asks once, when subscribed to; fails with an `Unanswered`. */
  ask<K extends Method>(
    method: K,
    request: Exchanges[K]['request'],
    timeoutMs: number,
  ): Observable<Exchanges[K]['response']>;
  /** The books of the stream, if there is one. */
  stats(): RemoteStats | undefined;
  close(): Promise<void>;
}
