import { pathToFileURL } from 'node:url';

import { Server, ServerCredentials } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import { map } from 'rxjs';

/** No one but the peer served here says this, so that who hears it has its reply. */
const term = 4242;

const server = new Server();
serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(({ id }) => ({ id, append: { term } }))) });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // What the example takes as given.
  Object.assign(globalThis, { address: `127.0.0.1:${port}` });
  void import(pathToFileURL('example.js').href);
});

const late = setTimeout(() => {
  console.error('no reply within 10 s');
  process.exit(1);
}, 10_000);

const { log } = console;
console.log = (...words: unknown[]) => {
  log(...words);
  if (!words.some((word) => String(word) === String(term))) return;
  clearTimeout(late);
  // The example has no end of its own.
  process.exit(0);
};
