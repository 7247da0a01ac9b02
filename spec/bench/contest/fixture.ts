import type { Launch } from '../../../bench/contest/contest.js';
import type { Subject } from '../../../bench/contest/subject.js';
import { perSecond } from '../../../bench/contest/units.js';

const laps = perSecond('laps');

/** A subject to decide about: we have to be twice as fast as the other one. */
export const race: Subject = {
  name: 'race',
  title: 'A race',
  contenders: ['ours', 'theirs', 'guest'],
  foreign: ['guest'],
  measures: [
    { name: 'long', ...laps },
    { name: 'short', ...laps },
  ],
  drawn: ['long'],
  ratios: [
    { name: 'vsTheirs', measure: 'long', of: 'ours', over: 'theirs', must: 2, aim: 3 },
    { name: 'vsGuest', measure: 'long', of: 'ours', over: 'guest' },
    { name: 'shortVsTheirs', measure: 'short', of: 'ours', over: 'theirs', must: 1 },
  ],
  launch: () => Promise.reject(new Error('nobody runs')),
};

export const launches = (contender: string, long: readonly number[], short = 10): Launch[] =>
  long.map((rate) => ({ contender, figures: { long: rate, short } }));
