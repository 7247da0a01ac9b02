import { once } from 'node:events';
import { constants, createServer } from 'node:http2';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A peer that speaks HTTP/2 and is no server of ours: a proxy, say. */
export interface Foreign {
  readonly port: number;
  /** How many requests it had in full, each of which a server behind it may have done. */
  readonly requests: () => number;
  readonly stop: () => void;
}

type Ends = (stream: ServerHttp2Stream) => void;

const grpc = { ':status': 200, 'content-type': 'application/grpc' };

/** Ends a call in the way that its name tells, after the first message of it has come. */
export const endings: Readonly<Record<string, Ends>> = {
  'a reset ENHANCE_YOUR_CALM': (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
  'a reset INADEQUATE_SECURITY': (stream) => stream.close(constants.NGHTTP2_INADEQUATE_SECURITY),
  'a reset INTERNAL_ERROR': (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  'a reset CANCEL': (stream) => stream.close(constants.NGHTTP2_CANCEL),
  'HTTP 401': (stream) => stream.respond({ ':status': 401 }, { endStream: true }),
  'HTTP 403': (stream) => stream.respond({ ':status': 403 }, { endStream: true }),
  'HTTP 404': (stream) => stream.respond({ ':status': 404 }, { endStream: true }),
  'HTTP 429': (stream) => stream.respond({ ':status': 429 }, { endStream: true }),
  'HTTP 502': (stream) => stream.respond({ ':status': 502 }, { endStream: true }),
  'status OK without an answer': (stream) => stream.respond({ ...grpc, 'grpc-status': '0' }, { endStream: true }),
  'status INVALID_ARGUMENT': (stream) => stream.respond({ ...grpc, 'grpc-status': '3' }, { endStream: true }),
  'status RESOURCE_EXHAUSTED': (stream) => stream.respond({ ...grpc, 'grpc-status': '8' }, { endStream: true }),
  'status FAILED_PRECONDITION': (stream) => stream.respond({ ...grpc, 'grpc-status': '9' }, { endStream: true }),
  'status UNAUTHENTICATED': (stream) => stream.respond({ ...grpc, 'grpc-status': '16' }, { endStream: true }),
};

export async function foreign(end: Ends): Promise<Foreign> {
  const sessions = new Set<ServerHttp2Session>();
  let requests = 0;
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.once('data', () => {
      requests += 1;
      end(stream);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    stop: () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}
