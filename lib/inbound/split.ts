import type { Observable } from 'rxjs';
import { Gate, gateOf } from '../gate.js';
import type { Gated } from '../gate.js';
import { joined } from '../joined.js';
import type { Inbound } from '../stats.js';
import { Router } from './router.js';
import type { Invalid } from './router.js';
import type { EventMap, Select, Tagged } from './select.js';

export interface Split<M, E extends Tagged> {
  /** The values of one type of event; the stream exists before its first message. */
  readonly on: <T extends E[0]>(type: T) => Gated<EventMap<E>[T]>;
  /** Messages that nobody was given: of no type, or of a type that nobody listens to now. */
  readonly unrouted$: Gated<M>;
  /** Messages on which `select` threw. */
  readonly invalid$: Gated<Invalid<M>>;
  /** `received = routed + unrouted + invalid`. */
  readonly stats: () => Readonly<Inbound>;
}

/**
 * Splits a stream by the type of its events. The source has one subscription, from the first subscriber of any of the
 * streams to the last; its end is theirs, and whoever subscribes after it subscribes to the source anew. A message is
 * given to all subscribers of its type before the next one is read. A subscriber that throws fails alone.
 */
export function split<M, const E extends Tagged>(source: Observable<M>, select: Select<M, E>): Split<M, E> {
  const router: Router<M, E> = new Router<M, E>(gateOf(source) ?? new Gate(), select, (connection) => {
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
