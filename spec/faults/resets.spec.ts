// time limit: 300 s
import { Remote, bidi, consume, oneof, serve } from 'rxduplex';
import type { Gated } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { assertOnceAndInOrder, emptied } from '../support/flow.js';
import { clientOf, peer, replyTo, stopAll, turns, until } from '../support/peer.js';
import { proxyTo } from '../support/proxy.js';
import { booksOf } from '../support/told.js';
import { ways } from '../support/ways.js';

test.after.each(stopAll);

/** A tenth of the full run, which `RESETS=1000` asks for. */
const allResets = Number(process.env['RESETS'] ?? 100);
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** The same numbers for the same seed. */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

const messageBytes = 200;
const window = Math.ceil((64 << 10) / messageBytes) + 32;

for (const { title, coalesce, batch, share } of ways) {
  const resets = Math.ceil(allResets * share);

  test(`${String(resets)} connection resets in a flow through a gated reader, ${title}: balanced books, order, nothing twice, nothing queued lost (SEED=${String(seed)})`, async () => {
    const chance = random(seed);
    const seen: number[] = [];
    const on = await peer((server) => {
      const exchange = (requests$: Gated<PeerRequest__Output>): Observable<PeerReply> =>
        requests$.pipe(
          map((request) => {
            seen.push(Number(request.id));
            return replyTo(request);
          }),
        );
      serve(server, PeerService, { exchange }, { coalesce, ...batch });
    });
    const proxy = await proxyTo(on.port);
    const client = clientOf(proxy.port, { 'grpc.initial_reconnect_backoff_ms': 1, 'grpc.max_reconnect_backoff_ms': 5 });
    const remote = new Remote(bidi(client, 'exchange', batch), {
      events: oneof('event'),
      coalesce,
      outgoing: { maxMessages: 256 },
      reconnect: { backoff: () => 5 * chance() },
    });
    const handled: number[] = [];
    remote
      .on('append')
      .pipe(
        consume(
          async ({ term }) => {
            if (chance() < 0.01) await turns(1);
            return Number(term);
          },
          { concurrency: 4, ordered: true },
        ),
      )
      .subscribe((term) => handled.push(term));

    const stop = new AbortController();
    let offered = 0;
    const messages = (function* () {
      for (;;) {
        yield { id: offered, append: { term: offered, payload: Buffer.alloc(messageBytes) } };
        offered += 1;
      }
    })();
    const feeding = remote.feed(messages, stop).catch(() => undefined);

    const resources = (): number => process.getActiveResourcesInfo().length;
    /** Without the numbers that are written down here. */
    const heap = (): number => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed - 32 * (seen.length + handled.length);
    };
    let [resourcesHalfWay, heapHalfWay] = [NaN, NaN];
    const progress = async (): Promise<void> => {
      const before = handled.length;
      await until('some progress', () => handled.length > before);
    };
    while (proxy.resets < resets) {
      await progress();
      await turns(Math.floor(4 * chance()));
      proxy.reset();
      booksOf({ stats: () => remote.stats().outbound });
      if (proxy.resets === resets >> 1) [resourcesHalfWay, heapHalfWay] = [resources(), heap()];
    }
    await progress();
    await until('what the resets left behind to be gone', () => resources() <= resourcesHalfWay + 8);
    const growth = heap() - heapHalfWay;
    stop.abort();
    await feeding;
    await emptied(remote);
    const { confirmed, sent, lost, undelivered } = await remote.close({ drainMs: 20_000 });
    const { accepted } = remote.stats().outbound;
    const { received, routed } = remote.stats().inbound;
    client.close();
    proxy.stop();

    assert.ok(confirmed);
    assert.is(undelivered, 0);
    assert.is(sent + lost, accepted);
    assertOnceAndInOrder(seen, 'the server saw nothing twice, and all in order');
    assertOnceAndInOrder(handled, 'nor did the reader');
    assert.is(received, routed);
    await until('what was at hand to be handled', () => handled.length === routed);
    const unseen = accepted - seen.length;
    assert.ok(unseen - lost <= resets * window, `${String(unseen)} unseen, ${String(lost)} of them lost`);
    assert.ok(growth < 8 << 20, `${String(growth)} bytes more in the heap after the second half of the resets`);
  });
}

test.run();
