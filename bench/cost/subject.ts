import { start } from '../child.js';
import { pair } from '../contest/pair.js';
import type { Figures, Ratio, Subject } from '../contest/subject.js';
import { nanoseconds } from '../contest/units.js';
import { axes, axisOf, names, pointOf, points } from './axes.js';
import type { Axis } from './axes.js';

/** The last point of an axis over its first. */
function growth(axis: Axis, judged: Pick<Ratio, 'most'> = {}): Ratio {
  const [first = 0, last = 0] = [axes[axis][0], axes[axis].at(-1)];
  return { name: `${axis}Growth`, measure: axis, of: pointOf(axis, last), over: pointOf(axis, first), ...judged };
}

/** Flat, but for what memory costs that no cache holds and that the collector has to look at. */
const flat = { most: 3 };

export const cost: Subject = {
  name: 'cost',
  title: 'What a message costs, against how many there are of what it could cost more by',
  contenders: points,
  foreign: [],
  measures: [
    { name: 'depth', ...nanoseconds('a message') },
    { name: 'subscribers', ...nanoseconds('a delivery') },
    { name: 'types', ...nanoseconds('a message') },
    { name: 'size', ...nanoseconds('a message there and back') },
    { name: 'streams', ...nanoseconds('a message there and back') },
  ],
  drawn: names,
  ratios: [
    growth('depth', flat),
    growth('subscribers', flat),
    growth('types', flat),
    growth('size'),
    growth('streams'),
  ],
  launch: (point, seconds) =>
    ['size', 'streams'].includes(axisOf(point).axis) ? pair(import.meta.url, point, seconds) : alone(point, seconds),
};

async function alone(point: string, seconds: number): Promise<Figures> {
  await using child = await start<Figures>('alone', import.meta.url, { args: [point, String(seconds)] });
  return child.greeting;
}
