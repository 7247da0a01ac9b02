import { pair } from '../contest/pair.js';
import type { Ratio, Subject } from '../contest/subject.js';
import { perSecond } from '../contest/units.js';
import { foreignNames, ownNames } from './contenders.js';

const rate = perSecond('requests');
const ours = { of: 'rxduplex', measure: 'hundred' };

const ratios: readonly Ratio[] = [
  { ...ours, name: 'vsUnary', over: 'grpc-js', must: 6, aim: 8 },
  { ...ours, name: 'vsHttp2', over: 'http2' },
  { ...ours, name: 'vsConnectNode', over: 'connect-node' },
  { ...ours, name: 'singleVsUnary', measure: 'single', over: 'grpc-js' },
];

export const request: Subject = {
  name: 'request',
  title: 'Requests of 46 bytes, all of it text, 100 in flight, each answered by another process over loopback',
  contenders: [...ownNames, ...foreignNames],
  foreign: foreignNames,
  measures: [
    { name: 'hundred', ...rate },
    { name: 'single', ...rate },
  ],
  drawn: ['hundred'],
  ratios,
  launch: (contender, seconds) => pair(import.meta.url, contender, seconds),
};
