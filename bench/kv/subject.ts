import type { Figures, Ratio, Subject } from '../contest/subject.js';
import { perSecond, permille, times } from '../contest/units.js';
import type { Concurrency, Way } from './contender.js';
import { launch } from './launch.js';

const nameOf = ({ contender, api }: Way): string => (contender === 'rxduplex' ? `${contender}-${api}` : contender);

const ways: Readonly<Record<string, Way>> = Object.fromEntries(
  [
    { contender: 'rxduplex', api: 'session' } as const,
    { contender: 'rxduplex', api: 'unary' } as const,
    { contender: 'grpc-js', api: 'unary' } as const,
  ].map((way) => [nameOf(way), way]),
);

const session = { of: 'rxduplex-session' };
const unary = { of: 'rxduplex-unary' };
const reached = { must: 0.95, aim: 1 };

const ratios: readonly Ratio[] = [
  { ...session, name: 'speedup', measure: 'speedup', over: 1, must: 80 },
  { ...unary, name: 'unarySpeedup', measure: 'speedup', over: 1 },
  { ...unary, name: 'unaryVsGrpcJs', measure: 'free', over: 'grpc-js', ...reached },
  { ...unary, name: 'smallUnaryVsGrpcJs', measure: 'small', over: 'grpc-js', ...reached },
  { ...session, name: 'sessionVsUnary', measure: 'free', over: 'rxduplex-unary', must: 1 },
  { ...session, name: 'smallOfCeiling', measure: 'small of ceiling', over: 1_000, must: 0.95 },
  { ...session, name: 'ofCeiling', measure: 'free of ceiling', over: 1_000 },
];

/** What `npm start -- kv` shows, as much of it as is to be decided. */
export const kv: Subject = {
  name: 'kv',
  title: 'Random operations of a key-value service that takes 10 ms to read and 50 ms to write, 100 in flight',
  remark:
    'Values have 64 KiB on the average, and 1 KiB in what is called small; the speedup is that of what is free over what ' +
    'is behind one lock. The client makes so many calls of 64 KiB as it has time for on its one thread; what it does ' +
    'for each is done by grpc-js.',
  contenders: Object.keys(ways),
  foreign: [],
  measures: [
    { name: 'free', ...perSecond('RPCs') },
    { name: 'small', ...perSecond('RPCs') },
    { name: 'global', ...perSecond('RPCs') },
    { name: 'speedup', ...times },
    { name: 'free of ceiling', ...permille('the ceiling') },
    { name: 'small of ceiling', ...permille('the ceiling') },
  ],
  drawn: ['free', 'small'],
  ratios,
  async launch(contender, seconds): Promise<Figures> {
    const measured = async (concurrency: Concurrency, valueBytes: number) => {
      const way = ways[contender] as Way;
      const figures = await launch({ ...way, concurrency, inFlight: 100 }, { seconds, seed: 1, valueBytes });
      if (figures.wrong > 0) throw new Error(`${contender} told ${figures.wrong} wrong values`);
      return { rate: figures.rpcsPerSecond, ofCeiling: (1_000 * figures.rpcsPerSecond) / figures.ceiling };
    };
    const free = await measured('free', 65_536);
    const small = await measured('free', 1_024);
    const global = await measured('global', 65_536);
    return {
      free: free.rate,
      small: small.rate,
      global: global.rate,
      speedup: free.rate / global.rate,
      'free of ceiling': free.ofCeiling,
      'small of ceiling': small.ofCeiling,
    };
  },
};
