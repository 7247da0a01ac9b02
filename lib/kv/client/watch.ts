import { status } from '@grpc/grpc-js';
import { Observable, defer, filter, map, of, takeUntil } from 'rxjs';

import type { Changes__Output, WatchResponse__Output } from '../../generated/kv.js';
import { Gate, Gated, reconnect, transient } from '../../index.js';
import type { Backoff, ReconnectPolicy, Retry } from '../../index.js';
import { currentOf, numberOf, statusError } from './values.js';
import type { KvCurrent } from './values.js';

/** What one revision changed of the keys that are watched. */
export interface KvChanges {
  readonly revision: number;
  readonly changes: readonly KvCurrent[];
}

export interface KvWatchOptions {
  /** The first revision to be told. Default that which comes next when the watch has begun. */
  readonly from?: number;
  /** Called before each wait for another attempt: changes come late from then on. */
  readonly onRetry?: ReconnectPolicy['onRetry'];
}

/**
 * The changes that a watch would have told next are not known. The store has forgotten them; or it has never given the
 * revision that the watch stands at, because it was put back from a backup, or is another one than before. To go
 * on, read the current values and watch from their revision.
 */
export class CompactedError extends Error {
  override readonly name: string = 'CompactedError';
  readonly code = 'COMPACTED' as const;
  /** The first revision that was not told. */
  readonly from: number;
  /** The oldest one after it that is known. */
  readonly oldest: number;

  constructor(from: number, oldest: number) {
    super(`COMPACTED: revision ${String(from)} is no longer known, ${String(oldest)} is the oldest that is`);
    this.from = from;
    this.oldest = oldest;
  }
}

/** Watches from a revision on; 0 is the next one there will be. */
export type OpenWatch = (from: number) => Gated<WatchResponse__Output>;

export interface WatchSettings {
  readonly from: number;
  readonly backoff: Backoff;
  readonly onRetry: ReconnectPolicy['onRetry'];
  /** Completes the watch. */
  readonly closed$: Observable<void>;
}

/** Every revision from `from` on, over as many calls as it takes. */
export function changesOf(open: OpenWatch, settings: WatchSettings): Gated<KvChanges> {
  const { from, backoff, onRetry, closed$ } = settings;
  const policy: ReconnectPolicy = {
    backoff,
    retryable: transient,
    onComplete: () => 'reopen',
    // An error that it throws is reported as that of any subscriber is, and the watch goes on.
    ...(onRetry && { onRetry: (told: Retry) => of(told).subscribe(onRetry) }),
  };
  const gate = new Gate();
  return new Gated<KvChanges>(gate, (subscriber) => {
    const position = new Position(from);
    defer(() => heldWith(gate, open(position.next)))
      .pipe(
        reconnect(policy),
        map((response) => position.read(response)),
        filter((changes) => changes !== undefined),
        takeUntil(closed$),
      )
      .subscribe(subscriber);
  });
}

/** How far a watch has come. */
class Position {
  /** The revision to be told next, or the first that may be; 0 if that is not known yet. */
  next: number;

  constructor(from: number) {
    this.next = from;
  }

  read({ begun, changes, compacted, progress }: WatchResponse__Output): KvChanges | undefined {
    if (compacted) throw new CompactedError(this.next, numberOf('revision', compacted.oldest));
    if (changes) return this.#told(changes);
    if (begun) this.#begun(numberOf('revision', begun.from));
    if (progress) this.#reached(numberOf('revision', progress.revision));
    return undefined;
  }

  #begun(from: number): void {
    if (this.next !== 0 && from !== this.next) {
      throw statusError(status.DATA_LOSS, `the watch began at revision ${String(from)}, not at ${String(this.next)}`);
    }
    this.next = from;
  }

  #told(told: Changes__Output): KvChanges {
    const revision = numberOf('revision', told.revision);
    this.#reached(revision);
    return { revision, changes: told.changes.map(currentOf) };
  }

  #reached(revision: number): void {
    if (revision < this.next) {
      throw statusError(status.DATA_LOSS, `revision ${String(revision)} was told where ${String(this.next)} was next`);
    }
    this.next = revision + 1;
  }
}

/** `source`, whose gate is held whenever `gate` is. */
function heldWith<T>(gate: Gate, source: Gated<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    subscriber.add(source.gate.follow(gate));
    source.subscribe(subscriber);
  });
}
