/**
 * Attempts many calls to a peer that is not there, and prints as JSON what is held after some of them, after all, and when
 * all is over. Then the process ends by itself. Argument: `remote`, `made`, a Remote that is given its client by a function,
 * or `duplex`. To be run with `--expose-gc`.
 */
import { getEventListeners } from 'node:events';

import { Outgoing, Remote, bidi, duplex, oneof, reconnect } from 'rxduplex';
import type { Open } from 'rxduplex';
import type { PeerClient, PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { NEVER } from 'rxjs';

import { memory } from '../memory.js';
import { beat, clientOf, until } from '../peer.js';
import { far } from '../scene.js';

/** What is held after so many attempts. */
export interface Held {
  readonly attempts: number;
  readonly bytes: number;
  /** Of the channel. */
  readonly watchers: number;
  /** Of the signal that all share. */
  readonly listeners: number;
}

export interface Absence {
  readonly some: Held;
  readonly all: Held;
  /** Listeners of the signal after the end. */
  readonly listeners: number;
  /** Timers that keep the process alive after the end. */
  readonly timers: number;
}

type End = () => Promise<unknown>;

/** The port of a service that nobody has run for decades; none that is free by chance, and could be given to somebody. */
const absentPort = 1;

const backoff = (): number => 0;
const client = clientOf(absentPort);
const aborting = new AbortController();
const { signal } = aborting;
let attempts = 0;

/** As a user has it, and whatever may be given a signal was given one. */
function remote(from: PeerClient | (() => PeerClient)): End {
  const remote = new Remote(bidi(from, 'exchange'), {
    events: oneof('event'),
    requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
    idleMs: far,
    reconnect: { backoff },
  });
  remote.status$.subscribe(({ state }) => {
    if (state === 'connecting') attempts += 1;
  });
  remote.on('beat').subscribe();
  remote.next(beat(1));
  void remote.connect({ signal });
  void remote.send(beat(2), { signal });
  void remote.feed(NEVER, { signal });
  remote.request(beat(3), { signal, timeoutMs: far }).subscribe({ error: () => undefined });
  return () => remote.close();
}

function plain(): End {
  const outgoing = new Outgoing<PeerRequest>();
  const open: Open<PeerRequest, PeerReply__Output> = () => {
    attempts += 1;
    return client.exchange();
  };
  const session = duplex(open, outgoing).pipe(reconnect({ backoff })).subscribe();
  outgoing.next(beat(1));
  void outgoing.feed(NEVER, { signal });
  return () => {
    session.unsubscribe();
    outgoing.complete();
    return Promise.resolve();
  };
}

const ways: Readonly<Record<string, () => End>> = {
  remote: () => remote(client),
  made: () => remote(() => client),
  duplex: plain,
};

/** grpc-js does not tell of its watchers. A version of it that keeps them elsewhere fails the spec, and is looked at. */
function watchers(): number {
  const { internalChannel } = client.getChannel() as { internalChannel?: { connectivityStateWatchers?: unknown } };
  const kept = internalChannel?.connectivityStateWatchers;
  return Array.isArray(kept) ? kept.length : NaN;
}

const listeners = (): number => getEventListeners(signal, 'abort').length;

async function heldAfter(count: number): Promise<Held> {
  await until(`${String(count)} attempts`, () => attempts >= count, far);
  return { attempts, watchers: watchers(), listeners: listeners(), bytes: await memory() };
}

const way = ways[process.argv[2] ?? ''];
if (!way) throw new Error(`${Object.keys(ways).join(' or ')}, not ${process.argv[2] ?? 'nothing'}`);
const end = way();

const some = await heldAfter(2_000);
const all = await heldAfter(20_000);
await end();
client.close();
const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const absence: Absence = { some, all, listeners: listeners(), timers };
console.log(JSON.stringify(absence));
