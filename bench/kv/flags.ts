import { file, read, refusePositional, wholeNumber } from '../flag-values.js';
import type { Launch } from './launch.js';
import { upTo } from './up-to.js';

export interface Settings extends Launch {
  readonly rounds: number;
  readonly inFlight: readonly number[];
  readonly json?: string;
  readonly svg?: string;
}

const largestMean = 262_144;

export const help: string = `npm start -- kv [flags]

Measures the second article's before and after over loopback: random creates, retrieves, updates and deletes of a
service that takes 10 ms to read and 50 ms to write, behind one lock (global), in order by key (per-key), and free;
with one in flight and with many; by unary calls and over a session, beside bare grpc-js.

  --seconds N      that each launch is measured (default 4)
  --rounds N       interleaved rounds (default 3)
  --in-flight N    beside 1 (default 100)
  --value-bytes N  mean length of the values, up to ${largestMean} (default 65536)
  --seed N         of the operations (default 1)
  --json FILE      write the results
  --svg FILE       draw what there is with most in flight
  --help           print this

Exits with 1 when an answer was wrong, with 2 for a bad flag.`;

const options = {
  seconds: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '3' },
  'in-flight': { type: 'string', default: '100' },
  'value-bytes': { type: 'string', default: '65536' },
  seed: { type: 'string', default: '1' },
  json: { type: 'string' },
  svg: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** The settings that the arguments ask for, or `help`. Throws a `BadFlag`. */
export function parse(args: readonly string[]): Settings | 'help' {
  const { values, positionals } = read(args, options);
  refusePositional(positionals[0]);
  if (values.help !== undefined) return 'help';
  return {
    seconds: wholeNumber('--seconds', values.seconds),
    rounds: wholeNumber('--rounds', values.rounds),
    inFlight: [...new Set([1, upTo(10_000, '--in-flight', values['in-flight'])])],
    valueBytes: upTo(largestMean, '--value-bytes', values['value-bytes']),
    seed: wholeNumber('--seed', values.seed),
    ...(values.json !== undefined && { json: file('--json', values.json) }),
    ...(values.svg !== undefined && { svg: file('--svg', values.svg) }),
  };
}
