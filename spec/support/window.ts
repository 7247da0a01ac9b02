import { windowBytes } from './flood.js';
import { proxyTo } from './proxy.js';

/** A frame of HTTP/2, as RFC 9113 lays it out. */
export interface Frame {
  readonly type: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export const frameTypes = { data: 0, windowUpdate: 8 } as const;

/** What a client says before its first frame. */
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

const headerBytes = 9;

/** Shows `seen` the frames of one direction of a connection, in whatever chunks its bytes come, after the first `skip`. */
export function framesTo(seen: (frame: Frame) => void, skip = 0): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let at = skip;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= at + headerBytes) {
      const begin = at + headerBytes;
      const end = begin + rest.readUIntBE(at, 3);
      if (rest.length < end) break;
      const [type, stream] = [rest.readUInt8(at + 3), rest.readUInt32BE(at + 5) & 0x7fffffff];
      seen({ type, stream, payload: rest.subarray(begin, end) });
      at = end;
    }
    const done = Math.min(at, rest.length);
    rest = rest.subarray(done);
    at -= done;
  };
}

/** What a reader has given a writer to write, and what the writer has used of it. */
export class Window {
  /** WINDOW_UPDATE frames. */
  updates = 0;
  granted: number = windowBytes;
  used = 0;

  get exhausted(): boolean {
    return this.used === this.granted;
  }

  update(payload: Buffer): void {
    this.updates += 1;
    this.granted += payload.readUInt32BE() & 0x7fffffff;
  }
}

/** A TCP proxy that counts what `reader` lets the other end write, on the connection and on its first stream. */
export interface WindowProxy {
  readonly port: number;
  readonly connection: Window;
  readonly stream: Window;
  stop(): void;
}

const firstStream = 1;

export async function windowProxyTo(port: number, reader: 'client' | 'server'): Promise<WindowProxy> {
  const [connection, stream] = [new Window(), new Window()];
  const updated = (frame: Frame): void => {
    if (frame.type !== frameTypes.windowUpdate) return;
    if (frame.stream === 0) connection.update(frame.payload);
    if (frame.stream === firstStream) stream.update(frame.payload);
  };
  const written = (frame: Frame): void => {
    if (frame.type !== frameTypes.data) return;
    connection.used += frame.payload.length;
    if (frame.stream === firstStream) stream.used += frame.payload.length;
  };
  const [fromClient, fromServer] = reader === 'client' ? [updated, written] : [written, updated];
  const proxy = await proxyTo(port, {
    fromClient: framesTo(fromClient, preface.length),
    fromServer: framesTo(fromServer),
  });
  return {
    port: proxy.port,
    connection,
    stream,
    stop: () => {
      proxy.stop();
    },
  };
}
