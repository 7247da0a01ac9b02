import type { Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';

import { ServerCredentials } from '@grpc/grpc-js';
import type { Server } from '@grpc/grpc-js';

/** Binds to a port of the loopback interface, 0 for any that is free, and gives the port. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

/** The same for a server of Node's HTTP/2. */
export function listenHttp2(server: Http2Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
