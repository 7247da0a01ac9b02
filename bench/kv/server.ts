import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { KeyValueService, KeyValueServiceService, KeyValues, memoryStore } from 'rxduplex/kv';

import { greet } from '../child.js';
import { listen } from '../listen.js';
import { serveBare } from './bare-server.js';
import type { Concurrency } from './contender.js';
import { work } from './simulated-work.js';

const [contender, concurrency, inFlight] = process.argv.slice(2) as [string, Concurrency, string];

function serveOurs(): Promise<number> {
  const kv = new KeyValues(memoryStore(), { concurrency, work, maxInFlight: Math.max(128, Number(inFlight)) });
  const server = new Server();
  serve(server, KeyValueService, kv.handlers, kv.serveOptions);
  serve(server, KeyValueServiceService, kv.articleHandlers);
  return listen(server);
}

greet({ port: await (contender === 'grpc-js' ? serveBare(concurrency) : serveOurs()) });
