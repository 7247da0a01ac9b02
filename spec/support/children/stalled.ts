/**
 * Offers many messages to a peer that reads none, and prints as JSON how much memory they hold.
 * Arguments: the port of the peer, the number of offers, `next` or `send`, and as JSON the options of the buffer and of
 * `duplex` and `bidi`, as a `Way` has them.
 */
import { setImmediate } from 'node:timers/promises';

import { credentials } from '@grpc/grpc-js';

import { channelOptions } from '../../../lib/duplex/channel-options.js';
import { duplex } from '../../../lib/duplex/duplex.js';
import { bidi } from '../../../lib/duplex/open.js';
import { PeerClient } from '../../../lib/generated/peer.js';
import type { PeerRequest } from '../../../lib/generated/peer.js';
import type { Bounds } from '../../../lib/outgoing/options.js';
import { Outgoing } from '../../../lib/outgoing/outgoing.js';
import type { OutboundStats } from '../../../lib/stats.js';
import { memory } from '../memory.js';
import type { Way } from '../ways.js';

export interface Report {
  readonly before: number;
  readonly after: number;
  readonly stats: OutboundStats;
}

// A refused sender is given an error: a million stacks would take longer than all the rest.
Error.stackTraceLimit = 0;

const [port = '', offers = '', how = '', options = '{}', way = '{}'] = process.argv.slice(2);
const { coalesce = {}, batch = {} } = JSON.parse(way) as Partial<Way>;

const client = new PeerClient(`localhost:${port}`, credentials.createInsecure(), channelOptions());
const open = bidi(client, 'exchange', batch);
const outgoing = new Outgoing<PeerRequest>({
  ...(JSON.parse(options) as Bounds),
  encode: open.encode,
  key: ({ id }: PeerRequest) => Number(id) % 20_000,
});

const payload = Buffer.alloc(256, 'x');
const calling = duplex(open, outgoing, { coalesce }).subscribe();
while (outgoing.stats().sent === 0) {
  if (outgoing.stats().queued === 0) outgoing.next(message(0));
  await setImmediate();
}
const before = await memory();
for (let id = 0; id < Number(offers); id++) {
  if (how === 'next') outgoing.next(message(id));
  else outgoing.send(message(id)).catch(() => undefined);
  // The transport is to have every chance to take what it can.
  if (id % 1000 === 0) await setImmediate();
}
const report: Report = { before, after: await memory(), stats: outgoing.stats() };
console.log(JSON.stringify(report));
calling.unsubscribe();
client.close();

function message(id: number): PeerRequest {
  return { id, append: { term: 1, payload } };
}
