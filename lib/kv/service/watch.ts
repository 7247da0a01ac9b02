import { status } from '@grpc/grpc-js';
import { AsyncSubject, BehaviorSubject, filter, firstValueFrom, map, merge, of, takeUntil } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';

import type { WatchRequest__Output, WatchResponse } from '../../generated/kv.js';
import type { Key } from '../key.js';
import { bytesOfChanges } from '../store/retention.js';
import { StoreError } from '../store/store.js';
import type { Changes, Span, Store } from '../store/store.js';
import type { Engine } from './engine.js';
import { OperationError } from './failure.js';
import type { Requests } from './requests.js';
import { currentOf } from './responses.js';

/** How much is asked for at once, of what a store on disk has in memory until it is told; one revision in any case. */
const atOnce = { revisions: 16, bytes: 1 << 20 } as const;

/**
 * How many revisions a watch passes over in silence: a quarter of those that are known, but no more and no less than
 * these. A client that is cut off does not know that it need not ask for them again.
 */
const silent = { least: 16, most: 100 } as const;

/** Whoever leaves a watch is let go at once, also while it waits for the next revision. */
export function watchOf(
  { store, tell, closing$ }: Engine,
  requests: Requests,
): (request: WatchRequest__Output) => AsyncIterable<WatchResponse> {
  return (request) => {
    const span = requests.span(request);
    const from = beginningOf(request, store.revision);
    const left$ = new AsyncSubject<true>();
    const events = told(changesOf(store, span, from, { left$, closing$ }), tell);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => events.next(),
        return: () => {
          left$.next(true);
          left$.complete();
          return events.return(undefined);
        },
      }),
    };
  };
}

async function* told<T>(events: AsyncIterable<T>, tell: (error: unknown) => Error): AsyncGenerator<T, undefined> {
  try {
    yield* events;
  } catch (error) {
    throw tell(error);
  }
}

/** How a watch that waits comes to its end: it is left, or there are to be no more. */
interface Ending {
  readonly left$: Observable<true>;
  readonly closing$: Observable<never>;
}

/** The revision with which a watch begins. */
function beginningOf({ from }: WatchRequest__Output, revision: number): number {
  const next = revision + 1;
  if (from === '0') return next;
  if (Number(from) <= next) return Number(from);
  throw new OperationError(status.OUT_OF_RANGE, `revision ${from} is of the future; the next one is ${String(next)}`);
}

/**
 * The changes of the keys in `span`, from a revision on, as they are asked for: nothing is kept for one who asks slowly,
 * who is told if the store has forgotten meanwhile what would come next.
 */
async function* changesOf(store: Store, span: Span, from: number, ending: Ending): AsyncGenerator<WatchResponse> {
  // What cannot be begun fails before it has: whoever comes again and again for that is to wait longer each time.
  await firstValueFrom(merge(ending.closing$, of(true)));
  const moves = new Moves(store);
  try {
    let seen = moves.count;
    let known = await store.changes(from, 1);
    yield { begun: { from } };
    let told = from - 1;
    for (let next = from; 'changes' in known;) {
      const { changes: revisions, upTo } = known;
      for (const { revision, changes } of revisions) {
        const watched = changes.filter(({ key }) => within(span, key));
        if (watched.length === 0) continue;
        yield { changes: { revision, changes: watched.map(currentOf) } };
        told = revision;
      }
      const isFurther = upTo >= next;
      next = Math.max(next, upTo + 1);
      if (isFar(next - 1 - told, store)) {
        told = next - 1;
        yield { progress: { revision: told } };
      }
      if (!isFurther && !(await moves.after(seen, ending))) return;
      seen = moves.count;
      known = await store.changes(next, fitting(revisions));
    }
    yield { compacted: { oldest: known.oldest } };
  } finally {
    moves.stop();
  }
}

/** How many revisions fit, if they are as large as those; one, if there were none. */
function fitting(revisions: readonly Changes[]): number {
  const bytes = revisions.reduce((sum, each) => sum + bytesOfChanges(each), 0);
  const count = Math.floor((atOnce.bytes * revisions.length) / Math.max(bytes, 1));
  return Math.max(1, Math.min(count, atOnce.revisions));
}

function isFar(revisions: number, { revision, oldest }: Store): boolean {
  const known = revision + 1 - oldest;
  return revisions >= Math.max(silent.least, Math.min(known / 4, silent.most));
}

/**
 * Counts what a store emits on `revision$`, also while it is being asked for changes: what it emits then may not be in its
 * answer. The numbers of the revisions do not matter. A store whose `revision` is ahead of what it can tell would
 * otherwise be asked over and over, without a turn of the event loop between.
 */
class Moves {
  readonly #count$ = new BehaviorSubject(0);
  readonly #subscription: Subscription;

  constructor(store: Store) {
    this.#subscription = store.revision$.subscribe({
      next: () => {
        this.#count$.next(this.count + 1);
      },
      error: (error: unknown) => {
        this.#count$.error(error);
      },
      complete: () => {
        this.#count$.error(new StoreError('CLOSED', 'the store was closed'));
      },
    });
  }

  get count(): number {
    return this.#count$.value;
  }

  /** Resolves when the count is more than `seen`, with false if the watch was left first; rejects at the end of the store. */
  async after(seen: number, { left$, closing$ }: Ending): Promise<boolean> {
    const moved$ = this.#count$.pipe(
      filter((count) => count > seen),
      map(() => true),
    );
    return firstValueFrom(merge(closing$, moved$).pipe(takeUntil(left$)), { defaultValue: false });
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}

const within = ({ start, end }: Span, key: Key): boolean => key >= start && (end === undefined || key < end);
