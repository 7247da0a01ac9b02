import { status } from '@grpc/grpc-js';
import { AsyncSubject, concat, defer, firstValueFrom, map, merge, of, takeUntil, throwError } from 'rxjs';
import type { Observable } from 'rxjs';

import type { WatchRequest__Output, WatchResponse } from '../../generated/kv.js';
import type { Key } from '../key.js';
import { bytesOfChanges } from '../store/retention.js';
import { StoreError } from '../store/store.js';
import type { Changes, Span, Store } from '../store/store.js';
import type { Engine } from './engine.js';
import { StatusError } from './failure.js';
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
  throw new StatusError(status.OUT_OF_RANGE, `revision ${from} is of the future; the next one is ${String(next)}`);
}

/**
 * The changes of the keys in `span`, from a revision on, as they are asked for: nothing is kept for one who asks slowly,
 * who is told if the store has forgotten meanwhile what would come next.
 */
async function* changesOf(
  store: Store,
  span: Span,
  from: number,
  { left$, closing$ }: Ending,
): AsyncGenerator<WatchResponse> {
  // What cannot be begun fails before it has: whoever comes again and again for that is to wait longer each time.
  await firstValueFrom(merge(closing$, of(true)));
  let seen = store.revision;
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
    if (!isFurther && !(await isWaitedFor(store, seen, { left$, closing$ }))) return;
    seen = store.revision;
    known = await store.changes(next, fitting(revisions));
  }
  yield { compacted: { oldest: known.oldest } };
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
 * Waits until there is a revision that was not there when the newest one was `seen`; false if the watch was left first.
 * What counts is that the store moved, and not how far: one whose `revision` is ahead of what it can tell would otherwise
 * be asked over and over, without a turn of the event loop between.
 */
async function isWaitedFor(store: Store, seen: number, { left$, closing$ }: Ending): Promise<boolean> {
  const moved$ = defer(() => {
    if (store.revision > seen) return of(true);
    return concat(
      store.revision$.pipe(map(() => true)),
      throwError(() => new StoreError('CLOSED', 'the store was closed')),
    );
  });
  return firstValueFrom(merge(closing$, moved$).pipe(takeUntil(left$)), { defaultValue: false });
}

const within = ({ start, end }: Span, key: Key): boolean => key >= start && (end === undefined || key < end);
