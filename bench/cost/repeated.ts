const warmUpMs = 1000;

/**
 * Does the work over and over, at least `warmUp` times before the clock starts, and gives the nanoseconds that each of
 * what it counts has taken.
 */
export function nanosecondsEach(work: () => number, seconds: number, warmUp = 1): number {
  const from = performance.now();
  for (let times = 0; times < warmUp || performance.now() - from < warmUpMs; times++) work();
  const start = performance.now();
  let count = 0;
  let ms = 0;
  while (ms < seconds * 1000) {
    count += work();
    ms = performance.now() - start;
  }
  return (ms * 1e6) / count;
}
