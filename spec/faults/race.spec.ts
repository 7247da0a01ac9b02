// time limit: 300 s
import { status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { Remote, bidi, oneof, serve } from 'rxduplex';
import type { Gated, RemoteStats } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import { Subject, asapScheduler, map } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { fakeOpen } from '../support/fake-call.js';
import type { FakeCall } from '../support/fake-call.js';
import { assertOnceAndInOrder, emptied } from '../support/flow.js';
import { clientOf, peer, replyTo, stopAll, turn, until } from '../support/peer.js';
import { proxyTo } from '../support/proxy.js';
import { seeded } from '../support/seed.js';
import { ways } from '../support/ways.js';

test.after.each(stopAll);

/** The race of the seed article: its messenger saw `online`, and the stream was gone when it sent. */
const steps = [
  'send',
  'send',
  'send',
  'open',
  'flush',
  'reply',
  'break',
  'finish',
  'renew',
  'restart',
  'turn',
] as const;
type Step = (typeof steps)[number];

function assertBalanced({ outbound, inbound }: RemoteStats): void {
  for (const books of [outbound, outbound.bytes]) {
    const { offered, waiting, rejected, accepted, queued, inFlight } = books;
    const { sent, dropped, lost, cancelled, undelivered } = books;
    assert.is(offered, waiting + rejected + accepted);
    assert.is(accepted, queued + inFlight + sent + dropped + lost + cancelled + undelivered);
  }
  assert.is(inbound.received, inbound.routed + inbound.unrouted + inbound.invalid);
}

const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Plays one history on calls without a network, and holds every promise after each of its steps. */
async function play(history: readonly Step[], last: 'close' | 'complete' | 'error'): Promise<void> {
  const renew = new Subject<void>();
  const fake = fakeOpen<string, string>();
  const remote = new Remote<string, string, readonly ['all', string]>(fake.open, {
    events: (message) => ['all', message],
    outgoing: { maxMessages: 8 },
    reconnect: {
      backoff: () => 0,
      renew,
      minUptimeMs: Infinity,
      handoverMs: Infinity,
      scheduler: asapScheduler,
    },
  });
  let accepted = 0;
  let lost = 0;
  let replies = 0;
  let received = 0;
  remote.dropped$.subscribe(({ outcome }) => {
    if (outcome === 'lost') lost += 1;
  });
  remote.on('all').subscribe({ next: () => (received += 1), error: () => undefined });
  const newest = (): FakeCall<string, string> | undefined => fake.calls.at(-1);
  const act: Record<Step, () => unknown> = {
    send: () => {
      const before = remote.stats().outbound.accepted;
      remote.next(String(accepted));
      accepted += remote.stats().outbound.accepted - before;
    },
    open: () => newest()?.ended === false && newest()?.metadata(),
    flush: () => newest()?.flush(),
    reply: () => {
      const call = newest();
      if (!call || call.ended || call.cancelled > 0) return;
      replies += 1;
      call.reply('reply');
    },
    break: () => newest()?.finish(status.UNAVAILABLE),
    finish: () => newest()?.halfClosed === true && newest()?.finish(status.OK),
    renew: () => {
      renew.next();
    },
    restart: () => {
      remote.reconnect();
    },
    turn: microtasks,
  };
  for (const step of history) {
    await act[step]();
    await Promise.resolve();
    const stats = remote.stats();
    assertBalanced(stats);
    assert.is(stats.outbound.lost, lost);
    assert.is(stats.inbound.received, received);
    assert.is(received, replies);
    const { queued, inFlight } = stats.outbound;
    assert.ok(queued + inFlight <= 8);
  }
  await microtasks();
  await microtasks();
  const live = fake.calls.filter(({ ended, cancelled }) => !ended && cancelled === 0);
  assert.ok(live.length <= 1, `${String(live.length)} live calls`);
  if (last === 'error') remote.error(new Error('over'));
  else {
    if (last === 'complete') remote.complete();
    const closed = remote.close({ drainMs: 5 });
    const drain = setInterval(() => {
      newest()?.flush();
      if (newest()?.halfClosed) newest()?.finish(status.OK);
    }, 0);
    await closed;
    clearInterval(drain);
  }
  await microtasks();
  await microtasks();
  const { outbound } = remote.stats();
  assertBalanced(remote.stats());
  assert.is(outbound.accepted, accepted);
  const written = fake.calls.flatMap((call) => call.written.map(Number));
  assert.equal(
    written,
    Array.from({ length: written.length }, (_, index) => index),
    'in order, each once, none left out',
  );
  assert.is(written.length, outbound.sent + outbound.lost);
  assert.is(written.length + outbound.undelivered, accepted);
  assert.equal(
    fake.calls.flatMap(({ faults }) => faults),
    [],
  );
  assert.is(fake.live, 0);
}

test('sends, breaks, closes, renewals and restarts in any order: one live call, balanced books, all in order and once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 60 }),
      fc.constantFrom('close', 'complete', 'error'),
      play,
    ),
    seeded({ numRuns: 3000 }),
  );
});

