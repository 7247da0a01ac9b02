import { Server, credentials } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { channelOptions, serve } from 'rxduplex';
import type { ServeOptions, Serving } from 'rxduplex';
import {
  KeyValueClient,
  KeyValueService,
  KeyValueServiceClient,
  KeyValueServiceService,
  KeyValues,
  memoryStore,
} from 'rxduplex/kv';
import type { KeyValuesOptions, Store } from 'rxduplex/kv';

import { listen } from './peer.js';

/** A real server of both APIs on loopback, and bare clients of it. */
export interface Served {
  readonly kv: KeyValues;
  readonly store: Store;
  readonly serving: Serving;
  readonly port: number;
  readonly client: KeyValueClient;
  readonly article: KeyValueServiceClient;
  stop(): void;
}

export interface ServedOptions extends KeyValuesOptions {
  readonly store?: Store;
  readonly serve?: ServeOptions;
}

const stops = new Set<() => void>();

/** Ends whatever a failed test has left behind. */
export function stopAll(): void {
  for (const stop of stops) stop();
}

export async function served({
  store = memoryStore({ firstRevision: 1 }),
  serve: more,
  ...options
}: ServedOptions = {}): Promise<Served> {
  const server = new Server();
  const kv = new KeyValues(store, options);
  const serving = serve(server, KeyValueService, kv.handlers, more ?? kv.serveOptions);
  serve(server, KeyValueServiceService, kv.articleHandlers);
  const port = await listen(server);
  const own = [
    `127.0.0.1:${String(port)}`,
    credentials.createInsecure(),
    channelOptions({ ownConnection: true }),
  ] as const;
  const client = new KeyValueClient(...own);
  const article = new KeyValueServiceClient(...own);
  const stop = (): void => {
    stops.delete(stop);
    client.close();
    article.close();
    server.forceShutdown();
  };
  stops.add(stop);
  return { kv, store, serving, port, client, article, stop };
}

type Unary<In, Out> = (request: In, callback: (error: ServiceError | null, response?: Out) => void) => unknown;

/** A unary call of a bare client as a promise. */
export function call<In, Out>(client: object, method: Unary<In, Out>, request: In): Promise<Out> {
  return new Promise((resolve, reject) => {
    method.call(client, request, (error, response) => {
      if (error) reject(error);
      else resolve(response as Out);
    });
  });
}
