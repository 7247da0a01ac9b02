import { Outgoing } from 'rxduplex';
import type { PeerRequest } from 'rxduplex/peer';

import { sample } from '../messages.js';
import { nanosecondsEach } from './repeated.js';

const each = 1000;

/** A message in at one end, for one that leaves at the other, while so many wait between them. */
export function depth(waiting: number, seconds: number): number {
  const outgoing = new Outgoing<PeerRequest>({ maxMessages: waiting + 2 });
  for (let message = 0; message < waiting; message++) outgoing.next(sample);
  const lease = outgoing.lease({ wake: () => undefined, fail: () => undefined });
  const work = (): number => {
    for (let message = 0; message < each; message++) {
      outgoing.next(sample);
      lease.take();
      lease.flushed();
    }
    return each;
  };
  // All that wait have been exchanged once before the clock starts.
  return nanosecondsEach(work, seconds, waiting / each);
}
