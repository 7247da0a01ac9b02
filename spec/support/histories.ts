import { rx } from 'rxduplex';
import { firstValueFrom } from 'rxjs';

import type {
  Current__Output,
  Entry__Output,
  Expectation,
  SessionRequest,
  SessionResponse__Output,
  WriteResponse__Output,
} from '../../lib/generated/kv.js';
import type { Happened } from './linearizable.js';
import type { Served } from './key-values.js';
import type { Access, Expected, Outcome, Seen } from './versioned.js';

/** How a client makes one request. */
export type Ask = (request: SessionRequest) => Promise<SessionResponse__Output>;

/** Each request is a call of its own. */
export function unary({ client }: Served): Ask {
  const calls = rx(client);
  return async ({ get, put, delete: remove, transact, range }) => {
    const answer = { id: '', batch: [] };
    if (get) return { ...answer, get: await firstValueFrom(calls.get(get)) };
    if (put) return { ...answer, put: await firstValueFrom(calls.put(put)) };
    if (remove) return { ...answer, delete: await firstValueFrom(calls.delete(remove)) };
    if (transact) return { ...answer, transact: await firstValueFrom(calls.transact(transact)) };
    return { ...answer, range: await firstValueFrom(calls.range(range ?? {})) };
  };
}

/** All requests are sent over one session, as they come. */
export function session({ client }: Served): Ask {
  const waiting = new Map<string, (answer: SessionResponse__Output) => void>();
  const stream = client.session();
  stream.on('data', (answer: SessionResponse__Output) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  stream.on('error', () => undefined);
  let last = 0;
  return (request) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(String(last), resolve);
      stream.write({ ...request, id: last });
    });
}

export interface Plan {
  readonly keys: readonly string[];
  readonly clients: number;
  readonly operations: number;
  readonly random: () => number;
}

/** Clients that ask one thing after the other, all at once; gives what happened. */
export async function happenings(ask: Ask, plan: Plan): Promise<readonly Happened<Access>[]> {
  const happened: Happened<Access>[] = [];
  let now = 0;
  let written = 0;
  const known = new Map<string, number>();
  const clientOf = async (): Promise<void> => {
    for (let left = plan.operations; left > 0; left -= 1) {
      written += 1;
      const { request, access } = drawn(plan, known, `v${String(written)}`);
      const began = (now += 1);
      const operation = access(await ask(request));
      happened.push({ began, ended: (now += 1), operation });
      learn(known, operation);
    }
  };
  await Promise.all(Array.from({ length: plan.clients }, clientOf));
  return happened;
}

interface Drawn {
  readonly request: SessionRequest;
  readonly access: (answer: SessionResponse__Output) => Access;
}

function drawn({ keys, random }: Plan, known: ReadonlyMap<string, number>, value: string): Drawn {
  const at = Math.floor(random() * keys.length);
  const [x, y] = [keys[at], keys[(at + 1) % keys.length]] as [string, string];
  const kind = random();
  if (kind < 0.3) {
    return {
      request: { get: { key: bytes(x) } },
      access: ({ get }) => ({ kind: 'read', saw: { [x]: seen(get?.entry) }, revision: Number(get?.revision) }),
    };
  }
  if (kind < 0.35) {
    return {
      request: { range: {} },
      access: ({ range }) => {
        const entries = new Map(range?.entries.map((entry) => [entry.key.toString(), entry]));
        const saw = Object.fromEntries(keys.map((key) => [key, seen(entries.get(key))]));
        return { kind: 'read', saw, revision: Number(range?.revision) };
      },
    };
  }
  const expected = expectedOf(random, known.get(x));
  if (kind < 0.7) return putting(x, value, expected);
  if (kind < 0.8) return removing(x, expected);
  return transacting(x, y, value, expected);
}

function putting(key: string, value: string, expected: Expected | undefined): Drawn {
  return {
    request: { put: { key: bytes(key), value: bytes(value), ...sent(expected) } },
    access: ({ put }) => wrote(put, expected ? { [key]: expected } : {}, { [key]: value }),
  };
}

function removing(key: string, expected: Expected | undefined): Drawn {
  return {
    request: { delete: { key: bytes(key), ...sent(expected) } },
    access: (answer) => wrote(answer.delete, expected ? { [key]: expected } : {}, { [key]: undefined }),
  };
}

/** Moves what is under one key to the next. */
function transacting(x: string, y: string, value: string, expected: Expected | undefined): Drawn {
  return {
    request: {
      transact: {
        conditions: expected ? [{ key: bytes(x), ...sent(expected) }] : [],
        operations: [{ put: { key: bytes(y), value: bytes(value) } }, { remove: { key: bytes(x) } }],
      },
    },
    access: ({ transact }) => wrote(transact, expected ? { [x]: expected } : {}, { [y]: value, [x]: undefined }),
  };
}

function expectedOf(random: () => number, version: number | undefined): Expected | undefined {
  const kind = random();
  if (kind < 0.6 && version !== undefined) return { version };
  if (kind < 0.8) return { exists: kind < 0.7 };
  return undefined;
}

const sent = (expected: Expected | undefined): { readonly expected?: Expectation } => (expected ? { expected } : {});

function wrote(
  answer: WriteResponse__Output | null | undefined,
  conditions: Readonly<Record<string, Expected>>,
  writes: Readonly<Record<string, string | undefined>>,
): Access {
  return { kind: 'write', conditions, writes, outcome: outcomeOf(answer) };
}

function outcomeOf(answer: WriteResponse__Output | null | undefined): Outcome {
  if (answer?.done) return { done: true, revision: Number(answer.done.revision) };
  const { revision, current = [] } = answer?.refused ?? {};
  const told = new Map(current.map(({ key, entry }: Current__Output) => [key.toString(), seen(entry)]));
  return { done: false, revision: Number(revision), current: Object.fromEntries(told) };
}

const seen = (entry: Entry__Output | null | undefined): Seen | undefined =>
  entry ? { value: entry.value.toString(), version: Number(entry.version) } : undefined;

/** What a client may expect later: the newest version that anybody was told of. */
function learn(known: Map<string, number>, access: Access): void {
  const told = (key: string, version: number | undefined): void => {
    if (version !== undefined) known.set(key, Math.max(version, known.get(key) ?? 0));
  };
  if (access.kind === 'read') for (const [key, entry] of Object.entries(access.saw)) told(key, entry?.version);
  else if (access.outcome?.done)
    for (const [key, value] of Object.entries(access.writes))
      told(key, value === undefined ? undefined : access.outcome.revision);
}

const bytes = (text: string): Buffer => Buffer.from(text);

/** The same numbers again for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