for (const { title, coalesce, batch, share } of ways) {
  const histories = 200 * share;

  test(`the same on real grpc-js, ${String(histories)} histories, ${title}: what was sent and not seen is at most one transport window a break`, async () => {
    // Of two calls of one connection the server may still read the one while it begins to read the other.
    const seen: number[][] = [];
    let open = 0;
    const on = await peer((server) => {
      const exchange = (requests$: Gated<PeerRequest__Output>): Observable<PeerReply> => {
        open += 1;
        const ids: number[] = [];
        seen.push(ids);
        requests$.subscribe({
          next: ({ id }) => ids.push(Number(id)),
          complete: () => (open -= 1),
          error: () => (open -= 1),
        });
        return requests$.pipe(map(replyTo));
      };
      serve(server, PeerService, { exchange }, { coalesce, ...batch });
    });
    const proxy = await proxyTo(on.port);
    const client = clientOf(proxy.port, { 'grpc.initial_reconnect_backoff_ms': 1, 'grpc.max_reconnect_backoff_ms': 5 });
    const messageBytes = 1024;
    const window = Math.ceil((64 << 10) / messageBytes) + 16;

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('send', 'send', 'send', 'break', 'renew', 'restart', 'turn'), {
          minLength: 5,
          maxLength: 25,
        }),
        async (history) => {
          seen.length = 0;
          const renew = new Subject<void>();
          const resetsBefore = proxy.resets;
          let restarts = 0;
          let replies = 0;
          const remote = new Remote(bidi(client, 'exchange', batch), {
            events: oneof('event'),
            coalesce,
            outgoing: { maxMessages: 64 },
            reconnect: { backoff: () => 1, renew, handoverMs: 5000 },
          });
          remote.messages$.subscribe(() => (replies += 1));
          let accepted = 0;
          const act: Record<string, () => unknown> = {
            send: () => {
              for (let count = 0; count < 20; count += 1) {
                const before = remote.stats().outbound.accepted;
                remote.next({ id: accepted, append: { payload: Buffer.alloc(messageBytes) } });
                accepted += remote.stats().outbound.accepted - before;
              }
            },
            break: () => {
              proxy.reset();
            },
            renew: () => {
              renew.next();
            },
            restart: () => {
              restarts += 1;
              remote.reconnect();
            },
            turn,
          };
          for (const step of history) {
            await act[step]?.();
            assertBalanced(remote.stats());
            assert.is(remote.stats().inbound.received, replies);
          }
          await emptied(remote);
          await remote.close();
          await until('all calls to end', () => open === 0);
          const { outbound } = remote.stats();
          assertBalanced(remote.stats());
          assert.is(outbound.sent + outbound.lost, accepted);
          const read = seen.flat();
          assertOnceAndInOrder(read, 'in order call by call, and none twice');
          const unseen = accepted - read.length;
          const breaks = proxy.resets - resetsBefore + restarts;
          assert.ok(read.length <= outbound.sent + outbound.lost);
          assert.ok(unseen - outbound.lost <= breaks * window, `${String(unseen)} unseen, ${String(breaks)} breaks`);
          assert.ok(replies <= read.length);
        },
      ),
      seeded({ numRuns: histories, endOnFailure: true }),
    );
    client.close();
    proxy.stop();
  });
}

test.run();
