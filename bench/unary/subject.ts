import { pair } from '../contest/pair.js';
import type { Ratio, Subject } from '../contest/subject.js';
import { microseconds, perSecond } from '../contest/units.js';
import { names } from './contenders.js';

const rate = perSecond('calls');
const client = { of: 'rxduplex-to-grpc-js', over: 'grpc-js' };
const reached = { must: 0.95, aim: 1 };

const ratios: readonly Ratio[] = [
  { ...client, ...reached, name: 'vsGrpcJs', measure: 'hundred' },
  { ...client, ...reached, name: 'singleVsGrpcJs', measure: 'single' },
  { ...client, name: 'vsSameChannel', measure: 'hundred', over: 'grpc-js-same-channel' },
  { ...client, name: 'cpuVsSameChannel', measure: 'client cpu', over: 'grpc-js-same-channel' },
  { ...client, name: 'limitedVsGrpcJs', measure: 'hundred', of: 'rxduplex-limited' },
  { ...client, name: 'bothVsGrpcJs', measure: 'hundred', of: 'rxduplex' },
  { ...client, name: 'bothSingleVsGrpcJs', measure: 'single', of: 'rxduplex' },
];

export const unary: Subject = {
  name: 'unary',
  title: 'Unary calls of 46 bytes, all of it text, 100 in flight, each answered by another process over loopback',
  contenders: names,
  foreign: [],
  measures: [
    { name: 'hundred', ...rate },
    { name: 'single', ...rate },
    { name: 'client cpu', ...microseconds },
  ],
  drawn: ['hundred', 'single'],
  ratios,
  launch: (contender, seconds) => pair(import.meta.url, contender, seconds),
};
