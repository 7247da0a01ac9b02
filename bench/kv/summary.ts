import { median } from '../spread.js';
import type { Spread } from '../spread.js';
import type { Way } from './contender.js';
import type { Figures } from './load.js';
import type { Case } from './plan.js';

export type Measurement = Case & Figures;

/** What `--json` writes of one case. */
export interface Run extends Case {
  readonly rpcsPerSecond: Spread;
  /** The part of what the drawn work allows. */
  readonly ofCeiling: number;
}

export interface Summary {
  readonly runs: readonly Run[];
  /** With most in flight over a session: `free` ÷ `global`; null unless both were measured. */
  readonly speedup: number | null;
  /** The same by unary calls through `rx`. */
  readonly unarySpeedup: number | null;
}

/** What was told in all launches together. */
export type Told = Pick<Figures, 'answered' | 'notFound' | 'alreadyExists' | 'wrong'>;

export function summarise(cases: readonly Case[], measurements: readonly Measurement[]): Summary {
  const runs = cases.flatMap((each): readonly Run[] => {
    const launches = measurements.filter((measured) => same(measured, each));
    if (launches.length === 0) return [];
    const rates = launches.map(({ rpcsPerSecond }) => rpcsPerSecond);
    const ofCeiling = median(launches.map(({ rpcsPerSecond, ceiling }) => rpcsPerSecond / ceiling));
    const { contender, concurrency, inFlight, api } = each;
    const rpcsPerSecond = {
      median: tenths(median(rates)),
      min: tenths(Math.min(...rates)),
      max: tenths(Math.max(...rates)),
    };
    return [{ contender, concurrency, inFlight, api, rpcsPerSecond, ofCeiling: rounded(ofCeiling, 3) }];
  });
  const inFlight = Math.max(...cases.map((each) => each.inFlight));
  const speedup = (api: Way['api']): number | null => {
    const [before, after] = (['global', 'free'] as const).map((concurrency) =>
      find(runs, { contender: 'rxduplex', api, concurrency, inFlight }),
    );
    return before && after ? tenths(after.rpcsPerSecond.median / before.rpcsPerSecond.median) : null;
  };
  return { runs, speedup: speedup('session'), unarySpeedup: speedup('unary') };
}

export function toldIn(measurements: readonly Measurement[]): Told {
  const sum = (name: keyof Told): number => measurements.reduce((total, measured) => total + measured[name], 0);
  return {
    answered: sum('answered'),
    notFound: sum('notFound'),
    alreadyExists: sum('alreadyExists'),
    wrong: sum('wrong'),
  };
}

export const find = (runs: readonly Run[], wanted: Case): Run | undefined => runs.find((run) => same(run, wanted));

const same = (a: Case, b: Case): boolean =>
  a.contender === b.contender && a.api === b.api && a.concurrency === b.concurrency && a.inFlight === b.inFlight;

/** A service behind one lock does some 24 RPCs a second: whole numbers would hide what differs. */
const tenths = (value: number): number => rounded(value, 1);

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
