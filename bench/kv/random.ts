/** A number from 0 up to 1, which is not among them. */
export type Random = () => number;

/** Mulberry32: the same seed gives the same numbers, on any machine. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to `count - 1`, each as likely. */
export const below = (random: Random, count: number): number => Math.floor(random() * count);

/** A whole number with an exponential distribution: many small ones, few large ones, `mean` on the average. */
export const exponential = (random: Random, mean: number): number => Math.round(-mean * Math.log(1 - random()));
