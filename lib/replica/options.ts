import type { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Open, RemoteOptions, Requests, Select, Serving, Tagged } from '../index.js';

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
