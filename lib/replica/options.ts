import type { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Open, RemoteOptions, Requests, Select, Serving, Tagged } from '../index.js';
import { callable, checkNames } from '../internal.js';
import type { Names } from '../internal.js';

/** A client of a peer, as grpc-js makes them. */
export interface Closable {
  close(): void;
}

type LinkOptions<Out, In> = Omit<RemoteOptions<Out, In, never, undefined>, 'events' | 'requests'>;

export interface ReplicaOptions<C extends Closable, Out, In, E extends Tagged> extends LinkOptions<Out, In> {
  /** Makes the client of a peer; it is closed with the link. Give it `channelOptions()`. */
  readonly client: (address: string) => C;
  /** Opens the stream to a peer: `(client) => bidi(client, 'exchange')`. */
  readonly open: (client: C) => Open<Out, In>;
  /** Answers the peers: `(server) => serve(server, PeerService, handlers)`. */
  readonly serve: (server: Server) => Serving;
  /** Tells the event in what comes back. */
  readonly events: Select<In, E>;
  /** How an answer finds its question. */
  readonly requests: Requests<Out, In>;
  /** What a message is called when it is told that it did not reach its peer. Default: its first field that is a message. */
  readonly typeOf?: (message: Out) => string;
}

const names: Names<ReplicaOptions<Closable, unknown, unknown, Tagged>> = {
  client: true,
  open: true,
  serve: true,
  events: true,
  requests: true,
  typeOf: true,
  outgoing: true,
  reconnect: true,
  openTimeoutMs: true,
  coalesce: true,
  idleMs: true,
};

/** What of it is for the `Remote` of a link, as it is given. */
export function ofLink<C extends Closable, Out, In, E extends Tagged>({
  client,
  open,
  serve,
  events,
  requests,
  typeOf,
  ...link
}: ReplicaOptions<C, Out, In, E>): LinkOptions<Out, In> {
  return link;
}

/** The rest is checked by the `Remote` of each link. */
export function checkReplica<C extends Closable, Out, In, E extends Tagged>(
  options: ReplicaOptions<C, Out, In, E>,
): void {
  checkNames('Replica', options, names);
  const { client, open, serve, events, typeOf } = options;
  for (const [name, value] of Object.entries({ client, open, serve, events })) callable(name, value);
  if (typeOf) callable('typeOf', typeOf);
}

export interface StartOptions {
  /** Default `127.0.0.1:0`: a free port of the loopback interface. */
  readonly address?: string;
  readonly credentials?: ServerCredentials;
}

export interface AskOptions {
  /** How many have to agree, the asker included. Default: most of all replicas. */
  readonly quorum?: number;
  /** How long to wait for each answer. Default 30,000 ms. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface StopOptions {
  /** How long a link may take to send what is queued. Default 5,000 ms. */
  readonly drainMs?: number;
  /** How long the handlers may take to end the calls of peers. Default 5,000 ms. */
  readonly graceMs?: number;
}
