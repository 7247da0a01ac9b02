import { BadFlag, oneOf, read, wholeNumber } from '../../flag-values.js';
import { upTo } from '../up-to.js';
import { hex, text } from './bytes.js';
import type { Notation } from './bytes.js';

export const stores = ['memory', 'level'] as const;

export interface ServeSettings {
  readonly host: string;
  readonly port: number;
  readonly store: (typeof stores)[number];
  /** Where the store on disk is. */
  readonly dir: string;
  /** How long what is at work when the server is told to stop may take. */
  readonly graceMs: number;
}

/** What is asked of a server. */
export type Question =
  | { readonly ask: 'get'; readonly key: Buffer }
  | { readonly ask: 'put'; readonly key: Buffer; readonly value: Buffer; readonly version?: number }
  | { readonly ask: 'del'; readonly key: Buffer; readonly version?: number }
  | { readonly ask: 'range'; readonly start: Buffer; readonly end: Buffer; readonly limit: number }
  | {
      readonly ask: 'watch';
      readonly start: Buffer;
      readonly end: Buffer;
      readonly limit: number;
      readonly from?: number;
    };

export interface Asking {
  readonly address: string;
  readonly timeoutMs: number;
  readonly notation: Notation;
  readonly question: Question;
}

export const help: string = `npm run -s kv -- serve [--host 127.0.0.1] [--port 50051] [--store memory|level] [--dir DIR] [--grace-ms 5000]
npm run -s kv -- get KEY
npm run -s kv -- put KEY VALUE
npm run -s kv -- cas KEY VERSION VALUE     if it has that version; 0: if it has no value
npm run -s kv -- del KEY [--version N]
npm run -s kv -- range [START [END]] [--limit N]
npm run -s kv -- watch [START [END]] [--from REVISION] [--limit N]

A service of keys and values, and what to ask it from a shell.

  --address A      of the server (default 127.0.0.1:50051)
  --timeout-ms N   that a question may take (default 5000)
  --hex            keys and values are written in hexadecimal digits, not as UTF-8

get prints the value; put, cas and del print the version or revision written; range prints lines of key, version and
value, watch of revision, put or del, key and value, with tabs between. Exits with 0 when it is done, with 1 when it
is refused or not found (a cas that is refused prints the version there is, 0 for none), with 2 for bad usage, and with
3 when nobody knows, or no server can be reached.`;

const serveOptions = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '50051' },
  store: { type: 'string', default: 'memory' },
  dir: { type: 'string' },
  'grace-ms': { type: 'string', default: '5000' },
} as const;

const common = {
  address: { type: 'string', default: '127.0.0.1:50051' },
  'timeout-ms': { type: 'string', default: '5000' },
  hex: { type: 'boolean' },
} as const;
const number = { type: 'string' } as const;

/** Which commands there are, the flags of each beside those of all, and the least and the most that it names. */
const questions = {
  get: { flags: {}, names: [1, 1] },
  put: { flags: {}, names: [2, 2] },
  cas: { flags: {}, names: [3, 3] },
  del: { flags: { version: number }, names: [1, 1] },
  range: { flags: { limit: number }, names: [0, 2] },
  watch: { flags: { limit: number, from: number }, names: [0, 2] },
} as const;

export function parseServe(args: readonly string[]): ServeSettings {
  const { values, positionals } = read(args, serveOptions);
  if (positionals[0] !== undefined) throw new BadFlag('serve', 'flags only', positionals[0]);
  const { host, dir } = values;
  if (typeof host !== 'string' || host === '') throw new BadFlag('--host', 'an address to listen on', host);
  const store = oneOf(stores)('--store', values.store);
  if (store === 'level' && (typeof dir !== 'string' || dir === '')) throw new BadFlag('--dir', 'a directory', dir);
  if (store === 'memory' && dir !== undefined) throw new BadFlag('--dir', 'none with --store memory', dir);
  return {
    host,
    port: values.port === '0' ? 0 : upTo(65_535, '--port', values.port),
    store,
    dir: typeof dir === 'string' ? dir : '',
    graceMs: wholeNumber('--grace-ms', values['grace-ms']),
  };
}

export function parseAsking([command, ...args]: readonly string[]): Asking {
  const name = oneOf(Object.keys(questions) as (keyof typeof questions)[])('command', command);
  const { flags, names } = questions[name];
  const { values, positionals } = read(args, { ...common, ...flags } as typeof common & Record<string, typeof number>);
  const [least, most] = names;
  if (positionals.length < least || positionals.length > most) {
    const expected = least === most ? String(least) : `${least} to ${most}`;
    throw new BadFlag(name, `${expected} of what it is about`, positionals.join(' '));
  }
  const { address } = values;
  if (typeof address !== 'string' || address === '') throw new BadFlag('--address', 'host:port', address);
  const notation = values.hex === undefined ? text : hex;
  const limit = values['limit'] === undefined ? Infinity : wholeNumber('--limit', values['limit']);
  const bytes = (index: number): Buffer => notation.read(name, positionals[index] ?? '');
  const about = { start: bytes(0), end: name === 'range' || name === 'watch' ? bytes(1) : Buffer.alloc(0) };
  const optional = <K extends string>(key: K, flag: string): { readonly [P in K]?: number } =>
    values[flag] === undefined
      ? {}
      : ({ [key]: revision(`--${flag}`, values[flag]) } as { readonly [P in K]?: number });

  const question = ((): Question => {
    switch (name) {
      case 'get':
        return { ask: 'get', key: key(name, bytes(0)) };
      case 'put':
        return { ask: 'put', key: key(name, bytes(0)), value: bytes(1) };
      case 'cas':
        return { ask: 'put', key: key(name, bytes(0)), value: bytes(2), version: version(positionals[1]) };
      case 'del':
        return { ask: 'del', key: key(name, bytes(0)), ...optional('version', 'version') };
      case 'range':
        return { ask: 'range', ...about, limit };
      case 'watch':
        return { ask: 'watch', ...about, limit, ...optional('from', 'from') };
    }
  })();
  return { address, timeoutMs: wholeNumber('--timeout-ms', values['timeout-ms']), notation, question };
}

/** No store takes an empty key. */
function key(name: string, bytes: Buffer): Buffer {
  if (bytes.length > 0) return bytes;
  throw new BadFlag(name, 'a key that is not empty', '');
}

function version(given: string | undefined): number {
  return given === '0' ? 0 : revision('cas', given);
}

/** A revision or a version: stores give numbers of sixteen digits. */
function revision(flag: string, given: unknown): number {
  const number = typeof given === 'string' && /^[1-9]\d*$/.test(given) ? Number(given) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new BadFlag(flag, `a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`, given);
}
