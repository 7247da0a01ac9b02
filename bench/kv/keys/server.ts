import { setTimeout as sleep } from 'node:timers/promises';

import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { KeyValueService, KeyValues, keyOf as textOf, memoryStore } from 'rxduplex/kv';

import { greet } from '../../child.js';
import { footprint } from '../../footprint.js';
import { listen } from '../../listen.js';
import { keyOf, valueBytes } from './key.js';

const count = Number(process.argv[2]);
const store = memoryStore({ maxRevisions: 1 });
const kv = new KeyValues(store);
const server = new Server();
serve(server, KeyValueService, kv.handlers, kv.serveOptions);
const port = await listen(server);

const before = await footprint();
for (let number = 0; number < count; number += 1) {
  const value = Buffer.allocUnsafeSlow(valueBytes).fill(number);
  await store.commit({ conditions: [], writes: [{ key: textOf(keyOf(number)), value }] });
  if (number % 10_000 === 0) await sleep();
}
const after = await footprint();
greet({ port, heap: (after.heap - before.heap) / count, rss: (after.rss - before.rss) / count });
