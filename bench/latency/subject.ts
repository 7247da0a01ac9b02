import { pair } from '../contest/pair.js';
import type { Subject } from '../contest/subject.js';
import { microseconds, perSecond } from '../contest/units.js';

const over = 'A';
const ours = { of: 'rxduplex', over };

export const latency: Subject = {
  name: 'latency',
  title: 'There and back, messages of 46 bytes at half of what each contender can sustain, by a fixed schedule',
  contenders: ['A', 'A1', 'rxduplex', 'http2'],
  foreign: [],
  measures: [
    { name: 'p50', ...microseconds },
    { name: 'p99', ...microseconds },
    { name: 'p99.9', ...microseconds },
    { name: 'offered', ...perSecond('messages') },
  ],
  drawn: ['p50', 'p99', 'p99.9'],
  // Each has a load of its own, in the last table: nothing has to be reached.
  ratios: [
    { ...ours, name: 'p50VsA', measure: 'p50' },
    { ...ours, name: 'p99VsA', measure: 'p99' },
    { ...ours, name: 'offeredVsA', measure: 'offered' },
  ],
  launch: (contender, seconds) => pair(import.meta.url, contender, seconds, { server: '../stream/server' }),
};
