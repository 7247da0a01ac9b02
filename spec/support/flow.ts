import * as assert from 'uvu/assert';
import type { RemoteStats } from 'rxduplex';

import { until } from './peer.js';

/** Waits until a Remote has handed all that it took to some call. */
export function emptied(remote: { stats(): RemoteStats }): Promise<void> {
  return until('the queue to be empty', () => {
    const { queued, inFlight } = remote.stats().outbound;
    return queued + inFlight === 0;
  });
}

export function assertOnceAndInOrder(numbers: readonly number[], what: string): void {
  assert.equal(
    [...numbers],
    [...new Set(numbers)].sort((a, b) => a - b),
    what,
  );
}
