import { Server, credentials } from '@grpc/grpc-js';
import type { ChannelOptions, ServiceError } from '@grpc/grpc-js';
import { channelOptions, serve } from 'rxduplex';
import { KeyValueClient, KeyValueService, KvClient } from 'rxduplex/kv';
import type { Changes, KvOptions, Store } from 'rxduplex/kv';
import { firstValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';

import type { KeyValueHandlers } from '../../lib/generated/kv.js';
import { served } from './key-values.js';
import type { Served, ServedOptions } from './key-values.js';
import { listen } from './peer.js';
import { proxyTo } from './proxy.js';
import type { Proxy as TcpProxy } from './proxy.js';
import { errorFrom } from './told.js';

export const apis = ['unary', 'session'] as const;

const stops = new Set<() => void>();

/** Ends whatever a failed test has left behind. */
export function stopClients(): void {
  for (const stop of stops) stop();
  stops.clear();
}

/** A client of what listens there, which comes back at once when its connection broke. */
export function clientOn(port: number, options: KvOptions = {}, channel: ChannelOptions = {}): KvClient {
  const client = new KeyValueClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), {
    ...channelOptions({ ownConnection: true }),
    'grpc.initial_reconnect_backoff_ms': 1,
    'grpc.max_reconnect_backoff_ms': 1,
    ...channel,
  });
  const kv = new KvClient(client, { backoff: () => 1, ...options });
  stops.add(() => {
    void kv.close();
    client.close();
  });
  return kv;
}

/** A server and a client of it, with a proxy between them that can cut the connection. */
export interface Scene extends Served {
  readonly proxy: TcpProxy;
  readonly kv1: KvClient;
}

export async function scene(options: KvOptions, serving: ServedOptions = {}): Promise<Scene> {
  const server = await served(serving);
  const proxy = await proxyTo(server.port);
  stops.add(() => proxy.stop());
  return { ...server, proxy, kv1: clientOn(proxy.port, options) };
}

/** A server that answers as the spec says, or nothing at all. */
export async function answering(handlers?: Parameters<typeof serve<KeyValueHandlers>>[2]): Promise<number> {
  const server = new Server();
  if (handlers) serve(server, KeyValueService, handlers);
  stops.add(() => server.forceShutdown());
  return listen(server);
}

export const answer = <T>(operation: Observable<T>): Promise<T> => firstValueFrom(operation);

/** What an operation failed with. */
export const failureOf = async (operation: Observable<unknown>): Promise<ServiceError> =>
  (await errorFrom(answer(operation))) as unknown as ServiceError;

/** A store of which some methods do otherwise. */
export function storeWith(store: Store, otherwise: (store: Store) => Partial<Store>): Store {
  const changed = otherwise(store);
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(name in changed ? changed : target, name);
      return typeof member === 'function'
        ? (...args: unknown[]) => Reflect.apply(member, target, args) as unknown
        : member;
    },
  });
}

/** What a store does with a commit before its answer, which it gives if this resolves. */
export type Fault = (apply: () => ReturnType<Store['commit']>) => ReturnType<Store['commit']>;

/** A store whose commits meet these faults, one each; those after them go well. Counts the commits. */
export function faulty(store: Store, faults: Fault[]): { readonly store: Store; readonly commits: () => number } {
  let commits = 0;
  return {
    store: storeWith(store, () => ({
      commit: (transaction) => {
        commits += 1;
        const fault = faults.shift() ?? ((apply): ReturnType<Store['commit']> => apply());
        return fault(() => store.commit(transaction));
      },
    })),
    commits: () => commits,
  };
}

export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export const revisionsOf = (changes: readonly Pick<Changes, 'revision'>[]): number[] =>
  changes.map(({ revision }) => revision);
