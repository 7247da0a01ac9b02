import { grouped, table } from '../table.js';
import { find } from './summary.js';
import type { Run, Summary, Told } from './summary.js';

/** The results as a table, and what follows from them. */
export function report({ runs, speedup, unarySpeedup }: Summary, told: Told): string {
  return [
    table([
      ['concurrency', 'in flight', 'by', 'RPCs/s', 'lowest', 'highest', 'ceiling', 'of it', '÷ grpc-js'],
      ...runs.map((run) => row(run, find(runs, { ...run, contender: 'grpc-js', api: 'unary' }))),
    ]),
    '',
    ...(speedup === null
      ? []
      : [`free ÷ global: ${speedup} over a session, ${unarySpeedup ?? ''} by unary calls (the article: 101.8)`]),
    `${grouped(told.answered)} answers, of them ${grouped(told.notFound)} NOT_FOUND, ${grouped(told.alreadyExists)} ALREADY_EXISTS`,
    told.wrong === 0
      ? 'every retrieve told what had been written'
      : `${grouped(told.wrong)} retrieves told WRONG values`,
  ].join('\n');
}

function row({ contender, api, concurrency, inFlight, rpcsPerSecond, ofCeiling }: Run, bare?: Run): readonly string[] {
  const { median, min, max } = rpcsPerSecond;
  const ratio = bare && contender !== 'grpc-js' ? (median / bare.rpcsPerSecond.median).toFixed(2) : '';
  const figures = [median, min, max, Number((median / ofCeiling).toFixed(1))].map(grouped);
  return [concurrency, String(inFlight), `${contender} ${api}`, ...figures, ofCeiling.toFixed(3), ratio];
}
