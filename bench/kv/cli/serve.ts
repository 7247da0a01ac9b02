import { ServerCredentials } from '@grpc/grpc-js';
import type { Server } from '@grpc/grpc-js';
import type { HandlerFailure } from 'rxduplex';
import type { Store } from 'rxduplex/kv';
import { firstValueFrom, fromEvent, map, merge } from 'rxjs';
import type { Observable } from 'rxjs';

import type { ServeSettings } from './commands.js';
import { inBulk } from './in-bulk.js';
import { log } from './log.js';
import { kvServer } from './server.js';
import { storeFor } from './store.js';

const bulkMs = 1_000;

/** Serves until it is told to stop; gives the exit code. */
export async function serveKv(settings: ServeSettings): Promise<number> {
  const { host, port, store: kind, graceMs } = settings;
  const stopped = firstValueFrom(
    merge(...['SIGTERM', 'SIGINT'].map((signal) => fromEvent(process, signal).pipe(map(() => signal)))),
  );
  let store: Store;
  try {
    store = await storeFor(settings);
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
  const { server, refused$, storeFailed$, stop } = kvServer(store);
  logInBulk(refused$, storeFailed$);
  try {
    const bound = await listen(server, `${host}:${port}`);
    log('started', { address: `${host}:${bound}`, store: kind, revision: store.revision });
    log('stopping', { signal: await stopped, 'grace-ms': graceMs });
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  } finally {
    await stop(graceMs);
    await store.close();
    log('stopped', { revision: store.revision });
  }
}

function logInBulk(refused$: Observable<HandlerFailure>, storeFailed$: Observable<unknown>): void {
  refused$
    .pipe(inBulk(bulkMs, ({ method, peer, error }) => [method, hostOf(peer), codeOf(error)].join()))
    .subscribe(({ count, sample: { method, peer, error } }) =>
      log('refused', { count, method, by: hostOf(peer), why: messageOf(error) }),
    );
  storeFailed$
    .pipe(inBulk(bulkMs, messageOf))
    .subscribe(({ count, sample }) => log('store failed', { count, why: messageOf(sample) }));
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** A client's port says nothing, and would make every line one of its own. */
const hostOf = (peer: string): string => peer.replace(/:\d+$/, '');

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
