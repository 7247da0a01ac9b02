import { connect } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

import { frameOf, framesOf } from './wire.js';

/** A call over HTTP/2 alone, whose answer is not read before it is wanted: a client of grpc-js reads a single one at once. */
export interface LateReader {
  /** The server has accepted the call, or refused it. */
  readonly begun: Promise<unknown>;
  /** The status, after all there was to read. */
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;
  readonly messages: Buffer[];
  read(): void;
  stop(): void;
}

export function lateReader(
  port: number,
  path: string,
  requests: readonly Uint8Array[],
  metadata: OutgoingHttpHeaders,
): LateReader {
  const session = connect(`http://127.0.0.1:${String(port)}`);
  const stream = session.request({
    ...metadata,
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  for (const request of requests) stream.write(frameOf(request));
  stream.end();
  const messages: Buffer[] = [];
  const chunks: Buffer[] = [];
  let status: IncomingHttpHeaders = {};
  const told = (headers: IncomingHttpHeaders): void => {
    if ('grpc-status' in headers) status = headers;
  };
  stream.on('trailers', told);
  const begun = new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    session.on('error', reject);
    stream.on('response', (headers) => {
      told(headers);
      resolve();
    });
  });
  const ended = new Promise<{ code: number; details: string }>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('close', () => {
      messages.push(...framesOf(Buffer.concat(chunks)).map(({ message }) => message));
      const details = decodeURIComponent(String(status['grpc-message'] ?? ''));
      resolve({ code: Number(status['grpc-status']), details });
    });
  });
  // Whoever stops it may not have waited for it.
  begun.catch(() => undefined);
  ended.catch(() => undefined);
  return {
    begun,
    ended,
    messages,
    read: () => {
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    },
    stop: () => {
      session.destroy();
    },
  };
}
