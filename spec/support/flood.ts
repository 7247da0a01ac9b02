import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, Http2Session, Http2Stream, OutgoingHttpHeaders } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { getDefaultHighWaterMark } from 'node:stream';

import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest } from 'rxduplex/peer';

import { duplexMethod } from '../../lib/definition.js';
import { turns } from './peer.js';
import { frameOf } from './wire.js';

/** A peer that knows nothing of gRPC but its prefixes, and writes as much as HTTP/2 lets it. */
export interface Flood {
  readonly port: number;
  /** Bytes of DATA that HTTP/2 has let out. */
  readonly bytes: number;
  readonly started: boolean;
  stop(): void;
}

const [, exchange] = duplexMethod<PeerRequest, PeerReply>(PeerService, 'exchange');

export const replyBytes = (reply: PeerReply): Buffer => exchange.responseSerialize(reply);
// What is a request is a reply as well: the events are the same.
export const requestBytes = (request: PeerRequest): Buffer => exchange.responseSerialize(request);

export const messageBytes: number = 16 * 1024;
/** What floods are made of: a request, and a reply as well. */
export const message: PeerReply & PeerRequest = { id: 1, append: { payload: Buffer.alloc(messageBytes) } };

/** As many bytes in one envelope of small messages, and how many they are. */
export const members = 32;
export const envelope: PeerReply & PeerRequest = {
  batch: Array.from({ length: members }, (_, at) => ({
    id: at + 1,
    append: { payload: Buffer.alloc(messageBytes / members - 16) },
  })),
};

/** HTTP/2's window of a stream and of a connection, unless somebody widens it. */
export const windowBytes = 65_535;
const windowMessages = Math.ceil(windowBytes / messageBytes);
/** What grpc-js reads ahead into its stream of objects, on either side. */
export const aheadMessages = 16;
/** What a reader may have been given and not handled: that, one in its hand and one decoded, node's bytes, the window. */
export const unreadMessages: number =
  aheadMessages + 2 + Math.ceil(getDefaultHighWaterMark(false) / messageBytes) + windowMessages;
/** What a peer may have written that nobody has handled, by GRPC-JS.md R4: that, and what is queued on its own side. */
export const slackMessages: number = aheadMessages + unreadMessages;

/** Writes the frame again whenever the one before has left, and counts what has. */
function pour(
  stream: Http2Stream & { write(chunk: Buffer, done: (error?: Error | null) => void): boolean },
  frame: Buffer,
): { bytes: number } {
  const poured = { bytes: 0 };
  const next = (): void => {
    if (stream.destroyed) return;
    stream.write(frame, (error) => {
      if (error) return;
      poured.bytes += frame.length;
      setImmediate(next);
    });
  };
  next();
  return poured;
}

function ended(sessions: Iterable<Http2Session>): void {
  for (const session of sessions) session.destroy();
}

/** A server that answers every call with a flood of `message`, after such headers. */
export async function floodingServer(message: Buffer, headers: OutgoingHttpHeaders = {}): Promise<Flood> {
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  let poured: { bytes: number } | undefined;
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.resume();
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto', ...headers });
    poured = pour(stream, frameOf(message));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get bytes() {
      return poured?.bytes ?? 0;
    },
    get started() {
      return poured !== undefined;
    },
    stop: () => {
      ended(sessions);
      server.close();
    },
  };
}

/** A client that floods the server at `port` with `message`, after such headers. */
export function floodingClient(port: number, message: Buffer, headers: OutgoingHttpHeaders = {}): Flood {
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${String(port)}`);
  session.on('error', () => undefined);
  const stream: ClientHttp2Stream = session.request({
    ':method': 'POST',
    ':path': exchange.path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  stream.resume();
  const poured = pour(stream, frameOf(message));
  return {
    port,
    get bytes() {
      return poured.bytes;
    },
    started: true,
    stop: () => {
      ended([session]);
    },
  };
}

/** No more comes out of it for a while, which may make a fault go unseen, and nothing else. */
export async function standsStill(flood: Flood): Promise<number> {
  let before = -1;
  while (before !== flood.bytes) {
    before = flood.bytes;
    await turns(60);
  }
  return before;
}

/** What both a client's and a server's call are to the one who floods them. */
export interface Sink {
  write(message: PeerReply & PeerRequest): boolean;
  once(event: 'drain', act: () => void): unknown;
  end(): unknown;
}

/** Writes as long as there is `more` and grpc-js takes it, and waits for its `drain` when it does not. */
export function floodInto(call: Sink, more: () => boolean, end: () => unknown = () => call.end()): void {
  const write = (): void => {
    while (more()) {
      if (call.write(message)) continue;
      call.once('drain', write);
      return;
    }
    end();
  };
  write();
}
