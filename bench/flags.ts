import { file, list, oneOf, read, refusePositional, wholeNumber } from './flag-values.js';
import { modes } from './throughput/contender.js';
import type { Mode } from './throughput/contender.js';

export interface Settings {
  readonly messages: number;
  readonly rounds: number;
  readonly buffers: readonly number[];
  readonly modes: readonly Mode[];
  readonly json?: string;
  readonly svg?: string;
}

export const help: string = `npm start -- [streams] [flags]

Measures the first article's experiment over loopback, rxduplex beside bare grpc-js, then kills the server in the
middle of a flow and checks the books. Without 'streams' the replicas and the key-value service
follow, in short form.

  --messages N     messages a run (default 5000)
  --rounds N       interleaved rounds, after a warm-up (default 5)
  --buffers a,b,c  sizes of the send buffer, in messages (default 512,1024,2048,3072,4096,5120)
  --modes a,b      of ${modes.join(', ')} (default all)
  --json FILE      write the results
  --svg FILE       draw the throughput
  --help           print this

npm start -- replicas [flags]

Runs three replicas in processes of their own, kills and restarts any of them, and checks the books of each link.

  --kills N        how often one is killed (default 3)
  --seconds N      for how long messages are counted before that (default 3)
  --json FILE      write the results
  --help           print this

npm start -- peers [--counts a,b] tells how long one replica takes to start, to tell so many peers something (default
10,100), and to stop.

npm start -- kv measures the key-value service of the second article; npm start -- kv --help tells more.

npm start -- app [--seconds N] runs a small reactive app, until Ctrl-C.

Exits with 1 when a reply came out of order, the books do not balance or a queued message did not arrive, with 2 for a
bad flag.`;

const options = {
  messages: { type: 'string', default: '5000' },
  rounds: { type: 'string', default: '5' },
  buffers: { type: 'string', default: '512,1024,2048,3072,4096,5120' },
  modes: { type: 'string', default: modes.join() },
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
    messages: wholeNumber('--messages', values.messages),
    rounds: wholeNumber('--rounds', values.rounds),
    buffers: list('--buffers', values.buffers, wholeNumber),
    modes: list('--modes', values.modes, oneOf(modes)),
    ...(values.json !== undefined && { json: file('--json', values.json) }),
    ...(values.svg !== undefined && { svg: file('--svg', values.svg) }),
  };
}

export interface ReplicaSettings {
  /** How often one of them is killed, each time any. */
  readonly kills: number;
  /** For how long the messages are counted, before the first kill. */
  readonly seconds: number;
  readonly json?: string;
}

const replicaOptions = {
  kills: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '3' },
  json: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** The same for the replicas. */
export function parseReplicas(args: readonly string[]): ReplicaSettings | 'help' {
  const { values, positionals } = read(args, replicaOptions);
  refusePositional(positionals[0]);
  if (values.help !== undefined) return 'help';
  return {
    kills: wholeNumber('--kills', values.kills),
    seconds: wholeNumber('--seconds', values.seconds),
    ...(values.json !== undefined && { json: file('--json', values.json) }),
  };
}

/** How many peers, each time. */
export function parsePeers(args: readonly string[]): readonly number[] {
  const { values, positionals } = read(args, { counts: { type: 'string', default: '10,100' } });
  refusePositional(positionals[0]);
  return list('--counts', values.counts, wholeNumber);
}

/** How long the app is to run, in seconds; until Ctrl-C if nothing is said. */
export function parseApp(args: readonly string[]): number {
  const { values, positionals } = read(args, { seconds: { type: 'string' } });
  refusePositional(positionals[0]);
  return values.seconds === undefined ? Infinity : wholeNumber('--seconds', values.seconds);
}
