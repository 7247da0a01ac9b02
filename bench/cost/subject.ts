import { start } from '../child.js';
import { pair } from '../contest/pair.js';
import type { Figures, Ratio, Subject } from '../contest/subject.js';
import { nanoseconds } from '../contest/units.js';
import { axes, nameOf, names, pointOf, points } from './axes.js';
import type { Axis } from './axes.js';

const at = (axis: Axis, value: number, bare = false): string => nameOf({ axis, value, bare });

/** The last point of an axis over one where all is at hand. */
function growth(axis: Axis, from: number): Ratio {
  const last = axes[axis].at(-1) ?? from;
  return { name: `${axis}Growth`, measure: axis, of: at(axis, last), over: at(axis, from) };
}

/** Over the same with RxJS alone. */
const overBare = (axis: 'subscribers' | 'types'): Ratio => ({
  name: `${axis}VsRxjs`,
  measure: axis,
  of: at(axis, 100_000),
  over: at(axis, 100_000, true),
});

/**
 * Flat, but for the caches: a hundred thousand subscribers, or a million messages, lie in no cache of the processor. A
 * search through them would be thousands of times as dear.
 */
const flat = { most: 10 };

export const cost: Subject = {
  name: 'cost',
  title: 'What a message costs, against how many there are of what it could cost more by',
  remark:
    'Depth, subscribers and types would cost the same however many there are, but for the caches of the processor; RxJS ' +
    'alone grows as they do. Larger messages are more bytes, and fewer of them share a write. The streams have 1,000 ' +
    'messages in flight between them: with a thousand streams none shares its write with another.',
  contenders: points.map(nameOf),
  foreign: [],
  measures: [
    { name: 'depth', ...nanoseconds('a message') },
    { name: 'subscribers', ...nanoseconds('a delivery') },
    { name: 'types', ...nanoseconds('a message') },
    { name: 'size', ...nanoseconds('a message there and back') },
    { name: 'streams', ...nanoseconds('a message there and back') },
  ],
  // Beside a mebibyte all other sizes are nothing to be seen.
  drawn: names.filter((name) => name !== 'size'),
  ratios: [
    { ...growth('depth', 10), ...flat },
    // With few subscribers a delivery has all that its message costs.
    { ...growth('subscribers', 1000), ...flat },
    { ...growth('types', 1), ...flat },
    overBare('subscribers'),
    overBare('types'),
    // More bytes, and fewer messages that a write can carry.
    growth('size', 0),
    growth('streams', 1),
  ],
  launch: (name, seconds) =>
    ['size', 'streams'].includes(pointOf(name).axis) ? pair(import.meta.url, name, seconds) : alone(name, seconds),
};

async function alone(name: string, seconds: number): Promise<Figures> {
  await using child = await start<Figures>('alone', import.meta.url, { args: [name, String(seconds)] });
  return child.greeting;
}
