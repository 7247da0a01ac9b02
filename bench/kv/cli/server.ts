import { fileURLToPath } from 'node:url';

import { Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { serve } from 'rxduplex';
import type { HandlerFailure } from 'rxduplex';
import { KeyValueService, KeyValueServiceService, KeyValues } from 'rxduplex/kv';
import type { Store } from 'rxduplex/kv';
import { Subject, merge, takeUntil } from 'rxjs';
import type { Observable } from 'rxjs';

/** Those for whose health one may ask; the empty name stands for the server as a whole. */
const services = ['', 'rxduplex.kv.v1.KeyValue', 'io.grpc.KeyValueService'];

const protos = fileURLToPath(new URL('proto', import.meta.resolve('rxduplex/package.json')));

export interface KvServer {
  readonly server: Server;
  /** Calls that were refused, or failed. */
  readonly refused$: Observable<HandlerFailure>;
  /** What the store failed with. */
  readonly storeFailed$: Observable<unknown>;
  /** Tells those who ask for its health, refuses new calls, and settles when those there are have come to their end. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Both APIs over one store, with health and reflection; not bound to an address yet. */
export function kvServer(store: Store): KvServer {
  const server = new Server();
  const kv = new KeyValues(store);
  const servings = [
    serve(server, KeyValueService, kv.handlers, kv.serveOptions),
    serve(server, KeyValueServiceService, kv.articleHandlers),
  ];
  const health = new HealthImplementation();
  const tell = (status: 'SERVING' | 'NOT_SERVING'): void => services.forEach((name) => health.setStatus(name, status));
  tell('SERVING');
  health.addToServer(server);
  const files = ['rxduplex/kv/v1/kv.proto', 'io/grpc/kvservice.proto'];
  new ReflectionService(loadSync(files, { includeDirs: [protos] })).addToServer(server);
  const stopped$ = new Subject<void>();
  return {
    server,
    refused$: merge(...servings.map(({ failures$ }) => failures$)).pipe(takeUntil(stopped$)),
    storeFailed$: kv.failures$.pipe(takeUntil(stopped$)),
    async stop(graceMs) {
      tell('NOT_SERVING');
      kv.endWatches();
      await Promise.all(servings.map((serving) => serving.drain({ graceMs })));
      await shutDown(server);
      stopped$.next();
    },
  };
}

/** How long the last answers may take on their way; who watches the server's health would stay for ever. */
const partingMs = 500;

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, partingMs);
    server.tryShutdown(() => {
      clearTimeout(late);
      resolve();
    });
  });
}
