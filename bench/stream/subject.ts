import { pair } from '../contest/pair.js';
import type { Ratio, Subject } from '../contest/subject.js';
import { perSecond } from '../contest/units.js';
import { foreignNames, ownNames } from './contenders.js';

const rate = perSecond('messages');
const ours = { of: 'rxduplex', measure: 'sustained' };

const ratios: readonly Ratio[] = [
  { ...ours, name: 'vsA', over: 'A', must: 10, aim: 15 },
  { ...ours, name: 'vsA1', over: 'A1', must: 4, aim: 5 },
  { ...ours, name: 'vsA256', over: 'A256' },
  { ...ours, name: 'vsCoalesced', over: 'grpc-js-coalesced', must: 0.85, aim: 0.95 },
  { ...ours, name: 'vsHttp2', over: 'http2' },
  { ...ours, name: 'vsHttp2Each', over: 'http2-each' },
  { ...ours, name: 'vsNiceGrpc', over: 'nice-grpc' },
  { ...ours, name: 'vsConnectNode', over: 'connect-node' },
  { ...ours, name: 'vsNestjs', over: 'nestjs' },
  { ...ours, name: 'batchVsHttp2', of: 'rxduplex-batch', over: 'http2', must: 1, aim: 2.5 },
  { ...ours, name: 'toGrpcJsVsA1', of: 'rxduplex-to-grpc-js', over: 'A1', must: 1.2, aim: 1.3 },
  { ...ours, name: 'burstVsA', measure: 'burst', over: 'A', must: 3, aim: 5 },
  { ...ours, name: 'burstVsA1', measure: 'burst', over: 'A1' },
  { ...ours, name: 'singleVsA', measure: 'single', over: 'A', must: 0.9, aim: 1 },
];

export const stream: Subject = {
  name: 'stream',
  title: 'A duplex stream: messages of 46 bytes, all of it text, each answered by another process over loopback',
  remark:
    'The codec is part of it: with two 64-bit numbers in each message, of which proto-loader makes strings, it took more ' +
    'than all that raw HTTP/2 does, and rxduplex was at 3.2 times A1 and, in batches, at 0.9 times raw HTTP/2.',
  contenders: [...ownNames, ...foreignNames],
  foreign: foreignNames,
  measures: [
    { name: 'sustained', ...rate },
    { name: 'burst', ...rate },
    { name: 'single', ...rate },
  ],
  drawn: ['sustained'],
  ratios,
  launch: (contender, seconds) => pair(import.meta.url, contender, seconds),
};
