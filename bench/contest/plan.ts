import { rotated } from '../rotated.js';

export interface Planned {
  readonly round: number;
  readonly contender: string;
}

/** All launches in their order: in every round each contender once, and no round begins as the one before. */
export function* plan(contenders: readonly string[], rounds: number): Generator<Planned, void, undefined> {
  for (let round = 1; round <= rounds; round++) {
    for (const contender of rotated(contenders, round - 1)) yield { round, contender };
  }
}
