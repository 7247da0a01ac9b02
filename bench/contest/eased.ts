import type { Ratio, Subject } from './subject.js';

/** The subject of some of its contenders only, held to `factor` of what it has to reach. */
export function eased(subject: Subject, contenders: readonly string[], factor: number): Subject {
  const runs = (name: string | number): boolean => typeof name === 'number' || contenders.includes(name);
  const ratios = subject.ratios.filter(({ of, over }) => runs(of) && runs(over));
  return { ...subject, contenders, ratios: ratios.map((ratio) => easedRatio(ratio, factor)) };
}

const easedRatio = ({ must, most, ...ratio }: Ratio, factor: number): Ratio => ({
  ...ratio,
  ...(must !== undefined && { must: must * factor }),
  ...(most !== undefined && { most: most / factor }),
});
