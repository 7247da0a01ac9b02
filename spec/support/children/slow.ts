/**
 * The measured process of slow.spec.ts. Its argument: `reads`, `answers` or `echoes`, and it is a server; or the port
 * of a server whose reader it is, and `none` if nothing is to slow that.
 */
import { setTimeout } from 'node:timers/promises';

import { Server } from '@grpc/grpc-js';
import { Remote, bidi, consume, oneof, serve } from 'rxduplex';
import type { CallContext, DuplexHandler } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import { ignoreElements, map } from 'rxjs';

import { askOver } from '../ask.js';
import { aheadMessages, message } from '../flood.js';
import { memory } from '../memory.js';
import { clientOf, listen, replyTo } from '../peer.js';

const [what = '', gate] = process.argv.slice(2);

let books: () => unknown = () => undefined;
const ask = askOver(process, { memory, books: () => books() });
process.once('disconnect', () => process.exit());

/** The other process knows of it before this one reads on: so it is never told of a step too late. */
async function handle(reader: number): Promise<void> {
  await setTimeout(50);
  await ask('done', reader);
}

const readerOf = ({ metadata }: CallContext): number => Number(metadata.get('reader')[0]);

async function* flood(reader: number): AsyncGenerator<PeerReply> {
  while (await ask('more', reader)) yield message;
}

const handlers: Readonly<Record<string, DuplexHandler<PeerRequest__Output, PeerReply>>> = {
  reads: (requests$, context) =>
    requests$.pipe(
      consume(() => handle(readerOf(context))),
      ignoreElements(),
    ),
  answers: (_requests$, context) => flood(readerOf(context)),
  echoes: (requests$) => requests$.pipe(map(replyTo)),
};

async function answer(exchange: DuplexHandler<PeerRequest__Output, PeerReply>): Promise<void> {
  const server = new Server();
  // As much as a bare server queues.
  const serving = serve(server, PeerService, { exchange }, { outgoing: { maxMessages: aheadMessages } });
  books = () => serving.stats();
  await ask('listens', await listen(server));
}

function read(port: number): void {
  const remote = new Remote(bidi(clientOf(port), 'exchange'), { events: oneof('event') });
  remote
    .on('append')
    .pipe(consume(() => handle(0), gate === 'none' ? { gate } : {}))
    .subscribe();
  books = async () => ({ closing: await remote.close(), ...remote.stats() });
}

const exchange = handlers[what];
if (exchange) await answer(exchange);
else read(Number(what));
