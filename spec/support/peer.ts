import { Server, ServerCredentials, credentials } from '@grpc/grpc-js';
import type { ChannelOptions, ServerDuplexStream, ServerOptions, handleBidiStreamingCall } from '@grpc/grpc-js';
import { channelOptions } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';

export type Exchange = handleBidiStreamingCall<PeerRequest__Output, PeerReply>;
export type ExchangeCall = ServerDuplexStream<PeerRequest__Output, PeerReply>;

/** A real server on loopback, and the clients made for it; `stop` ends all of them. */
export interface Peer {
  readonly server: Server;
  readonly port: number;
  client(options?: ChannelOptions): PeerClient;
  stop(): void;
}

const stops = new Set<() => void>();

/** Ends whatever a test has left behind, the latest first. */
export function stopAll(): void {
  for (const stop of [...stops].reverse()) stop();
  stops.clear();
}

/** Stops it after the test, however that ends. */
export function stopped<T extends { stop(): void }>(thing: T): T {
  stops.add(() => thing.stop());
  return thing;
}

/** Closes it after the test, however that ends. */
export function closed<T extends { close(): unknown }>(thing: T): T {
  stops.add(() => void thing.close());
  return thing;
}

export async function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${String(port)}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

/** Serves what `add` puts on it. */
export async function peer(add: (server: Server) => void, options?: ServerOptions, port?: number): Promise<Peer> {
  const server = new Server(options);
  add(server);
  const bound = await listen(server, port);
  const clients: PeerClient[] = [];
  const stop = (): void => {
    stops.delete(stop);
    for (const client of clients) client.close();
    server.forceShutdown();
  };
  stops.add(stop);
  return {
    server,
    port: bound,
    client: (more = {}) => {
      const made = clientOf(bound, more);
      clients.push(made);
      return made;
    },
    stop,
  };
}

/** A connection of its own for every client, so that no spec meets another's. */
export function clientOf(port: number, options: ChannelOptions = {}): PeerClient {
  return new PeerClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), {
    ...channelOptions({ ownConnection: true }),
    ...options,
  });
}

/** A server written against grpc-js alone. */
export function barePeer(exchange: Exchange, options?: ServerOptions, port?: number): Promise<Peer> {
  return peer((server) => server.addService(PeerService, { Exchange: exchange }), options, port);
}

/** Sends each request back as a reply of the same kind. */
export function replyTo({ id, vote, append, beat }: PeerRequest__Output): PeerReply {
  return { id, ...(vote && { vote }), ...(append && { append }), ...(beat && { beat }) };
}

/** A bare echo, as grpc-js's own documentation writes it; says nothing before the first request. */
export const echo: Exchange = (call) => {
  call.on('data', (request: PeerRequest__Output) => {
    if (call.write(replyTo(request))) return;
    call.pause();
    call.once('drain', () => call.resume());
  });
  call.on('end', () => call.end());
};

export const beat = (id: number): PeerRequest => ({ id, beat: { at: id } });

/** Waits, a turn of the event loop at a time, until something is so; says what it waited for when it is not. */
export async function until(what: string, isSo: () => boolean, limitMs = 10_000): Promise<void> {
  const late = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() > late) throw new Error(`waited ${String(limitMs)} ms for: ${what}`);
    await turn();
  }
}

export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await turn();
}
