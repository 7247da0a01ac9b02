import { credentials } from '@grpc/grpc-js';
import { bidi, channelOptions, oneof, serve } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { Append__Output, Beat__Output, PeerReply__Output, PeerRequest, Vote__Output } from 'rxduplex/peer';
import { Replica } from 'rxduplex/replica';
import type { ReplicaOptions } from 'rxduplex/replica';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';

import { replyTo } from './peer.js';

type Event = readonly ['vote', Vote__Output] | readonly ['append', Append__Output] | readonly ['beat', Beat__Output];
export type TestReplica = Replica<PeerClient, PeerRequest, PeerReply__Output, Event>;
type Options = Partial<
  Pick<ReplicaOptions<PeerClient, PeerRequest, PeerReply__Output, never>, 'client' | 'outgoing' | 'reconnect' | 'serve'>
>;

const running = new Set<{ stop(options: { drainMs: number; graceMs: number }): Promise<void> }>();

/** Ends whatever a failed test has left behind. */
export async function stopReplicas(): Promise<void> {
  await Promise.all([...running].map((replica) => replica.stop({ drainMs: 0, graceMs: 0 })));
  running.clear();
}

/** A replica of the examples' protocol, which echoes what it is asked. */
export function replicaOf(options: Options = {}): TestReplica {
  const replica = new Replica({
    client: (address) =>
      new PeerClient(address, credentials.createInsecure(), {
        ...channelOptions({ ownConnection: true }),
        'grpc.initial_reconnect_backoff_ms': 10,
        'grpc.max_reconnect_backoff_ms': 20,
      }),
    open: (client) => bidi(client, 'exchange'),
    serve: (server) => serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) }),
    events: oneof('event'),
    requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
    reconnect: { backoff: () => 10 },
    ...options,
  });
  running.add(replica);
  return replica;
}

/** So many replicas that know each other, started, by name. */
export async function replicas(count: number, options?: Options): Promise<ReadonlyMap<string, TestReplica>> {
  const all = new Map(Array.from({ length: count }, (_, index) => [`r${index}`, replicaOf(options)] as const));
  const addresses = new Map<string, string>();
  for (const [name, replica] of all) addresses.set(name, `127.0.0.1:${await replica.start()}`);
  for (const [name, replica] of all) {
    for (const [peer, address] of addresses) if (peer !== name) replica.add(peer, address);
  }
  return all;
}

/** What an Observable has told, by a word for each. */
export function told<T>(source: Observable<T>, word: (value: T) => string): string[] {
  const words: string[] = [];
  source.subscribe((value) => words.push(word(value)));
  return words;
}
