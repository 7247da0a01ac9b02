// time limit: 300 s
import { Remote, bidi, consume, oneof } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { start } from '../../bench/child.js';
import type { Child } from '../../bench/child.js';
import { Tally } from '../../bench/kill/tally.js';
import { assertOnceAndInOrder, emptied } from '../support/flow.js';
import { clientOf, turns, until } from '../support/peer.js';
import { booksOf } from '../support/told.js';
import { ways } from '../support/ways.js';

/** A tenth of the full run, which `KILLS=100` asks for. */
const allKills = Number(process.env['KILLS'] ?? 10);

const messageBytes = 200;
const window = Math.ceil((64 << 10) / messageBytes) + 32;

const program = import.meta.resolve('../support/children/killed.ts');

for (const { title, coalesce, batch, share } of ways) {
  const kills = Math.ceil(allKills * share);

  test(`${String(kills)} times kill -9 of the server process, in a flow through a gated reader, ${title}: balanced books, order, nothing twice, nothing queued lost`, async () => {
    const startServer = (port: number, { file }: Tally): Promise<Child<{ readonly port: number }>> =>
      start('killed', program, { args: [String(port), JSON.stringify({ coalesce, ...batch })], file });
    using tally = new Tally();
    let server = await startServer(0, tally);
    const { port } = server.greeting;
    const client = clientOf(port, { 'grpc.initial_reconnect_backoff_ms': 10, 'grpc.max_reconnect_backoff_ms': 20 });
    const remote = new Remote(bidi(client, 'exchange', batch), {
      events: oneof('event'),
      coalesce,
      outgoing: { maxMessages: 1024 },
      reconnect: { backoff: () => 20 * Math.random() },
    });
    const handled: number[] = [];
    remote
      .on('append')
      .pipe(consume(({ term }) => Number(term), { ordered: true }))
      .subscribe((term) => handled.push(term));
    const progress = async (): Promise<void> => {
      const before = handled.length;
      await until('some progress', () => handled.length > before + 100, 30_000);
    };

    const stop = new AbortController();
    const messages = (function* () {
      for (let id = 1; ; id += 1) yield { id, append: { term: id, payload: Buffer.alloc(messageBytes) } };
    })();
    const feeding = remote.feed(messages, stop).catch(() => undefined);
    for (let count = 0; count < kills; count += 1) {
      await progress();
      await turns(Math.floor(5 * Math.random()));
      server.kill('SIGKILL');
      assert.is(await server.ended, 'SIGKILL');
      booksOf({ stats: () => remote.stats().outbound });
      server = await startServer(port, tally);
    }
    await progress();
    stop.abort();
    await feeding;
    await emptied(remote);
    const { confirmed, sent, lost, undelivered } = await remote.close({ drainMs: 20_000 });
    const { accepted } = remote.stats().outbound;
    client.close();
    await server[Symbol.asyncDispose]();

    const seen = tally.read().map(({ id }) => id);
    assert.ok(confirmed);
    assert.is(undelivered, 0);
    assert.is(sent + lost, accepted);
    assertOnceAndInOrder(seen, 'the servers saw nothing twice, and all in order');
    assertOnceAndInOrder(handled, 'nor did the reader');
    await until('what was at hand to be handled', () => handled.length === remote.stats().inbound.routed);
    const unseen = accepted - seen.length;
    assert.ok(unseen - lost <= kills * window, `${String(unseen)} unseen, ${String(lost)} of them lost`);
  });
}

test.run();
