import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP proxy on loopback whose connections can be reset. */
export interface Proxy {
  readonly port: number;
  /** Connections that were reset. */
  readonly resets: number;
  reset(): void;
  stop(): void;
}

/** Is shown what passes, in either direction, as it comes. */
export interface Watch {
  readonly fromClient: (chunk: Buffer) => void;
  readonly fromServer: (chunk: Buffer) => void;
}

export async function proxyTo(port: number, watch?: Watch): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let resets = 0;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    if (watch) {
      near.on('data', watch.fromClient);
      far.on('data', watch.fromServer);
    }
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = (): void => {
    if (sockets.size > 0) resets += 1;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get resets() {
      return resets;
    },
    reset,
    stop: () => {
      reset();
      server.close();
    },
  };
}
