import { credentials } from '@grpc/grpc-js';
import { bidi, channelOptions, oneof, serve } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import { Replica } from 'rxduplex/replica';
import { filter, firstValueFrom, map, take, toArray } from 'rxjs';

import { start } from '../child.js';
import { replyTo } from '../messages.js';
import { grouped, table } from '../table.js';

const rounds = 20;

interface Figures {
  readonly startMs: number;
  /** Of one message, until every peer has answered; the mean of some. */
  readonly broadcastMs: number;
  readonly stopMs: number;
}

/** Tells how long one replica takes with so many peers, which are servers in one other process. */
export async function peers(counts: readonly number[]): Promise<void> {
  // What is compiled by the way is no cost of a peer.
  await measured(counts[0] ?? 1);
  const rows: string[][] = [];
  for (const count of counts) {
    const { startMs, broadcastMs, stopMs } = await measured(count);
    rows.push([
      grouped(count),
      ...[startMs, broadcastMs, stopMs].flatMap((ms) => [ms.toFixed(1), (ms / count).toFixed(3)]),
    ]);
  }
  const each = 'ms a peer';
  console.log(table([['peers', 'start ms', each, 'broadcast ms', each, 'stop ms', each], ...rows]));
}

async function measured(count: number): Promise<Figures> {
  await using servers = await start<{ readonly ports: readonly number[] }>('servers', import.meta.url, {
    args: [String(count)],
  });
  await using replica = new Replica({
    client: (address) => new PeerClient(address, credentials.createInsecure(), channelOptions()),
    open: (client) => bidi(client, 'exchange'),
    serve: (server) => serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) }),
    events: oneof('event'),
    requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
  });
  const startMs = await timed(async () => {
    for (const [index, port] of servers.greeting.ports.entries()) replica.add(`peer ${index}`, `127.0.0.1:${port}`);
    const open$ = replica.status$.pipe(filter(({ status }) => status.state === 'open'));
    const all = firstValueFrom(open$.pipe(take(count), toArray()));
    await replica.start();
    await all;
  });
  const broadcastMs = await timed(async () => {
    for (let left = rounds; left > 0; left -= 1) {
      const all = firstValueFrom(replica.on('beat').pipe(take(count), toArray()));
      replica.broadcast({ beat: { at: left } });
      await all;
    }
  });
  const stopMs = await timed(() => replica.stop());
  return { startMs, broadcastMs: broadcastMs / rounds, stopMs };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
