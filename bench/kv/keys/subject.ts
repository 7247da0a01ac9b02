import { start } from '../../child.js';
import type { Figures, Ratio, Subject } from '../../contest/subject.js';
import { bytes, perSecond } from '../../contest/units.js';

interface Filled {
  readonly port: number;
  readonly heap: number;
  readonly rss: number;
}

const counts = [10_000, 100_000, 1_000_000];
const nameOf = (count: number): string => `keys-${count}`;
const [few = 0, , many = 0] = counts;

/** A million keys beside ten thousand. */
const growth = (measure: string, held: Pick<Ratio, 'must' | 'most'>): Ratio => ({
  name: `${measure.replace(' unary', 'Unary')}Growth`,
  measure,
  of: nameOf(many),
  over: nameOf(few),
  ...held,
});

export const keys: Subject = {
  name: 'keys',
  title: 'A store in memory of many keys of 24 bytes, with values of 100 bytes',
  remark:
    'The bytes are those of a key with its value, its version and its place in the order. Keys are chosen at random, 100 in ' +
    'flight; what a range is counted by is entries, in pages of 1,000.',
  contenders: counts.map(nameOf),
  foreign: [],
  measures: [
    { name: 'heap', ...bytes },
    { name: 'rss', ...bytes },
    { name: 'get', ...perSecond('gets over a session') },
    { name: 'get unary', ...perSecond('gets by unary calls') },
    { name: 'range', ...perSecond('entries') },
  ],
  drawn: ['heap', 'get', 'range'],
  // What grows faster than the number of keys would be seen by far; the rest is for the caches of the processor.
  ratios: [
    growth('heap', { most: 1.2 }),
    growth('get', { must: 0.5 }),
    growth('get unary', { must: 0.5 }),
    growth('range', { must: 0.5 }),
  ],
  async launch(name, seconds): Promise<Figures> {
    const count = String(counts.find((each) => nameOf(each) === name));
    await using server = await start<Filled>('server', import.meta.url, { args: [count], flags: ['--expose-gc'] });
    const { port, heap, rss } = server.greeting;
    const args = [String(port), count, String(seconds)];
    await using client = await start<Figures>('client', import.meta.url, { args });
    return { heap, rss, ...client.greeting };
  },
};
