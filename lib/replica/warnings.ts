import { Observable, asyncScheduler } from 'rxjs';
import type { OperatorFunction, SchedulerLike, Unsubscribable } from 'rxjs';
import type { Undelivered } from './events.js';

/** How many messages of a type did not reach a peer, and why. */
export interface Warning {
  readonly peer: string;
  readonly type: string;
  readonly reason: Undelivered<unknown>['reason'];
  readonly count: number;
}

/**
 * What a log can bear of messages that are dropped: the first is told at once, and what follows within `everyMs` is
 * counted and told together, by peer, type and reason.
 */
export function warnings(
  everyMs = 1_000,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<Undelivered<unknown>, Warning> {
  return (dropped$) =>
    new Observable((subscriber) => {
      const counts = new Map<string, Warning>();
      let resting = false;
      let next: Unsubscribable | undefined;
      subscriber.add(() => next?.unsubscribe());
      const tell = (): void => {
        resting = counts.size > 0;
        next = resting ? scheduler.schedule(tell, everyMs) : undefined;
        const told = [...counts.values()];
        counts.clear();
        for (const warning of told) subscriber.next(warning);
      };
      subscriber.add(
        dropped$.subscribe({
          next: ({ peer, type, reason }) => {
            const key = JSON.stringify([peer, type, reason]);
            counts.set(key, { peer, type, reason, count: (counts.get(key)?.count ?? 0) + 1 });
            if (!resting) tell();
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            tell();
            subscriber.complete();
          },
        }),
      );
    });
}
