import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { Server } from '@grpc/grpc-js';
import { Remote, bidi, oneof, serve } from 'rxduplex';
import type { Bidi, BidiOptions, DuplexHandler, OpenContext, RemoteOptions, Requests, Serving } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerClient, PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import * as assert from 'uvu/assert';

import { clientOf, listen, until } from './peer.js';
import type { Exchange } from './peer.js';

/** Longer than any process of a spec may live: a timer of so long that is left behind is seen. */
export const far = 1_000_000_000;

export type SceneOpen = Bidi<PeerRequest, PeerReply__Output>;
export type Handler = DuplexHandler<PeerRequest__Output, PeerReply>;
type Event = readonly ['append' | 'beat' | 'vote', unknown];
type ById = Requests<PeerRequest, PeerReply__Output>;
export type SceneRemote = Remote<PeerRequest, PeerReply__Output, Event, ById>;
type Options = Partial<RemoteOptions<PeerRequest, PeerReply__Output, Event, ById>>;

/** What is there when something ends: servers, clients, a signal and calls, and whether anything is left of them. */
export class Scene {
  readonly aborting: AbortController = new AbortController();
  readonly signal: AbortSignal = this.aborting.signal;
  /** The calls of this side. */
  readonly calls: WeakRef<object>[] = [];
  /** What lives on after the end, and might hold on to something. */
  outliving: unknown;
  readonly #owned: (() => unknown)[] = [];

  /** A client of a server written against grpc-js alone. */
  bare(exchange: Exchange, options?: BidiOptions<PeerRequest, PeerReply__Output>): Promise<SceneOpen> {
    return this.#open((server) => server.addService(PeerService, { Exchange: exchange }), options);
  }

  async served(handler: Handler): Promise<{ readonly open: SceneOpen; readonly serving: Serving }> {
    const made: Serving[] = [];
    const open = await this.#open((server) => made.push(serve(server, PeerService, { exchange: handler })));
    return { open, serving: made[0] as Serving };
  }

  /** A client of a server that takes connections and says nothing. */
  async mute(): Promise<SceneOpen> {
    const server = createServer();
    const sockets: Socket[] = [];
    server.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    this.#owned.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return this.#watched(this.#client((server.address() as AddressInfo).port));
  }

  /** With time enough for everything. */
  remote(open: SceneOpen, { reconnect, ...options }: Options = {}): SceneRemote {
    return new Remote<PeerRequest, PeerReply__Output, Event, ById>(open, {
      events: oneof('event'),
      requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
      openTimeoutMs: far,
      idleMs: far,
      reconnect: { backoff: () => far, handoverMs: far, minUptimeMs: far, ...reconnect },
      ...options,
    });
  }

  /** The owners end what is theirs, which has no call any more; nobody listens, and the calls are forgotten. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#owned.splice(0)) await end();
    assert.equal(getEventListeners(this.signal, 'abort'), []);
    await until('the calls to be forgotten', () => {
      globalThis.gc?.();
      return this.calls.every((call) => call.deref() === undefined);
    });
  }

  async #open(
    add: (server: Server) => void,
    options?: BidiOptions<PeerRequest, PeerReply__Output>,
  ): Promise<SceneOpen> {
    const server = new Server();
    add(server);
    const port = await listen(server);
    const open = this.#watched(this.#client(port), options);
    // A server with an open call does not shut down by itself.
    this.#owned.push(() => new Promise((resolve) => server.tryShutdown(resolve)));
    return open;
  }

  #client(port: number): PeerClient {
    const client = clientOf(port);
    this.#owned.push(() => {
      client.close();
    });
    return client;
  }

  #watched(client: PeerClient, options: BidiOptions<PeerRequest, PeerReply__Output> = {}): SceneOpen {
    const open = bidi(client, 'exchange', options);
    const watched = (context: OpenContext): ReturnType<SceneOpen> => {
      const made = open(context);
      if (!('then' in made)) this.calls.push(new WeakRef(made));
      return made;
    };
    return Object.assign(watched, open);
  }
}
