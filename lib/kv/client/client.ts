import type { Observable } from 'rxjs';
import { ReplaySubject, catchError, map, of, throwError } from 'rxjs';

import type { KeyValueClient } from '../../generated/kv.js';
import { rx } from '../../index.js';
import type { Gated, LimitStats, RemoteStats } from '../../index.js';
import { OrderlyObservable, callable, checkNames, handled, ignoreOrderly } from '../../internal.js';
import type { Names } from '../../internal.js';
import { whole, withMethods } from '../options.js';
import type { Api, Exchanges, Method } from './api.js';
import { Attempts, Fate } from './attempts.js';
import { checkedOptions } from './options.js';
import type { KvOptions, KvSettings } from './options.js';
import { answeredOf, judged, ofOneKey } from './outcome.js';
import type { KvOutcome } from './outcome.js';
import { entriesOf } from './range.js';
import { sessionApi } from './session.js';
import { unaryApi } from './unary.js';
import { asBytes, entryOf, numberOf, spanOnWire } from './values.js';
import type { Bytes, KvCurrent, KvEntry, KvSpan } from './values.js';
import { changesOf } from './watch.js';
import type { KvChanges, KvWatchOptions } from './watch.js';
import { oneRequest, oneWritten, repeatable, transactRequest, writtenOf } from './writes.js';
import type { KvTransaction, WriteOptions, Written } from './writes.js';

/** `entry` is none if the key has no value; `revision` is that of the store when it was read. */
export interface KvFound {
  readonly entry: KvEntry | undefined;
  readonly revision: number;
}

export interface KvRangeOptions {
  /** How many entries are asked for at a time, at most. Default: as many as one answer holds. */
  readonly pageSize?: number;
}

export interface KvStats {
  readonly limit: LimitStats;
  /** Attempts that were not the first of their operation. */
  readonly repeats: number;
  /** How many writes ended as `unknown`. */
  readonly unknown: number;
  /** The books of the session's stream, if there is one. */
  readonly session: RemoteStats | undefined;
}

/**
 * A store at the other end of a client made by grpc-js, by either of its APIs. What a method gives is cold: it asks when
 * it is subscribed to, and again at each subscription; unsubscribing gives it up, which does not undo it.
 *
 * Reads are attempted again when another attempt may mend what they failed of. Writes are as well, as long as none of
 * their attempts may have been applied; after one that may have been, only those that `repeat` names. An attempt may
 * have been applied if it was handed to a connection and the service did not say that nothing was done.
 * Make clients with `channelOptions()`; they stay their owner's to close.
 */
export class KvClient {
  readonly #settings: KvSettings;
  readonly #methods: ReturnType<typeof rx<KeyValueClient>>;
  readonly #api: Api;
  readonly #attempts: Attempts;
  readonly #closed = new ReplaySubject<void>(1);
  #unknown = 0;
  #closing: Promise<void> | undefined;

  constructor(client: KeyValueClient, options: KvOptions = {}) {
    withMethods('client', client, methods, 'a KeyValueClient');
    this.#settings = checkedOptions(options);
    const { api, metadata } = this.#settings;
    this.#methods = rx(client, { ...(metadata && { metadata }) });
    this.#api = api === 'unary' ? unaryApi(this.#methods) : sessionApi(client, this.#settings);
    this.#attempts = new Attempts(this.#settings, this.#closed);
  }

