import type { Parameters } from 'fast-check';

/** How a property is checked: by a seed of its own, which a failure prints, or again by that of `SEED` and `REPLAY`. */
export function seeded<T>(parameters: Parameters<T>): Parameters<T> {
  const { SEED, REPLAY } = process.env;
  return {
    includeErrorInReport: true,
    ...parameters,
    ...(SEED !== undefined && { seed: Number(SEED) }),
    ...(REPLAY !== undefined && { path: REPLAY }),
  };
}
