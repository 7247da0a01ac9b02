import { getEventListeners } from 'node:events';

import { status } from '@grpc/grpc-js';
import { Gate, Outgoing, Remote, bidi, consume, duplex, oneof, reconnect, serve } from 'rxduplex';
import type { Gated } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { NEVER, Subject, firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { seen } from '../support/marbles.js';
import type { Seen } from '../support/marbles.js';
import { barePeer, beat, echo, peer, stopAll, turns, until } from '../support/peer.js';
import type { Exchange, ExchangeCall, Peer } from '../support/peer.js';
import { booksOf, endOf } from '../support/told.js';

test.after.each(stopAll);

const codeOfEnd = ({ ends }: { readonly ends: readonly unknown[] }): unknown => (ends[0] as { code?: unknown }).code;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id);
const ids = ({ values }: Seen<PeerReply__Output>): number[] => values.map(({ id }) => Number(id));

/** Enough for anything that may come to have come: it can make a fault go unseen, and nothing else. */
const quiet = (): Promise<void> => turns(40);

interface Stream {
  readonly gate: Gate;
  readonly outgoing: Outgoing<PeerRequest>;
  readonly stream$: Gated<PeerReply__Output>;
}

function streamTo(peer: Peer, gate: Gate = new Gate()): Stream {
  const open = bidi(peer.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  return { gate, outgoing, stream$: duplex(open, outgoing, { gate }) };
}

/** Says so many things and ends, with OK or otherwise; knows its calls, and which of them it has ended. */
function speaker(count: number, end: (call: ExchangeCall) => void = (call) => call.end()) {
  const calls: ExchangeCall[] = [];
  const told = { cancelled: 0, ended: 0 };
  const exchange: Exchange = (call) => {
    calls.push(call);
    call.on('data', () => undefined);
    call.on('cancelled', () => (told.cancelled += 1));
    for (const id of upTo(count)) call.write({ id });
    end(call);
    told.ended += 1;
  };
  return { exchange, calls, told };
}

const failing =
  (code: status) =>
  (call: ExchangeCall): void => {
    setTimeout(() => call.emit('error', { code, details: 'enough' }), 5);
  };

/** As it fails when it has been written to. */
const failingWhenWrittenTo =
  (code: status) =>
  (call: ExchangeCall): void => {
    call.once('data', () => {
      failing(code)(call);
    });
  };

/** Writes until the stream takes no more: what is offered stays in the queue, with nothing on its way. */
const writingEnded = (outgoing: Outgoing<PeerRequest>) => (): boolean => {
  const { queued, inFlight, sent, lost } = outgoing.stats();
  if (queued === 0) outgoing.next(beat(1));
  return sent + lost > 0 && queued > 0 && inFlight === 0;
};

test('E12: a call opened while the gate is held gives nothing, not its OK end either, until it is let go', async () => {
  const { exchange, told } = speaker(10);
  const { gate, stream$ } = streamTo(await barePeer(exchange));
  const letGo = gate.hold();
  const stream = seen(stream$);
  await until('the end of the call on the server', () => told.ended === 1);
  await quiet();
  assert.equal([stream.values, stream.ends], [[], []]);
  letGo();
  await until('the end', () => stream.ends.length > 0);
  assert.equal([ids(stream), stream.ends], [upTo(10), ['complete']]);
});

test('while the gate is held nothing is read, from that message on, and nothing is lost by it', async () => {
  const { exchange } = speaker(95);
  const { gate, stream$ } = streamTo(await barePeer(exchange));
  const holds: (() => void)[] = [];
  const given: number[] = [];
  let ended = false;
  stream$.subscribe({
    next: ({ id }) => {
      given.push(Number(id));
      if (given.length % 10 === 0) holds.push(gate.hold(), gate.hold());
    },
    complete: () => (ended = true),
  });
  for (let round = 1; round <= 9; round += 1) {
    await until('the gate to be held', () => gate.held);
    holds.pop()?.();
    await quiet();
    assert.equal([given.length, ended, holds.length], [round * 10, false, 1]);
    holds.pop()?.();
  }
  await until('the end', () => ended);
  assert.equal(given, upTo(95));
});

test('E12: an error ends the writing at once while the gate is held, and is told after what was readable', async () => {
  const { exchange } = speaker(10, failingWhenWrittenTo(status.ABORTED));
  const { gate, outgoing, stream$ } = streamTo(await barePeer(exchange));
  const letGo = gate.hold();
  const stream = seen(stream$);
  await until('the writing to end', writingEnded(outgoing));
  await quiet();
  assert.equal([stream.values, stream.ends], [[], []]);
  const { queued, inFlight } = outgoing.stats();
  assert.equal([queued, inFlight], [1, 0]);
  booksOf(outgoing);
  letGo();
  await until('the end', () => stream.ends.length > 0);
  assert.equal(ids(stream), upTo(10));
  assert.is(codeOfEnd(stream), status.ABORTED);
});

test('E12: the next attempt waits until what was readable of the one before has been delivered', async () => {
  const { exchange, calls } = speaker(10, failingWhenWrittenTo(status.UNAVAILABLE));
  const { gate, outgoing, stream$ } = streamTo(await barePeer(exchange));
  const letGo = gate.hold();
  const stream = seen(stream$.pipe(reconnect({ backoff: () => 0, maxAttempts: 2 })));
  await until('the writing to end', writingEnded(outgoing));
  await quiet();
  assert.equal([calls.length, stream.values, stream.ends], [1, [], []]);
  letGo();
  await until('the second call', () => calls.length === 2);
  assert.equal(ids(stream).slice(0, 10), upTo(10));
  stream.stop();
});

test('the gate outlives its calls: one that is opened while it is held is paused like the one before', async () => {
  const { exchange, calls, told } = speaker(5, failing(status.UNAVAILABLE));
  const { gate, stream$ } = streamTo(await barePeer(exchange));
  const holds: (() => void)[] = [];
  const stream = seen(stream$.pipe(reconnect({ backoff: () => 0, onRetry: () => holds.push(gate.hold()) })));
  for (let call = 2; call <= 5; call += 1) {
    await until('the next call to have spoken', () => told.ended === call);
    await quiet();
    assert.ok(gate.held);
    assert.equal(ids(stream), Array.from({ length: call - 1 }, () => upTo(5)).flat());
    holds.pop()?.();
  }
  stream.stop();
  assert.is(calls.length, 5);
});

test('unsubscribing while the gate is held cancels the call at once', async () => {
  const { exchange, told } = speaker(10, () => undefined);
  const { gate, stream$ } = streamTo(await barePeer(exchange));
  gate.hold();
  const stream = seen(stream$);
  await until('the call', () => told.ended === 1);
  stream.stop();
  await until('the server to be told', () => told.cancelled === 1);
  assert.equal([stream.values, stream.ends], [[], []]);
});

test('who has unsubscribed is no longer paused nor resumed by the gate', async () => {
  const { exchange, told } = speaker(10, () => undefined);
  const { gate, stream$ } = streamTo(await barePeer(exchange));
  const letGo = gate.hold();
  const stream = seen(stream$);
  await until('the call', () => told.ended === 1);
  stream.stop();
  letGo();
  await quiet();
  assert.equal([stream.values, stream.ends], [[], []]);
});

/** Knows how many watch it. */
class WatchedGate extends Gate {
  watchers = 0;

  override watch(watcher: (held: boolean) => void): () => void {
    const leave = super.watch(watcher);
    this.watchers += 1;
    return () => {
      this.watchers -= 1;
      leave();
    };
  }
}

test('a gate that outlives its calls is left by each of them, whether it was unsubscribed, ended or failed', async () => {
  const ends: Readonly<Record<string, (call: ExchangeCall) => void>> = {
    unsubscribed: () => undefined,
    ended: (call) => call.end(),
    failed: failing(status.PERMISSION_DENIED),
  };
  for (const [how, end] of Object.entries(ends)) {
    const { exchange } = speaker(10, end);
    const gate = new WatchedGate();
    const { stream$ } = streamTo(await barePeer(exchange), gate);
    const stream = seen(stream$);
    await until('the messages', () => stream.values.length === 10);
    if (how === 'unsubscribed') {
      assert.is(gate.watchers, 1);
      stream.stop();
    } else await until('the end', () => stream.ends.length === 1);
    assert.is(gate.watchers, 0, how);
  }
});

test('a renewal while the gate is held does not wait for it', async () => {
  const { exchange, calls, told } = speaker(10, () => undefined);
  const { gate, stream$ } = streamTo(await barePeer(exchange));
  gate.hold();
  const renew = new Subject<void>();
  const stream = seen(stream$.pipe(reconnect({ renew, handoverMs: 20 })));
  await until('the first call', () => calls.length === 1);
  renew.next();
  await until('the second call', () => calls.length === 2);
  assert.is(told.cancelled, 1);
  assert.equal([stream.values, stream.ends], [[], []]);
  stream.stop();
});

const remoteTo = (peer: Peer) =>
  new Remote(bidi(peer.client(), 'exchange'), {
    events: oneof('event'),
    requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
  });

test('closing while the gate is held does not wait for it', async () => {
  const remote = remoteTo(await barePeer(echo));
  remote.gate.hold();
  remote.next(beat(1));
  await remote.connect();
  const statuses = seen(remote.status$);
  const closing = await remote.close({ drainMs: 50 });
  assert.equal([closing.sent, closing.lost, closing.undelivered], [1, 0, 0]);
  assert.equal(statuses.ends, ['complete']);
});

test('connect does not wait for a gate: initial metadata opens it, or the flush of a first write', async () => {
  const silent = await barePeer(() => undefined);
  const remote = remoteTo(silent);
  remote.gate.hold();
  const connected = remote.connect();
  await quiet();
  assert.is(await endOf(connected), 'waits');
  remote.next(beat(1));
  await connected;
  await remote.close({ drainMs: 0 });

  const speaking = await barePeer((call) => call.write({ id: 1 }));
  const ours = await peer((server) => {
    serve(server, PeerService, { exchange: () => NEVER });
  });
  for (const on of [speaking, ours]) {
    const spoken = remoteTo(on);
    spoken.gate.hold();
    await spoken.connect();
    assert.is(spoken.stats().inbound.received, 0);
    await spoken.close({ drainMs: 0 });
  }
});

test('a connect that waits is told of a close, while the gate is held too, and leaves nothing on its signal', async () => {
  const silent = await barePeer(() => undefined);
  const remote = remoteTo(silent);
  remote.gate.hold();
  const { signal } = new AbortController();
  const connected = remote.connect({ signal });
  await quiet();
  const { confirmed } = await remote.close({ drainMs: 0 });
  assert.equal([confirmed, await connected, getEventListeners(signal, 'abort')], [false, false, []]);
});

test('a request that has no reply in time while the gate is held fails with GATE_HELD, and with TIMEOUT otherwise', async () => {
  const remote = remoteTo(await barePeer(echo));
  await firstValueFrom(remote.request(beat(0)));
  const letGo = remote.gate.hold();
  const held = seen(remote.request(beat(1), { timeoutMs: 30 }));
  await until('the time to be over', () => held.ends.length > 0);
  assert.is(codeOfEnd(held), 'GATE_HELD');
  letGo();
  const free = seen(remote.request(beat(2)));
  await until('the reply', () => free.ends.length > 0);
  assert.equal([free.values.length, free.ends], [1, ['complete']]);
  await until('the late reply', () => remote.stats().lateReplies === 1);
  await remote.close();
});

test('one slow reader of three stalls all types of its stream, and nothing is lost', async () => {
  const count = 60;
  const types = ['vote', 'append', 'beat'] as const;
  const peer = await barePeer((call) => {
    for (const id of upTo(count)) call.write({ id, [types[id % 3] as 'beat']: {} });
    call.end();
  });
  const remote = remoteTo(peer);
  const begun: Subject<void>[] = [];
  const votes = seen(remote.on('vote'));
  const beats = seen(remote.on('beat'));
  const appends = seen(
    remote.on('append').pipe(
      consume(() => {
        const work = new Subject<void>();
        begun.push(work);
        return work;
      }),
    ),
  );
  for (let handled = 1; handled <= count / 3; handled += 1) {
    await until('the slow one to begin', () => begun.length === handled);
    await turns(3);
    assert.ok(remote.gate.held);
    assert.equal([votes.values.length, begun.length, beats.values.length], [handled, handled, handled - 1]);
    begun.at(-1)?.complete();
  }
  await until('the last', () => beats.values.length === count / 3);
  assert.is(votes.values.length, count / 3);
  assert.equal(appends.ends, []);
  assert.equal(remote.stats().inbound, { received: count, routed: count, unrouted: 0, invalid: 0 });
  assert.not(remote.gate.held);
  await remote.close();
});

test.run();
