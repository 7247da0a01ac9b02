import { Metadata, credentials } from '@grpc/grpc-js';
import { bidi, channelOptions, exponential, oneof, serve } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import { Replica } from 'rxduplex/replica';
import { map, tap } from 'rxjs';

import { greet, inheritedFile } from '../child.js';
import { numberOf, replyTo } from '../messages.js';
import { writeRecord } from '../records.js';
import { Asking } from './asking.js';
import { question } from './news.js';
import type { News, Order } from './news.js';
import { Talk } from './talk.js';

const [run = '', port = '0'] = process.argv.slice(2);

const me = new Metadata();
me.set('run', run);

const replica = new Replica({
  client: (address) => new PeerClient(address, credentials.createInsecure(), channelOptions()),
  open: (client) => bidi(client, 'exchange', { metadata: me }),
  serve: (server) =>
    serve(server, PeerService, {
      exchange: (requests$, { metadata }) => {
        const sender = Number(metadata.get('run')[0]);
        return requests$.pipe(
          map((request) => ({ request, reply: replyTo(request) })),
          tap(({ request: { id }, reply }) => {
            writeRecord(inheritedFile, [sender, id === '0' ? numberOf(reply) : question]);
          }),
          map(({ reply }) => reply),
        );
      },
    }),
  events: oneof('event'),
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
  reconnect: { backoff: exponential({ maxMs: 200 }) },
});

const tell = (news: News): void => void process.send?.(news);
const asking = new Asking(replica, tell);
const talks: Talk[] = [];

const orders: { readonly [K in Order['order']]: (order: Extract<Order, { order: K }>) => unknown } = {
  meet({ peers }) {
    for (const [name, address] of Object.entries(peers)) talks.push(new Talk(replica.add(name, address), asking, tell));
    asking.start();
  },
  async hush() {
    await Promise.all([asking.stop(), ...talks.map((talk) => talk.hush())]);
    const links = await Promise.all(
      talks.map(async (talk) => talk.account(await replica.remove(talk.peer.name, { drainMs: 60_000 }))),
    );
    tell({ news: 'account', links });
  },
  async stop() {
    await replica.stop();
    process.disconnect();
  },
};

process.on('message', (order: Order) => {
  orders[order.order](order as never);
});
greet({ port: await replica.start({ address: `127.0.0.1:${port}` }) });
