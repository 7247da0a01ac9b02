import { status } from '@grpc/grpc-js';
import { catchError, defer, map, throwError } from 'rxjs';
import type { Observable } from 'rxjs';

import type { KeyValueClient, SessionRequest, SessionResponse__Output } from '../../generated/kv.js';
import { Remote, RxDuplexError, bidi, oneof, repeated } from '../../index.js';
import type { Backoff, MetadataSource, RemoteStats, Requests } from '../../index.js';
import type { Api, Exchanges, Method } from './api.js';
import { statusError } from './values.js';

export interface SessionOptions {
  readonly backoff: Backoff;
  readonly metadata: MetadataSource | undefined;
}

/** All operations over one stream, which is opened again when it breaks. */
export function sessionApi(client: KeyValueClient, options: SessionOptions): Api {
  return new SessionApi(() => remoteOf(client, options));
}

type SessionRemote = ReturnType<typeof remoteOf>;

class SessionApi implements Api {
  readonly #open: () => SessionRemote;
  #remote: SessionRemote;
  #failed = false;

  constructor(open: () => SessionRemote) {
    this.#open = open;
    this.#remote = this.#opened();
  }

  ask<K extends Method>(
    method: K,
    request: Exchanges[K]['request'],
    timeoutMs: number,
  ): Observable<Exchanges[K]['response']> {
    return defer(() => this.#live().request({ [method]: request }, { timeoutMs })).pipe(
      catchError((error: unknown) => throwError(() => reasonOf(error))),
      map((response) => resultOf(method, response)),
    );
  }

  stats(): RemoteStats {
    return this.#remote.stats();
  }

  async close(): Promise<void> {
    await this.#remote.close();
  }

  /** A `Remote` that failed of what no attempt would mend is closed for good; the next operation may fare better. */
  #live(): SessionRemote {
    if (this.#failed) this.#remote = this.#opened();
    return this.#remote;
  }

  #opened(): SessionRemote {
    const remote = this.#open();
    this.#failed = false;
    remote.status$.subscribe((now) => {
      this.#failed = now.state === 'closed' && now.reason === 'failed';
    });
    return remote;
  }
}

const requests = {
  mode: 'by-id',
  // A number is a 64-bit one sooner than its digits are.
  set: (request: SessionRequest, id: string): SessionRequest => ({ ...request, id: Number(id) }),
  get: ({ id }: SessionResponse__Output): string => id,
  // The client's own limit is the bound.
  maxPending: Infinity,
} as const satisfies Requests<SessionRequest, SessionResponse__Output>;

// Its type is that of the Remote with these events and requests.
function remoteOf(client: KeyValueClient, { backoff, metadata }: SessionOptions) {
  return new Remote(bidi(client, 'session', { batch: repeated('batch'), ...(metadata && { metadata }) }), {
    events: oneof('result'),
    requests,
    // What the client lets through is bounded by its limit; a value of any size may be among it.
    outgoing: { maxMessages: Infinity, maxBytes: Infinity },
    reconnect: { backoff },
  });
}

function resultOf<K extends Method>(method: K, response: SessionResponse__Output): Exchanges[K]['response'] {
  const { failure } = response;
  if (failure) throw statusError(failure.code, failure.message);
  const result: Exchanges[K]['response'] | null | undefined = response[method];
  if (result) return result;
  throw statusError(status.DATA_LOSS, `the answer to ${method} is ${response.result ?? 'empty'}`);
}

/** Requests that were still queued when the stream failed for good failed of the same. */
function reasonOf(error: unknown): unknown {
  const failed = RxDuplexError.is(error) && error.code === 'CLOSED' && error.cause !== undefined;
  return failed ? error.cause : error;
}
