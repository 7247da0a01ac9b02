import { setImmediate } from 'node:timers/promises';

/** How many bytes this process still holds once everything that can be freed has been; it needs `--expose-gc`. */
export async function memory(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    await setImmediate();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
