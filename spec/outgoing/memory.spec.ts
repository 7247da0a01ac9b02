// time limit: 300 s
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { PeerService } from '../../lib/generated/peer.js';
import type { Bounds } from '../../lib/outgoing/options.js';
import { batchHeader, batchedHeader } from '../../lib/wire/batch.js';
import type { Report } from '../support/children/stalled.js';
import type { Exchange } from '../support/peer.js';
import { ways } from '../support/ways.js';
import type { Way } from '../support/ways.js';

const million = 1_000_000;
const maxMessages = 100_000;
const maxBytes = 1 << 20;
/** What HTTP/2 lets a peer hold that does not read. */
const transportWindow = 1 << 16;
/** What one write carries at most. */
const writeBytes = 1 << 14;
const slack = 8e6;
/** Not less than the child's message takes on the wire. */
const messageBytes = 512;
/** Not less than it takes in the hands of a sender that waits: the message, a promise and what will settle it. */
const waitingBytes = 4096;

interface Case {
  readonly title: string;
  readonly how: 'next' | 'send';
  readonly options: Omit<Bounds, 'maxMessages'> & { readonly overflow: string };
  readonly waiting: number;
  readonly way?: Way;
}

const cases: readonly Case[] = [
  ...['block', 'error', 'drop-newest', 'drop-oldest', 'latest'].map((overflow): Case => ({
    title: `${overflow}, by next`,
    how: 'next',
    options: { overflow },
    waiting: 0,
  })),
  {
    title: 'block, by send with maxWaiting 100',
    how: 'send',
    options: { overflow: 'block', maxWaiting: 100 },
    waiting: 100,
  },
  ...ways.slice(1).map((way): Case => ({
    title: `block, by next, ${way.title}`,
    how: 'next',
    options: { overflow: 'block' },
    waiting: 0,
    way,
  })),
];

let server: Server;
let port: number;

test.before(async () => {
  server = new Server();
  // The peer takes the call, agrees to whatever envelopes it is asked for, and reads nothing.
  const exchange: Exchange = (call) => {
    const agreed = new Metadata();
    for (const name of call.metadata.get(batchHeader)) agreed.set(batchedHeader, name);
    call.sendMetadata(agreed);
  };
  server.addService(PeerService, { exchange });
  const bind = promisify(server.bindAsync.bind(server));
  port = await bind('localhost:0', ServerCredentials.createInsecure());
});

test.after(() => {
  server.forceShutdown();
});

for (const { title, how, options, waiting, way } of cases) {
  test(`a million offers to a stalled peer hold at most maxBytes, a window and 8 MB: ${title}`, async () => {
    const { before, after, stats } = await offer(million, how, { maxMessages, maxBytes, ...options }, way);
    const bound = maxBytes + waiting * waitingBytes + transportWindow + slack;
    assert.ok(after - before <= bound, `${after - before} bytes are held, ${bound} were allowed`);
    assert.ok(stats.offered > million && stats.waiting === waiting);
    // The buffer was full, and the peer stalled: the call took a window and one write, or what a Writable holds, no more.
    const { queued, inFlight, sent } = stats.bytes;
    assert.ok(queued + inFlight > maxBytes - messageBytes);
    const held = way?.coalesce === false ? 16 * messageBytes : writeBytes;
    assert.ok(sent + inFlight <= transportWindow + held, `the call took ${sent + inFlight} bytes`);
  });
}

test('without bounds a tenth of that holds more: the measure would see it', async () => {
  const unbounded = { maxMessages: million, maxBytes: 1 << 30 };
  const { before, after } = await offer(million / 10, 'next', unbounded);
  assert.ok(after - before > 2 * (maxBytes + transportWindow + slack), `only ${after - before} bytes are held`);
});

async function offer(offers: number, how: 'next' | 'send', options: object, way: Partial<Way> = {}): Promise<Report> {
  const child = 'spec/support/children/stalled.ts';
  const args = ['--expose-gc', '--import', 'tsx', child, String(port), String(offers), how];
  args.push(JSON.stringify(options), JSON.stringify(way));
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Report;
}

test.run();
