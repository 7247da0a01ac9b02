// time limit: 900 s
import { Metadata, status } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Closing, RemoteStats, ServingStats } from 'rxduplex';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { startAsked } from '../support/ask.js';
import type { Asked } from '../support/ask.js';
import { aheadMessages, floodInto, message, slackMessages, windowBytes } from '../support/flood.js';
import { barePeer, clientOf, closed, stopAll, stopped, until } from '../support/peer.js';
import { Steps } from '../support/steps.js';
import { booksOf } from '../support/told.js';

/** A tenth of the full run, which `SLOW_SECONDS=60` asks for: as many messages as take so long at best. No clock decides. */
const seconds = Number(process.env['SLOW_SECONDS'] ?? 6);
const messages = seconds * 20;
const samples = 30;
/** What every writer is ahead by before its reader begins: two buffers of objects of grpc-js, at least. */
const full = 2 * aheadMessages;

test.after.each(stopAll);

/** The measured process, and the port of it if it is a server. */
function start(
  { more, done }: Pick<Steps, 'more' | 'done'>,
  ...args: readonly string[]
): Asked & { readonly port: Promise<number> } {
  let listens: (port: number) => void = () => undefined;
  const port = new Promise<number>((resolve) => {
    listens = resolve;
  });
  const child = stopped(
    startAsked('spec/support/children/slow.ts', args, { more, done, listens: (at) => listens(at) }),
  );
  return { ...child, port };
}

/** How many bytes it holds after each part of what it has to do, while the flood goes on. */
async function measure({ ask }: Asked, steps: Steps, count: number): Promise<number[]> {
  const bytes: number[] = [];
  for (let part = 1; part <= samples; part += 1) {
    await steps.take(count / samples);
    bytes.push((await ask('memory')) as number);
  }
  return bytes;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}

/** By how much more is held in the last third than in the two before, of which the first begins with all that may be. */
function growthOf(bytes: readonly number[]): number {
  const thirds = [0, 1, 2].map((third) => median(bytes.slice((third * samples) / 3, ((third + 1) * samples) / 3)));
  const [first = NaN, second = NaN, last = NaN] = thirds;
  return last - Math.max(first, second);
}

/** A window for each, both ways: where in its window a reader is when it is looked at is chance. */
const growthBytes = (readers: number): number => (1 << 18) + 2 * readers * windowBytes;

function assertFlat(bytes: readonly number[], readers: number): void {
  const [growth, allowed] = [growthOf(bytes), growthBytes(readers)];
  assert.ok(growth <= allowed, `${growth} bytes more in the last third, of ${allowed}: ${bytes.join(', ')}`);
}

const booked = (count: number): Record<string, number> =>
  count === 0 ? {} : { offered: count, accepted: count, sent: count };

test('a server is ahead of a slow reader by the slack of the transport at most, at every step, and what that holds stays flat', async () => {
  const steps = new Steps(1, slackMessages);
  const flooding = await barePeer((call) => {
    call.on('data', () => undefined);
    call.on('end', () => call.end());
    call.on('cancelled', () => steps.fail(new Error('the reader is gone')));
    // Left open: a Remote would open an ended one again.
    floodInto(
      call,
      () => !call.cancelled && steps.more(0),
      () => undefined,
    );
  });
  const child = start(steps, String(flooding.port));
  await steps.begin(full);
  assertFlat(await measure(child, steps, messages), 1);
  const handled = await steps.end();
  const { closing, inbound, outbound } = (await child.ask('books')) as RemoteStats & { closing: Closing };
  assert.equal(inbound, { received: handled, routed: handled, unrouted: 0, invalid: 0 });
  assert.equal(booksOf({ stats: () => outbound }), {});
  assert.ok(closing.confirmed);
});

test('a reader that nothing slows falls behind, and holds more and more: the measure would see it', async () => {
  const steps = new Steps(1, Infinity);
  let write = (): unknown => undefined;
  const writing = await barePeer((call) => {
    write = () => steps.more(0) && call.write(message);
    write();
  });
  const done = async (reader: number): Promise<void> => {
    await steps.done(reader);
    for (let left = 8; left > 0; left -= 1) write();
  };
  const child = start({ more: steps.more, done }, String(writing.port), 'none');
  await steps.begin(1);
  const bytes = await measure(child, steps, 100);
  assert.ok(steps.most > slackMessages);
  assert.ok(growthOf(bytes) > growthBytes(1));
});

type Call = ClientDuplexStream<PeerRequest, PeerReply__Output>;

/** As grpc-js's own flow control has it. */
function readSlowly(call: Call, done: () => Promise<void>): void {
  call.on('data', () => {
    call.pause();
    setTimeout(() => void done().then(() => call.resume()), 50);
  });
}

interface Case {
  readonly title: string;
  readonly clients: number;
  readonly what: 'reads' | 'answers' | 'echoes';
  readonly slack: number;
  /** Whether each client floods, and whether it is flooded. */
  readonly writes: boolean;
  readonly reads: boolean;
}

const cases: readonly Case[] = [
  {
    title: '200 slow clients of one server that answers with a flood',
    clients: 200,
    what: 'answers',
    // The server asks for the next answer before it has room for it.
    slack: slackMessages + 1,
    writes: false,
    reads: true,
  },
  {
    title: '200 clients that flood one server that is slow with each',
    clients: 200,
    what: 'reads',
    slack: slackMessages,
    writes: true,
    reads: false,
  },
  {
    title: '50 clients that flood one server that answers one to one, and read slowly',
    clients: 50,
    what: 'echoes',
    slack: 2 * slackMessages,
    writes: true,
    reads: true,
  },
];

for (const { title, clients, what, slack, writes, reads } of cases) {
  test(`${title}: no writer is ahead by more than the slack, at any step, and what the server holds stays flat`, async () => {
    const steps = new Steps(clients, slack);
    const child = start(steps, what);
    const port = await child.port;
    const ended = Array<status | undefined>(clients).fill(undefined);
    for (const [reader] of ended.entries()) {
      const client = closed(clientOf(port));
      const metadata = new Metadata();
      metadata.set('reader', String(reader));
      const call = client.exchange(metadata);
      call.on('error', steps.fail);
      call.on('status', ({ code }) => (ended[reader] = code));
      if (reads) readSlowly(call, () => steps.done(reader));
      else call.on('data', () => undefined);
      if (writes) floodInto(call, () => ended[reader] === undefined && steps.more(reader));
      else call.end();
    }
    await steps.begin(full);
    assertFlat(await measure(child, steps, clients * messages), clients);
    const handled = await steps.end();
    await until('the calls to end', () => !ended.includes(undefined));
    assert.ok(ended.every((code) => code === status.OK));
    const { completed, inbound, outbound } = (await child.ask('books')) as ServingStats;
    const [requests, responses] = [writes ? handled : 0, reads ? handled : 0];
    assert.is(completed, clients);
    assert.equal(inbound, { received: requests, routed: requests, unrouted: 0, invalid: 0 });
    assert.equal(booksOf({ stats: () => outbound }), booked(responses));
  });
}

test.run();
