import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';

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

/** A flag that cannot be understood: which, what was expected, what came. */
export class BadFlag extends Error {
  constructor(flag: string, expected: string, got: unknown) {
    super(`${flag}: expected ${expected}, got ${typeof got === 'string' ? `'${got}'` : 'nothing'}`);
  }
}

export const help: string = `npm start -- [flags]

Measures the first article's experiment over loopback, rxduplex beside bare grpc-js, then kills the server in the
middle of a flow and checks the books.

  --messages N     messages a run (default 5000)
  --rounds N       interleaved rounds, after a warm-up (default 5)
  --buffers a,b,c  sizes of the send buffer, in messages (default 512,1024,2048,3072,4096,5120)
  --modes a,b      of ${modes.join(', ')} (default all)
  --json FILE      write the results
  --svg FILE       draw the throughput
  --help           print this

npm start -- app [--seconds N] runs a small reactive app instead, until Ctrl-C.

Exits with 1 when a reply came out of order or the books do not balance, with 2 for a bad flag.`;

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
  // Not strict: its errors name no expectation.
  const { values, positionals } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true });
  const known = Object.keys(options);
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new BadFlag(`--${unknown}`, `one of --${known.join(', --')}`, `--${unknown}`);
  if (positionals[0] !== undefined) throw new BadFlag('arguments', 'flags only', positionals[0]);
  if (values.help !== undefined) return 'help';
  return {
    messages: wholeNumber('--messages', values.messages),
    rounds: wholeNumber('--rounds', values.rounds),
    buffers: list('--buffers', values.buffers, wholeNumber),
    modes: list('--modes', values.modes, mode),
    ...(values.json !== undefined && { json: file('--json', values.json) }),
    ...(values.svg !== undefined && { svg: file('--svg', values.svg) }),
  };
}

/** How long the app is to run, in seconds; until Ctrl-C if nothing is said. */
export function parseApp(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const unknown = Object.keys(values).find((name) => name !== 'seconds');
  if (unknown !== undefined) throw new BadFlag(`--${unknown}`, '--seconds', `--${unknown}`);
  if (positionals[0] !== undefined) throw new BadFlag('arguments', 'flags only', positionals[0]);
  return values.seconds === undefined ? Infinity : wholeNumber('--seconds', values.seconds);
}

function wholeNumber(flag: string, value: unknown): number {
  if (typeof value === 'string' && /^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new BadFlag(flag, 'a whole number from 1 to 9999999', value);
}

function mode(flag: string, value: unknown): Mode {
  const known = modes.find((name) => name === value);
  if (known) return known;
  throw new BadFlag(flag, `any of ${modes.join(', ')}`, value);
}

function list<T>(flag: string, value: unknown, item: (flag: string, value: unknown) => T): readonly T[] {
  const items = typeof value === 'string' ? value.split(',').map((part) => item(flag, part)) : [item(flag, value)];
  if (new Set(items).size === items.length) return items;
  throw new BadFlag(flag, 'each value once', value);
}

function file(flag: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && isFolder(dirname(value)) && !isFolder(value)) return value;
  throw new BadFlag(flag, 'the path of a file in a folder that exists', value);
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
