import { rotated } from '../rotated.js';
import { concurrencies, ways } from './contender.js';
import type { Concurrency, Way } from './contender.js';

/** What is measured, several times. */
export interface Case extends Way {
  readonly concurrency: Concurrency;
  readonly inFlight: number;
}

/** Each concurrency with each number in flight, every way. */
export const casesOf = (inFlight: readonly number[]): readonly Case[] =>
  concurrencies.flatMap((concurrency) =>
    inFlight.flatMap((count) => ways.map((way) => ({ concurrency, inFlight: count, ...way }))),
  );

/** The article's before and after, and the latter beside bare grpc-js. */
export const shortCases: readonly Case[] = [
  ...ways
    .filter(({ contender }) => contender === 'rxduplex')
    .map((way) => ({ concurrency: 'global' as const, inFlight: 100, ...way })),
  ...ways.map((way) => ({ concurrency: 'free' as const, inFlight: 100, ...way })),
];

/** All launches in their order: each case once a round, so that whatever else the machine does befalls all of them. */
export function* plan(cases: readonly Case[], rounds: number): Generator<Case & { readonly round: number }> {
  for (let round = 1; round <= rounds; round++) {
    for (const each of rotated(cases, round - 1)) yield { round, ...each };
  }
}
