import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A server that knows nothing of gRPC but its prefixes: it writes down the bytes of every DATA event. */
export interface WireServer {
  readonly port: number;
  /** The bytes of the stream, as they came. */
  readonly chunks: readonly Buffer[];
  stop(): void;
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

export async function wireServer(): Promise<WireServer> {
  const server: Http2Server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  const chunks: Buffer[] = [];
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '0' });
    });
    stream.on('end', () => stream.end());
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
