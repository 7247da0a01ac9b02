import { isObservable } from 'rxjs';
import type { Observable } from 'rxjs';
import { gateOf } from '../gate.js';
import type { Gate, Gated } from '../gate.js';
import { joined } from '../joined.js';
import { badOption, callable } from '../options.js';
import type { Inbound } from '../stats.js';
import { Router } from './router.js';
import type { Invalid, StreamOf } from './router.js';
import type { EventMap, Select, Tagged } from './select.js';

/** The streams of a source, by the type of its events. `G` is the gate of the source, if it is known to have one. */
export interface Split<M, E extends Tagged, G extends Gate | undefined = undefined> {
  /** The values of one type of event; the stream exists before its first message. It is gated if the source is. */
  readonly on: <T extends E[0]>(type: T) => StreamOf<G, EventMap<E>[T]>;
  /** Messages that nobody was given: of no type, or of a type that nobody listens to now. */
  readonly unrouted$: StreamOf<G, M>;
  /** Messages on which `select` threw. */
  readonly invalid$: StreamOf<G, Invalid<M>>;
  /** `received = routed + unrouted + invalid`. */
  readonly stats: () => Readonly<Inbound>;
}

/**
 * Splits a stream by the type of its events. The source has one subscription, from the first subscriber of any of the
 * streams to the last; its end is theirs, and whoever subscribes after it subscribes to the source anew. A message is
 * given to all subscribers of its type before the next one is read. A subscriber that throws fails alone.
 *
 * The streams are gated if the source is: `consume` and `iterate` then slow it. A source that nothing can slow makes
 * streams that nothing can slow, and these readers say so.
 */
export function split<M, const E extends Tagged>(source: Gated<M>, select: Select<M, E>): Split<M, E, Gate>;
export function split<M, const E extends Tagged>(source: Observable<M>, select: Select<M, E>): Split<M, E>;
export function split<M, const E extends Tagged>(
  source: Observable<M>,
  select: Select<M, E>,
): Split<M, E, Gate | undefined> {
  if (!isObservable(source)) throw badOption('source', 'an Observable', source);
  callable('select', select);
  const router: Router<M, E, Gate | undefined> = new Router(gateOf(source), select, (connection) => {
    joined(connection, () => source).subscribe({
      next: (message) => {
        router.dispatch(message);
      },
      error: (error: unknown) => {
        router.error(error);
      },
      complete: () => {
        router.complete();
      },
    });
  });
  return {
    on: (type) => router.on(type),
    unrouted$: router.unrouted$,
    invalid$: router.invalid$,
    stats: () => router.stats(),
  };
}
