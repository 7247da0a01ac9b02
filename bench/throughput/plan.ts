import { rotated } from '../rotated.js';
import type { ContenderName, Mode } from './contender.js';

/** One run to make; round 0 is the warm-up. */
export interface Planned {
  readonly round: number;
  readonly contender: ContenderName;
  readonly mode: Mode;
  /** None for grpc-js alone, which has no send buffer to size. */
  readonly bufferSize?: number;
}

interface Extent {
  readonly rounds: number;
  readonly buffers: readonly number[];
  readonly modes: readonly Mode[];
}

/**
 * All runs in their order: in every round each mode in turn, with each buffer size and grpc-js once, so that whatever
 * else the machine does befalls both. Each round begins elsewhere.
 */
export function* plan({ rounds, buffers, modes }: Extent): Generator<Planned, void, undefined> {
  for (let round = 0; round <= rounds; round++) {
    for (const mode of rotated(modes, round)) {
      const bare = { round, contender: 'grpc-js', mode } as const;
      const ours = buffers.map((bufferSize) => ({ round, contender: 'rxduplex', mode, bufferSize }) as const);
      if (round === 0) yield* [bare, ...ours.slice(0, 1)];
      else yield* rotated([bare, ...ours], round);
    }
  }
}