  /** The value of a key. */
  get(key: Bytes): Observable<KvFound> {
    return this.#read('get', { key: asBytes('key', key) }).pipe(
      map(({ entry, revision }) => ({
        entry: entry ? entryOf(entry) : undefined,
        revision: numberOf('revision', revision),
      })),
    );
  }

  /** Gives a key a value, if what is expected of it holds. */
  put(key: Bytes, value: Bytes, options: WriteOptions = {}): Observable<KvOutcome<KvEntry | undefined>> {
    const written = oneWritten('put', key, asBytes('value', value), options);
    return this.#write('put', oneRequest(written), written).pipe(map(ofOneKey));
  }

  /** Takes the value of a key away, if what is expected of it holds. Done as well if it has none. */
  delete(key: Bytes, options: WriteOptions = {}): Observable<KvOutcome<KvEntry | undefined>> {
    const written = oneWritten('delete', key, undefined, options);
    return this.#write('delete', oneRequest(written), written).pipe(map(ofOneKey));
  }

  /** Does all of several writes, if all conditions hold; else none. `current` is what did not hold. */
  transact(transaction: KvTransaction): Observable<KvOutcome<readonly KvCurrent[]>> {
    const written = writtenOf(transaction);
    return this.#write('transact', transactRequest(written), written);
  }

  /**
   * Keys and values in the order of the keys' bytes. The next page, of at most `pageSize` entries, is asked for when
   * the last one has been taken; a reader that holds the gate is not given more. Entries of a page are of one
   * revision, and those of the next one may be of a later.
   */
  range(span: KvSpan = {}, options: KvRangeOptions = {}): Gated<KvEntry> {
    checkNames('range', options, { pageSize: true } satisfies Names<KvRangeOptions>);
    const { pageSize } = options;
    const limit = pageSize === undefined ? 0 : whole('pageSize', pageSize);
    const keys = spanOnWire(span);
    return entriesOf((continuation) => this.#read('range', { ...keys, limit, continuation }));
  }

  /**
   * Every change from the revision `from` on, in order, each once, over as many calls as it takes; without `from`, from
   * when the watch has begun. Fails with a `CompactedError` when what would come next is no longer known. A
   * reader that holds the gate slows the server. Completes when the client is closed.
   */
  watch(span: KvSpan = {}, options: KvWatchOptions = {}): Gated<KvChanges> {
    checkNames('watch', options, { from: true, onRetry: true } satisfies Names<KvWatchOptions>);
    const { from, onRetry } = options;
    if (onRetry !== undefined) callable('onRetry', onRetry);
    const keys = spanOnWire(span);
    const first = from === undefined ? 0 : whole('from', from);
    const open = (next: number) => this.#methods.watch({ ...keys, from: next });
    const { backoff } = this.#settings;
    return changesOf(open, { from: first, backoff, closed$: this.#closed, onRetry });
  }

  stats(): KvStats {
    return {
      limit: this.#settings.limit.stats(),
      repeats: this.#attempts.repeats,
      unknown: this.#unknown,
      session: this.#api.stats(),
    };
  }

  /**
   * Attempts nothing more, completes the watches, and settles when what is in flight has come to its end: of a session
   * at the latest when its stream has been drained, of unary calls when their time is over, if they have any. A second
   * close joins the first.
   */
  close(): Promise<void> {
    if (!this.#closing) {
      // Whoever is told of it may close it as well.
      this.#closing = handled(this.#ended());
      this.#closed.next();
    }
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ended(): Promise<void> {
    await Promise.all([this.#api.close(), this.#attempts.idle()]);
  }

  #read<K extends Method>(method: K, request: Exchanges[K]['request']): Observable<Exchanges[K]['response']> {
    return new OrderlyObservable(ignoreOrderly, (subscriber) => {
      const fate = new Fate(true);
      return this.#attempted(method, request, fate).subscribe(subscriber);
    });
  }

  #write<K extends 'put' | 'delete' | 'transact'>(
    method: K,
    request: Exchanges[K]['request'],
    written: Written,
  ): Observable<KvOutcome<readonly KvCurrent[]>> {
    return new OrderlyObservable(ignoreOrderly, (subscriber) => {
      const fate = new Fate(repeatable(written, this.#settings.repeat));
      return this.#attempted(method, request, fate)
        .pipe(
          map((response) => {
            const answer = answeredOf(response);
            return fate.doubt ? judged(written, answer, fate.doubt.error) : answer;
          }),
          catchError((error: unknown) =>
            fate.mayBeDone ? of({ outcome: 'unknown', error } as const) : throwError(() => error),
          ),
          map((outcome) => this.#counted(outcome)),
        )
        .subscribe(subscriber);
    });
  }

  #attempted<K extends Method>(
    method: K,
    request: Exchanges[K]['request'],
    fate: Fate,
  ): Observable<Exchanges[K]['response']> {
    return this.#attempts.of((timeoutMs) => this.#api.ask(method, request, timeoutMs), fate);
  }

  #counted<T extends KvOutcome<unknown>>(outcome: T): T {
    if (outcome.outcome === 'unknown') this.#unknown += 1;
    return outcome;
  }
}

const methods: readonly (keyof KeyValueClient)[] = ['get', 'put', 'delete', 'transact', 'range', 'watch', 'session'];
