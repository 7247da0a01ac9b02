import { setTimeout as sleep } from 'node:timers/promises';

/** The heap and what lies outside of it for the heap's sake, without garbage; and the whole process. Needs `--expose-gc`. */
export async function footprint(): Promise<{ readonly heap: number; readonly rss: number }> {
  // Twice, with a pause: what finalizers let go, and what is still on its way to a socket.
  for (let times = 0; times < 2; times++) {
    await sleep(250);
    globalThis.gc?.();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}
