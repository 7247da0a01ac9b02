import { asyncScheduler, bufferTime, concatMap, filter } from 'rxjs';
import type { MonoTypeOperatorFunction, OperatorFunction, SchedulerLike } from 'rxjs';

/** Many that are alike. */
export interface Bulk<T> {
  readonly count: number;
  /** The first of them. */
  readonly sample: T;
}

/** Those that came within `ms` and are alike as one, however many they were. */
export function inBulk<T>(
  ms: number,
  likeness: (value: T) => string,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<T, Bulk<T>> {
  const someOnly: MonoTypeOperatorFunction<T[]> = filter((values) => values.length > 0);
  return (source) =>
    source.pipe(
      bufferTime(ms, scheduler),
      someOnly,
      concatMap((values) => {
        const bulks = new Map<string, Bulk<T>>();
        for (const value of values) {
          const like = likeness(value);
          const { count, sample } = bulks.get(like) ?? { count: 0, sample: value };
          bulks.set(like, { count: count + 1, sample });
        }
        return bulks.values();
      }),
    );
}
