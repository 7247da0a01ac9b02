import type { Launch } from '../../../bench/contest/contest.js';
import type { Subject } from '../../../bench/contest/subject.js';

/** A subject to decide about: we have to be twice as fast as the other one. */
export const race: Subject = {
  name: 'race',
  title: 'A race',
  unit: 'laps/s',
  contenders: ['ours', 'theirs', 'guest'],
  foreign: ['guest'],
  loads: ['long', 'short'],
  ratios: [
    { name: 'vsTheirs', load: 'long', of: 'ours', over: 'theirs', must: 2, aim: 3 },
    { name: 'vsGuest', load: 'long', of: 'ours', over: 'guest' },
    { name: 'shortVsTheirs', load: 'short', of: 'ours', over: 'theirs', must: 1 },
  ],
  launch: () => Promise.reject(new Error('nobody runs')),
};

export const launches = (contender: string, long: readonly number[], short = 10): Launch[] =>
  long.map((rate) => ({ contender, rates: { long: rate, short } }));
