import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { Http2Server, IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';

/** A server that knows nothing of gRPC but its prefixes: it writes down the bytes of every DATA event. */
export interface WireServer {
  readonly port: number;
  /** The bytes of the streams, as they came. */
  readonly chunks: readonly Buffer[];
  stop(): void;
}

/** What such a server answers the next call with, after its half-close. */
export interface Answer {
  readonly headers?: OutgoingHttpHeaders;
  /** Each is a DATA frame of its own. */
  readonly parts?: readonly Buffer[];
}

/** What a client without gRPC was answered. */
export interface Answered {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** A message as gRPC frames it. */
export function frameOf(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The messages in a stream of gRPC frames, each with its flag. */
export function framesOf(bytes: Buffer): { readonly flag: number; readonly message: Buffer }[] {
  const frames: { flag: number; message: Buffer }[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at + 1);
    frames.push({ flag: bytes[at] ?? -1, message: bytes.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return frames;
}

/** Writes each part when the one before has left, so that HTTP/2 makes a frame of each. */
async function writeApart(stream: Writable, parts: readonly Buffer[]): Promise<void> {
  for (const part of parts) await new Promise<void>((resolve) => stream.write(part, () => setImmediate(resolve)));
  stream.end();
}

export async function wireServer(answer: () => Answer = () => ({})): Promise<WireServer> {
  const server: Http2Server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  const chunks: Buffer[] = [];
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    const { headers = {}, parts = [] } = answer();
    const head = { ':status': 200, 'content-type': 'application/grpc+proto', ...headers };
    stream.respond(head, { waitForTrailers: true });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '0' });
    });
    stream.on('end', () => void writeApart(stream, parts));
    stream.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    chunks,
    stop: () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** Calls `path` of the server at `port` with no more of gRPC than its prefixes. */
export async function wireCall(
  port: number,
  path: string,
  parts: readonly Buffer[],
  headers: OutgoingHttpHeaders = {},
): Promise<Answered> {
  const session = connect(`http://127.0.0.1:${String(port)}`);
  const head = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc+proto', te: 'trailers' };
  const stream = session.request({ ...head, ...headers });
  const told: { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders } = { headers: {}, trailers: {} };
  const chunks: Buffer[] = [];
  stream.on('response', (came: IncomingHttpHeaders) => (told.headers = came));
  stream.on('trailers', (came: IncomingHttpHeaders) => (told.trailers = came));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(stream, 'close');
  await writeApart(stream, parts);
  await ended;
  session.destroy();
  return { ...told, bytes: Buffer.concat(chunks) };
}
