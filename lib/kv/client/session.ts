import { status } from '@grpc/grpc-js';
import { catchError, defer, map, throwError } from 'rxjs';
import type { Observable } from 'rxjs';

import type { KeyValueClient, SessionRequest, SessionResponse__Output } from '../../generated/kv.js';
import { NoReplyError, Remote, RxDuplexError, bidi, oneof, repeated } from '../../index.js';
import type { Backoff, MetadataSource, RemoteStats, Requests } from '../../index.js';
import { codeOf } from '../../internal.js';
import { Unanswered } from './api.js';
import type { Api, Exchanges, Method } from './api.js';
import { closedBecause, statusError } from './values.js';

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
  /** Why there is no stream; `undefined` if there is one, or none was needed yet. */
  #cause: unknown;

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
      map((response) => resultOf(method, response)),
      catchError((error: unknown) => throwError(() => unansweredBy(error, this.#cause))),
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
      if (now.state === 'reconnecting') this.#cause = now.cause;
      else if (now.state === 'open') this.#cause = undefined;
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
  if (failure) {
    const { code, message, notDone } = failure;
    throw new Unanswered(statusError(code, message), { handed: true, notDone });
  }
  const result: Exchanges[K]['response'] | null | undefined = response[method];
  if (result) return result;
  throw statusError(status.DATA_LOSS, `the answer to ${method} is ${response.result ?? 'empty'}`);
}

/**
 * What is known of a request that was not answered. Only two errors say that a call had it: it died, or the time was over
 * while it had the request. All others of the library's own come before that: the request waited in the buffer, or was
 * refused by it, or was still in it when the stream failed for good. One that waited for a stream failed of what
 * keeps the stream from being opened.
 */
function unansweredBy(error: unknown, cause: unknown): Unanswered {
  if (error instanceof Unanswered) return error;
  if (error instanceof NoReplyError) {
    const { handed } = error;
    return new Unanswered(handed || codeOf(cause) === undefined ? error : cause, { handed });
  }
  const handed = !RxDuplexError.is(error) || error.code === 'CONNECTION_LOST';
  return new Unanswered(reasonOf(error, cause), { handed });
}

/**
 * What ended the stream is what the request failed of, as if it had been a call of its own. A stream that ended for no
 * such reason was closed by the client; `cause` is why there was none.
 */
function reasonOf(error: unknown, cause: unknown): unknown {
  if (!RxDuplexError.is(error)) return error;
  const isClosed = error.code === 'CLOSED';
  if (!isClosed && error.code !== 'CONNECTION_LOST') return error;
  if (error.cause === undefined) return isClosed ? closedBecause(cause) : error;
  const reason = reasonOf(error.cause, cause);
  return codeOf(reason) === undefined ? error : reason;
}
