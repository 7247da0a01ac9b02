/**
 * The other end of the programs, in a process of its own. Its argument: after how many messages or calls it kills itself. It listens when it is told on which port.
 */
import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import type { DuplexHandler, Handlers } from 'rxduplex';
import { KeyValueService, KeyValues, memoryStore } from 'rxduplex/kv';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import { map, range, reduce, tap } from 'rxjs';

import { greet } from '../../bench/child.js';
import { KindsService } from '../support/generated/kinds.js';
import type { KindsHandlers } from '../support/generated/kinds.js';
import { listen, replyTo } from '../support/peer.js';

const [lives = Infinity] = process.argv.slice(2);

/** What was answered before is given a moment to leave. */
const momentMs = 100;

let count = 0;
function isAsked(): void {
  count += 1;
  if (count === Number(lives)) setTimeout(() => process.kill(process.pid, 'SIGKILL'), momentMs);
}

type Handler = (input: never, context: never) => unknown;

/** The same handlers, of which each call counts. */
function mortal<H extends object>(handlers: H): H {
  const each = Object.entries(handlers as Readonly<Record<string, Handler>>).map(([name, handler]) => [
    name,
    (input: never, context: never) => {
      isAsked();
      return handler(input, context);
    },
  ]);
  return Object.fromEntries(each) as H;
}

const exchange: DuplexHandler<PeerRequest__Output, PeerReply> = (requests$) =>
  requests$.pipe(tap(isAsked), map(replyTo));
const kinds: Handlers<KindsHandlers> = {
  unary: ({ id }) => ({ id }),
  clientStream: (asks$) => asks$.pipe(reduce((sum, { id }) => ({ id: sum.id + id }), { id: 0 })),
  serverStream: ({ id }) => range(1, id).pipe(map((each) => ({ id: each }))),
  bidi: (asks$) => asks$.pipe(map(({ id }) => ({ id }))),
};
const kv = new KeyValues(memoryStore());

const server = new Server();
serve(server, PeerService, mortal({ exchange }));
serve(server, KindsService, mortal(kinds));
serve(server, KeyValueService, mortal(kv.handlers));
process.on('message', ({ port }: { readonly port: number }) => {
  void listen(server, port).then((bound) => process.send?.({ port: bound }));
});
greet({});
