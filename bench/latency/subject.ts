import { pair } from '../contest/pair.js';
import type { Subject } from '../contest/subject.js';
import { microseconds, perSecond } from '../contest/units.js';

const ours = { of: 'rxduplex', over: 'A' };

export const latency: Subject = {
  name: 'latency',
  title: 'There and back by a fixed schedule, messages of 46 bytes, at half of what each can sustain and at 5,000/s',
  contenders: ['A', 'A1', 'rxduplex', 'http2'],
  foreign: [],
  measures: [
    { name: 'p50', ...microseconds },
    { name: 'p99', ...microseconds },
    { name: 'p99.9', ...microseconds },
    { name: 'offered', ...perSecond('messages') },
    { name: 'light p50', ...microseconds },
    { name: 'light p99', ...microseconds },
    { name: 'light p99.9', ...microseconds },
  ],
  drawn: ['p50', 'p99', 'p99.9'],
  // At half of what it sustains each has another load: only how much that is can be compared.
  ratios: [
    { ...ours, name: 'offeredVsA', measure: 'offered' },
    { ...ours, name: 'lightP50VsA', measure: 'light p50' },
    { ...ours, name: 'lightP99VsA', measure: 'light p99' },
  ],
  launch: (contender, seconds) => pair(import.meta.url, contender, seconds, { server: '../stream/server' }),
};
