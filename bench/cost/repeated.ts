const warmUpMs = 1000;

/**
 * Does the work over and over, at least `warmUp` times before the clock starts, and gives the nanoseconds that each of
 * what it counts has taken.
 */
export function nanosecondsEach(
  work: () => number,
  seconds: number,
  warmUp = 1,
  clock: () => number = () => performance.now(),
): number {
  const from = clock();
  for (let times = 0; times < warmUp || clock() - from < warmUpMs; times++) work();
  const start = clock();
  let count = 0;
  let ms = 0;
  while (ms < seconds * 1000) {
    count += work();
    ms = clock() - start;
  }
  return (ms * 1e6) / count;
}
