import { Metadata, status } from '@grpc/grpc-js';
import { Remote, bidi, oneof, serve } from 'rxduplex';
import type { RemoteOptions, Status, RxDuplexError } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerClient, PeerReply__Output, PeerRequest, Vote__Output } from 'rxduplex/peer';
import { NEVER, Subject, firstValueFrom, from, lastValueFrom, map, of, take, toArray } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { mayFollow } from '../lib/status.js';
import { fakeOpen } from './support/fake-call.js';
import type { FakeOpen } from './support/fake-call.js';
import { seen } from './support/marbles.js';
import { barePeer, beat, echo, peer, replyTo, stopAll, turns, until } from './support/peer.js';
import type { Peer } from './support/peer.js';
import { errorFrom } from './support/told.js';

test.after.each(stopAll);

const byId = {
  mode: 'by-id',
  set: (message: PeerRequest, id: string): PeerRequest => ({ ...message, id }),
  get: (reply: PeerReply__Output): string => reply.id,
} as const;

type Event = readonly [type: string, value: number];
interface Message {
  readonly type?: string;
  readonly value: number;
}
const eventOf = ({ type, value }: Message): Event | undefined => (type === undefined ? undefined : [type, value]);

type Faked = FakeOpen<string, Message> & { readonly remote: Remote<string, Message, Event> };

function faked(options: Partial<RemoteOptions<string, Message, Event, undefined>> = {}): Faked {
  const fake = fakeOpen<string, Message>();
  const remote = new Remote<string, Message, Event>(fake.open, {
    events: eventOf,
    ...options,
    reconnect: { backoff: () => 0, ...options.reconnect },
  });
  return Object.assign(fake, { remote });
}

const states = (statuses: readonly Status[]): string[] => statuses.map(({ state }) => state);

function ours(): Promise<Peer> {
  return peer((server) => {
    serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(replyTo)) });
  });
}

test('it talks to our server and to a bare one, by type, in order, with requests and replies', async () => {
  for (const start of [ours, (): Promise<Peer> => barePeer(echo)]) {
    const on = await start();
    const remote = new Remote(bidi(on.client(), 'exchange'), { events: oneof('event'), requests: byId });
    const terms: string[] = [];
    const ats: string[] = [];
    remote.on('vote').subscribe(({ term }) => terms.push(term));
    remote.on('beat').subscribe(({ at }) => ats.push(at));
    for (let at = 0; at < 300; at += 1) await remote.send(at % 2 ? { beat: { at } } : { vote: { term: at } });
    const reply = await firstValueFrom(remote.request({ vote: { term: 7 } }));
    assert.is(reply.vote?.term, '7');
    const { confirmed, sent, lost, undelivered } = await remote.close();
    assert.equal({ confirmed, sent, lost, undelivered }, { confirmed: true, sent: 301, lost: 0, undelivered: 0 });
    assert.equal([terms.length, ats.length], [151, 150]);
    assert.equal(
      ats,
      Array.from({ length: 150 }, (_, index) => String(2 * index + 1)),
    );
    const { inbound } = remote.stats();
    assert.equal(inbound, { received: 301, routed: 301, unrouted: 0, invalid: 0 });
  }
});

test('E11: it opens towards a server that sends no metadata until its first message, as soon as it writes', async () => {
  const on = await barePeer(echo);
  const remote = new Remote(bidi(on.client(), 'exchange'), { events: oneof('event') });
  const connected = remote.connect();
  remote.next(beat(1));
  await connected;
  assert.is((await firstValueFrom(remote.status$)).state, 'open');
  await remote.close();
});

test('nothing is opened without a reason; each reason opens one call, and only one', async () => {
  const reasons: Record<string, (fake: Faked) => void> = {
    on: ({ remote }) => void remote.on('a').subscribe(),
    messages$: ({ remote }) => void remote.messages$.subscribe(),
    unrouted$: ({ remote }) => void remote.unrouted$.subscribe(),
    invalid$: ({ remote }) => void remote.invalid$.subscribe(),
    next: ({ remote }) => void remote.next('hello'),
    send: ({ remote }) => void remote.send('hello'),
    feed: ({ remote }) => void remote.feed(['hello']),
    connect: ({ remote }) => void remote.connect().catch(() => undefined),
  };
  for (const [name, reason] of Object.entries(reasons)) {
    const fake = faked();
    fake.remote.status$.subscribe();
    fake.remote.dropped$.subscribe();
    fake.remote.stats();
    await turns(1);
    assert.is(fake.calls.length, 0, `before ${name}`);
    reason(fake);
    reason(fake);
    assert.is(fake.calls.length, 0, `${name} opens nothing before it returns`);
    await turns(1);
    assert.is(fake.calls.length, 1, name);
    await fake.remote.close({ drainMs: 0 });
  }
});

test('a request is a reason as well', async () => {
  const fake = fakeOpen<PeerRequest, PeerReply__Output>();
  const remote = new Remote(fake.open, { events: oneof('event'), requests: byId });
  const pending = remote.request({ beat: { at: 1 } });
  await turns(1);
  assert.is(fake.calls.length, 0);
  pending.subscribe({ error: () => undefined });
  await turns(1);
  assert.is(fake.calls.length, 1);
  await remote.close({ drainMs: 0 });
});

test('when the last reason has been gone for idleMs it half-closes and is idle; the next reason opens again', async () => {
  const { remote, calls } = faked({ idleMs: 1 });
  const statuses: Status[] = [];
  remote.status$.subscribe((one) => statuses.push(one));
  remote.on('a').pipe(take(1)).subscribe();
  await until('the call', () => calls.length === 1);
  calls[0]?.metadata();
  calls[0]?.reply({ type: 'a', value: 1 });
  await until('the half-close', () => calls[0]?.halfClosed === true);
  calls[0]?.finish(status.OK);
  await turns(1);
  assert.equal(states(statuses), ['idle', 'connecting', 'open', 'idle']);
  assert.is(calls[0]?.cancelled, 0);
  remote.next('again');
  await until('the next call', () => calls.length === 2);
  await remote.close({ drainMs: 0 });
});

test('what is offered while it goes idle waits for the next call, and loses nothing', async () => {
  const { remote, calls } = faked({ idleMs: 1 });
  remote.next('one');
  await until('the call', () => calls.length === 1);
  calls[0]?.flush();
  await until('the half-close', () => calls[0]?.halfClosed === true);
  remote.next('two');
  calls[0]?.finish(status.OK);
  await until('the next call', () => calls.length === 2);
  assert.equal([calls[0]?.written, calls[1]?.written], [['one'], ['two']]);
  assert.equal(calls[0]?.faults, []);
  await remote.close({ drainMs: 0 });
});

test('status$ replays, follows the table of legal moves, numbers connections, and completes after closed', async () => {
  const { remote, calls } = faked();
  const statuses: Status[] = [];
  let completed = false;
  remote.status$.subscribe({ next: (one) => statuses.push(one), complete: () => (completed = true) });
  remote.on('a').subscribe();
  await until('the first call', () => calls.length === 1);
  calls[0]?.metadata();
  calls[0]?.finish(status.UNAVAILABLE, 'gone');
  await until('the second call', () => calls.length === 2);
  calls[1]?.reply({ value: 1 });
  const closing = remote.close();
  calls[1]?.finish(status.OK);
  await closing;
  const cause = (statuses[3] as { cause: { code: number } }).cause;
  assert.is(cause.code, status.UNAVAILABLE);
  assert.equal(
    statuses.map((one) => ('cause' in one ? { ...one, cause: 'some' } : one)),
    [
      { state: 'idle' },
      { state: 'connecting', attempt: 1 },
      { state: 'open', connection: 1, peer: 'fake' },
      { state: 'reconnecting', attempt: 2, delayMs: 0, cause: 'some' },
      { state: 'connecting', attempt: 2 },
      { state: 'open', connection: 2, peer: 'fake' },
      { state: 'draining' },
      { state: 'closed', reason: 'closed' },
    ],
  );
  for (const [index, { state }] of statuses.slice(1).entries()) {
    assert.ok(mayFollow((statuses[index] as Status).state, state));
  }
  assert.ok(completed);
  assert.equal(await lastValueFrom(remote.status$), { state: 'closed', reason: 'closed' });
});

test('status$ never emits inside next', async () => {
  const { remote } = faked({ outgoing: { maxMessages: 1, fatal: true } });
  let inside = false;
  let emitted = 0;
  remote.status$.subscribe(() => {
    assert.not(inside);
    emitted += 1;
  });
  for (let count = 0; count < 5; count += 1) {
    inside = true;
    remote.next(String(count));
    inside = false;
  }
  await until('the fatal overflow', () => emitted > 1);
  const last = await lastValueFrom(remote.status$);
  assert.is(last.state === 'closed' && last.reason, 'failed');
});

test('a permanent error closes it: one attempt, the error reaches every subscriber once, what is queued is undelivered', async () => {
  const on = await barePeer((call) => {
    call.emit('error', { code: status.PERMISSION_DENIED, details: 'not you' });
  });
  const remote = new Remote(bidi(on.client(), 'exchange'), { events: oneof('event'), requests: byId });
  const statuses: Status[] = [];
  remote.status$.subscribe((one) => statuses.push(one));
  const streams = [seen(remote.on('vote')), seen(remote.messages$), seen(remote.unrouted$)];
  const request = seen(remote.request({ vote: { term: 1 } }));
  await until('the end', () => statuses.at(-1)?.state === 'closed');
  for (const { ends } of streams) {
    assert.equal(
      ends.map((error) => (error as { code: number }).code),
      [status.PERMISSION_DENIED],
    );
  }
  assert.is(request.ends.length, 1);
  assert.equal(
    states(statuses).filter((state) => state !== 'open'),
    ['idle', 'connecting', 'closed'],
  );
  const late = seen(remote.on('beat'));
  assert.is((late.ends[0] as { code: number }).code, status.PERMISSION_DENIED);
  assert.is(remote.next(beat(1)), false);
  const refused = await remote.send(beat(1)).catch((error: unknown) => error);
  assert.is((refused as RxDuplexError).code, 'CLOSED');
  await remote.connect().then(
    () => assert.unreachable(),
    (error: unknown) => assert.is((error as { code: number }).code, status.PERMISSION_DENIED),
  );
});

test('connect settles at open, and holds the connection; an abort lets go of it', async () => {
  const { remote, calls } = faked({ idleMs: 1 });
  const connected = remote.connect();
  await until('the call', () => calls.length === 1);
  calls[0]?.metadata();
  await connected;
  await turns(10);
  assert.is(calls[0]?.halfClosed, false);
  await remote.close({ drainMs: 0 });

  const other = faked({ idleMs: 1 });
  const abort = new AbortController();
  const waiting = other.remote.connect({ signal: abort.signal });
  await until('the call', () => other.calls.length === 1);
  abort.abort(new Error('no longer'));
  await waiting.then(
    () => assert.unreachable(),
    (error: unknown) => assert.is((error as Error).message, 'no longer'),
  );
  await until('it to go idle', () => other.calls[0]?.halfClosed === true);
  await other.remote.close({ drainMs: 0 });
  await remote.connect({ signal: AbortSignal.abort(new Error('before')) }).then(
    () => assert.unreachable(),
    (error: unknown) => assert.is((error as Error).message, 'before'),
  );
});

test('an OK end of the server opens again, after a wait; a half-close of our own does not', async () => {
  const { remote, calls } = faked();
  remote.on('a').subscribe();
  await until('the call', () => calls.length === 1);
  calls[0]?.metadata();
  calls[0]?.finish(status.OK);
  await until('the next call', () => calls.length === 2);
  remote.complete();
  assert.is(calls[1]?.halfClosed, true);
  calls[1]?.finish(status.OK);
  await turns(5);
  assert.is(calls.length, 2);
  assert.equal(await lastValueFrom(remote.status$), { state: 'closed', reason: 'completed' });
});

test('complete hands a source its completion: all is sent, also over another call, and then it is closed', async () => {
  const { remote, calls } = faked();
  const statuses: Status[] = [];
  remote.status$.subscribe((one) => statuses.push(one));
  from(Array.from({ length: 40 }, (_, index) => String(index))).subscribe(remote);
  await until('the call', () => calls.length === 1);
  for (let flushes = 0; flushes < 3; flushes += 1) calls[0]?.flush();
  calls[0]?.finish(status.UNAVAILABLE);
  await until('the next call', () => calls.length === 2);
  await until('all to be written', () => {
    calls[1]?.flush();
    return calls[1]?.halfClosed === true;
  });
  calls[1]?.finish(status.OK);
  await turns(1);
  assert.equal(statuses.at(-1), { state: 'closed', reason: 'completed' });
  const { sent, lost, undelivered } = remote.stats().outbound;
  assert.is(sent + lost, 40);
  assert.is(undelivered, 0);
  const written = calls.flatMap((call) => call.written);
  assert.equal(written, [...new Set(written)]);
});

test('feed does not close it', async () => {
  const { remote, calls } = faked();
  assert.equal(await remote.feed(of('a', 'b')), { taken: 2, refused: 0 });
  assert.equal(await remote.feed(['c']), { taken: 1, refused: 0 });
  await until('the call', () => calls.length === 1);
  for (let flushes = 0; flushes < 3; flushes += 1) calls[0]?.flush();
  assert.is(calls[0]?.halfClosed, false);
  assert.equal(calls[0]?.written, ['a', 'b', 'c']);
  await remote.close({ drainMs: 0 });
});

test('error cancels the call, tells everybody, and leaves what is queued undelivered', async () => {
  const { remote, calls } = faked();
  const stream = seen(remote.on('a'));
  for (let count = 0; count < 20; count += 1) remote.next(String(count));
  await until('the call', () => calls.length === 1);
  const broken = new Error('the producer is broken');
  remote.error(broken);
  await turns(2);
  assert.equal(stream.ends, [broken]);
  assert.is(calls[0]?.cancelled, 1);
  const { lost, undelivered } = remote.stats().outbound;
  assert.equal([lost, undelivered], [1, 19]);
});

test('close sends what is queued, half-closes, and is confirmed by an OK', async () => {
  const { remote, calls } = faked();
  const stream = seen(remote.on('a'));
  remote.next('one');
  await until('the call', () => calls.length === 1);
  const closing = remote.close();
  assert.is(remote.next('late'), false);
  assert.is(calls[0]?.halfClosed, true);
  calls[0]?.flush();
  calls[0]?.reply({ type: 'a', value: 1 });
  calls[0]?.finish(status.OK);
  assert.equal(await closing, { sent: 1, lost: 0, undelivered: 0, confirmed: true });
  assert.equal([stream.values, stream.ends], [[1], ['complete']]);
});

test('close settles without opening a call: when idle, while waiting, while metadata is awaited', async () => {
  const idle = faked();
  assert.equal(await idle.remote.close(), { sent: 0, lost: 0, undelivered: 0, confirmed: false });
  assert.is(idle.calls.length, 0);

  const waiting = faked({ reconnect: { backoff: () => 100_000 } });
  waiting.remote.next('a');
  await until('the call', () => waiting.calls.length === 1);
  waiting.calls[0]?.finish(status.UNAVAILABLE);
  waiting.remote.next('b');
  assert.equal(await waiting.remote.close(), { sent: 0, lost: 1, undelivered: 1, confirmed: false });
  assert.is(waiting.calls.length, 1);

  let asked = 0;
  let opened = 0;
  const on = await barePeer(() => (opened += 1));
  const remote = new Remote(
    bidi(on.client(), 'exchange', {
      metadata: () => {
        asked += 1;
        return new Promise<Metadata>((resolve) => setTimeout(resolve, 20, new Metadata()));
      },
    }),
    { events: oneof('event') },
  );
  remote.next(beat(1));
  await until('the metadata to be asked for', () => asked === 1);
  assert.equal(await remote.close(), { sent: 0, lost: 0, undelivered: 1, confirmed: false });
  await turns(50);
  assert.is(opened, 0);
});

test('close cancels after drainMs, and says what was lost; a second close joins the first', async () => {
  const { remote, calls } = faked();
  for (let count = 0; count < 20; count += 1) remote.next(String(count));
  await until('the call', () => calls.length === 1);
  calls[0]?.flush();
  calls[0]?.flush();
  const first = remote.close({ drainMs: 5 });
  const second = remote.close({ drainMs: 100_000 });
  assert.equal(await first, { sent: 2, lost: 1, undelivered: 17, confirmed: false });
  assert.is(await first, await second);
  await turns(2);
  assert.is(calls[0]?.cancelled, 1);
  assert.is(await remote.close(), await first);
});

test('a call that dies while it drains is not replaced', async () => {
  const { remote, calls } = faked();
  remote.next('a');
  await until('the call', () => calls.length === 1);
  const closing = remote.close();
  calls[0]?.finish(status.UNAVAILABLE);
  assert.equal(await closing, { sent: 0, lost: 1, undelivered: 0, confirmed: false });
  await turns(5);
  assert.is(calls.length, 1);
});

test('an error while it drains ends the draining', async () => {
  const { remote, calls } = faked();
  remote.next('a');
  await until('the call', () => calls.length === 1);
  const closing = remote.close({ drainMs: Infinity });
  remote.error(new Error('enough'));
  assert.equal(await closing, { sent: 0, lost: 1, undelivered: 0, confirmed: false });
});

test('neither reconnect nor renew opens a call for one that is closing', async () => {
  const renew = new Subject<void>();
  const { remote, calls } = faked({ reconnect: { renew } });
  remote.next('a');
  await until('the call', () => calls.length === 1);
  const closing = remote.close({ drainMs: 10 });
  remote.reconnect();
  renew.next();
  await closing;
  remote.reconnect();
  await turns(5);
  assert.is(calls.length, 1);
  assert.is(calls[0]?.cancelled, 1);
});

test('neither reconnect nor renew disturbs a draining that goes well', async () => {
  const renew = new Subject<void>();
  const { remote, calls } = faked({ reconnect: { renew } });
  remote.next('a');
  await until('the call', () => calls.length === 1);
  const closing = remote.close();
  remote.reconnect();
  renew.next();
  calls[0]?.flush();
  calls[0]?.finish(status.OK);
  assert.is((await closing).confirmed, true);
  assert.is(calls[0]?.cancelled, 0);
});

test('a close during a hand-over opens no call after it', async () => {
  const renew = new Subject<void>();
  const { remote, calls } = faked({ reconnect: { renew } });
  remote.next('a');
  await until('the call', () => calls.length === 1);
  calls[0]?.flush();
  renew.next();
  remote.next('b');
  const closing = remote.close();
  calls[0]?.finish(status.OK);
  const { undelivered } = await closing;
  await turns(3);
  assert.is(calls.length, 1);
  assert.is(undelivered, 1);
});

test('an OK that leaves something in flight confirms nothing', async () => {
  const { remote, calls } = faked();
  remote.next('a');
  await until('the call', () => calls.length === 1);
  const closing = remote.close();
  calls[0]?.finish(status.OK);
  assert.equal(await closing, { sent: 0, lost: 1, undelivered: 0, confirmed: false });
});

test('reconnect switches at once: the old call is cancelled, its messages in flight are lost, the next is live', async () => {
  const { remote, calls } = faked();
  remote.next('a');
  await until('the call', () => calls.length === 1);
  remote.reconnect();
  assert.is(calls.length, 2);
  remote.next('b');
  await turns(2);
  assert.is(calls[0]?.cancelled, 1);
  assert.equal(calls[1]?.written, ['b']);
  assert.is(remote.stats().outbound.lost, 1);
  await remote.close({ drainMs: 0 });
});

test('100 renewals under flow lose nothing: each old call is half-closed, each new one has the new token', async () => {
  const tokens: string[] = [];
  const ends: string[] = [];
  const received: number[] = [];
  const on = await peer((server) => {
    serve(server, PeerService, {
      exchange: (requests$, { metadata }) => {
        tokens.push(String(metadata.get('token')[0]));
        requests$.subscribe({
          next: ({ id }) => received.push(Number(id)),
          complete: () => ends.push('half-closed'),
          error: () => ends.push('cancelled'),
        });
        return requests$.pipe(map(replyTo));
      },
    });
  });
  const renew = new Subject<void>();
  let token = 0;
  const metadata = async (): Promise<Metadata> => {
    await turns(0);
    const made = new Metadata();
    made.set('token', String(token));
    return made;
  };
  const remote = new Remote(bidi(on.client(), 'exchange', { metadata }), {
    events: oneof('event'),
    reconnect: { renew, handoverMs: 10_000, backoff: () => 0 },
  });
  const replies: number[] = [];
  remote.messages$.subscribe(({ id }) => replies.push(Number(id)));
  let count = 0;
  for (token = 0; token < 100;) {
    for (let more = 0; more < 20; more += 1) await remote.send(beat((count += 1)));
    token += 1;
    renew.next();
    for (let more = 0; more < 20; more += 1) await remote.send(beat((count += 1)));
    await until('the renewed call', () => tokens.at(-1) === String(token));
  }
  const { confirmed, lost, sent } = await remote.close();
  const all = Array.from({ length: count }, (_, index) => index + 1);
  assert.equal({ confirmed, lost, sent }, { confirmed: true, lost: 0, sent: count });
  assert.equal(received, all);
  assert.equal(replies, all);
  assert.equal(
    tokens,
    Array.from({ length: 101 }, (_, index) => String(index)),
  );
  await until('all calls to end', () => ends.length === 101);
  assert.equal(new Set(ends), new Set(['half-closed']));
});

test('W9: a hand-over delivers what a cancel would have lost: a slow server sees all that was flushed', async () => {
  const got: number[][] = [];
  const on = await barePeer((call) => {
    const mine: number[] = [];
    got.push(mine);
    call.sendMetadata(new Metadata());
    call.on('data', ({ id }: { id: string }) => {
      mine.push(Number(id));
      call.pause();
      setImmediate(() => call.resume());
    });
    call.on('end', () => call.end());
  });
  const renew = new Subject<void>();
  const remote = new Remote(bidi(on.client(), 'exchange'), {
    events: oneof('event'),
    reconnect: { renew, handoverMs: 10_000 },
  });
  for (let id = 0; id < 500; id += 1) remote.next(beat(id));
  await until('all to be flushed', () => remote.stats().outbound.sent === 500);
  renew.next();
  remote.next(beat(500));
  await until('the next call to be read', () => got.length === 2 && got[1]?.length === 1);
  await remote.close();
  assert.equal(
    got.flat(),
    Array.from({ length: 501 }, (_, id) => id),
  );
});

test('a token that changes goes through UNAUTHENTICATED once; without fresh metadata it is final', async () => {
  let good = '0';
  const on = await barePeer((call) => {
    if (call.metadata.get('token')[0] === good) call.sendMetadata(new Metadata());
    else call.emit('error', { code: status.UNAUTHENTICATED, details: 'old token' });
  });
  const withToken = (token: string): Metadata => {
    const metadata = new Metadata();
    metadata.set('token', token);
    return metadata;
  };
  good = '1';
  let asked = 0;
  const fresh = new Remote(bidi(on.client(), 'exchange', { metadata: () => withToken(String(asked++)) }), {
    events: oneof('event'),
    reconnect: { backoff: () => 0 },
  });
  await fresh.connect();
  assert.is(asked, 2);
  await fresh.close({ drainMs: 0 });
  const stale = new Remote(bidi(on.client(), 'exchange', { metadata: withToken('0') }), { events: oneof('event') });
  const error = await stale.connect().catch((refused: unknown) => refused);
  assert.is((error as { code: number }).code, status.UNAUTHENTICATED);
});

test('a request whose call dies fails with CONNECTION_LOST; one that is queued goes to the next call', async () => {
  const fake = fakeOpen<PeerRequest, PeerReply__Output>();
  const remote = new Remote(fake.open, { events: oneof('event'), requests: byId, reconnect: { backoff: () => 0 } });
  const requests = [1, 2, 3].map((at) => seen(remote.request({ beat: { at } })));
  await until('the call', () => fake.calls.length === 1);
  fake.calls[0]?.flush();
  fake.calls[0]?.finish(status.UNAVAILABLE);
  await until('the next call', () => fake.calls.length === 2);
  assert.equal(
    requests.map(({ ends }) => ends.map((error) => (error as { flushed: boolean }).flushed)),
    [[true], [false], []],
  );
  assert.is((requests[0]?.ends[0] as RxDuplexError).code, 'CONNECTION_LOST');
  fake.calls[1]?.reply({ id: '3', event: 'beat', beat: { at: '3' }, batch: [] });
  assert.equal(requests[2]?.ends, ['complete']);
  await remote.close({ drainMs: 0 });
});

test('a producer that was refused is told when there is room again', async () => {
  const on = await barePeer(echo);
  const remote = new Remote(bidi(on.client(), 'exchange'), { events: oneof('event'), outgoing: { maxMessages: 2 } });
  const { values, ends } = seen(remote.ready$);
  assert.equal(
    [remote.next(beat(1)), remote.next(beat(2)), remote.full, remote.next(beat(3))],
    [true, true, true, false],
  );
  await until('room', () => values.length === 1);
  await until('the rest to be sent', () => remote.stats().outbound.sent === 2);
  assert.is(remote.next(beat(4)), true);
  await remote.close();
  assert.equal(ends, ['complete']);
});

test('a reply goes to its request, to on, and to messages$', async () => {
  const fake = fakeOpen<PeerRequest, PeerReply__Output>();
  const remote = new Remote(fake.open, { events: oneof('event'), requests: byId });
  const votes: Vote__Output[] = [];
  remote.on('vote').subscribe((vote) => votes.push(vote));
  const messages = seen(remote.messages$);
  const request = seen(remote.request({ vote: { term: 1 } }));
  await until('the call', () => fake.calls.length === 1);
  fake.calls[0]?.reply({ id: '1', event: 'vote', vote: { term: '1', candidateId: '' }, batch: [] });
  assert.equal([request.values.length, votes.length, messages.values.length], [1, 1, 1]);
  fake.calls[0]?.reply({ id: '9', event: 'beat', beat: { at: '1' }, batch: [] });
  assert.equal(remote.stats().inbound, { received: 2, routed: 1, unrouted: 1, invalid: 0 });
  await remote.close({ drainMs: 0 });
});

test('messages that cannot be read are told on invalid$, and the rest goes on', async () => {
  const fake = fakeOpen<string, Message>();
  const remote = new Remote<string, Message, Event>(fake.open, {
    events: (message) => {
      if (message.value < 0) throw new Error('negative');
      return eventOf(message);
    },
  });
  const invalid = seen(remote.invalid$);
  const values = seen(remote.on('a'));
  await until('the call', () => fake.calls.length === 1);
  for (const value of [1, -1, 2]) fake.calls[0]?.reply({ type: 'a', value });
  assert.equal(values.values, [1, 2]);
  assert.equal(
    invalid.values.map(({ message, error }) => [message.value, (error as Error).message]),
    [[-1, 'negative']],
  );
  await remote.close({ drainMs: 0 });
});

test('streams exist before the first connection and outlive all of them', async () => {
  const { remote, calls } = faked();
  const all = lastValueFrom(remote.on('a').pipe(take(4), toArray()));
  for (let call = 0; call < 4; call += 1) {
    await until('the next call', () => calls.length === call + 1);
    calls[call]?.reply({ type: 'a', value: call });
    calls[call]?.finish(status.UNAVAILABLE);
  }
  assert.equal(await all, [0, 1, 2, 3]);
  await remote.close();
});

test('a Remote that is closed completes its streams at once, and opens nothing', async () => {
  const { remote, calls } = faked();
  await remote.close();
  assert.equal(seen(remote.on('a')).ends, ['complete']);
  assert.equal(seen(remote.messages$).ends, ['complete']);
  assert.equal(seen(remote.ready$).ends, ['complete']);
  await turns(2);
  assert.is(calls.length, 0);
});

test('bad options are refused at the door, by name', () => {
  const { open } = fakeOpen<string, Message>();
  const events = eventOf;
  const bad: readonly (readonly [RegExp, object])[] = [
    [/BAD_OPTION: events must be a function; got undefined/, {}],
    [/BAD_OPTION: idleMs .* got -1/, { events, idleMs: -1 }],
    [/BAD_OPTION: openTimeoutMs/, { events, openTimeoutMs: NaN }],
    [/BAD_OPTION: maxMessages .* got 0/, { events, outgoing: { maxMessages: 0 } }],
    [
      /BAD_OPTION: outgoing.maxBytes must be left out for an Open that cannot serialise/,
      { events, outgoing: { maxBytes: 1 } },
    ],
    [/BAD_OPTION: minUptimeMs/, { events, reconnect: { minUptimeMs: '5' } }],
    [/BAD_OPTION: requests.mode must be one of/, { events, requests: { mode: 'async' } }],
    [/BAD_OPTION: requests.set must be a function/, { events, requests: { mode: 'by-id', get: () => '' } }],
    [/BAD_OPTION: coalesce.maxBytes/, { events, coalesce: { maxBytes: -5 } }],
  ];
  for (const [message, options] of bad) {
    assert.throws(() => new Remote(open, options as RemoteOptions<string, Message, Event, undefined>), message);
  }
  const without = new Remote<string, Message, Event>(open, { events });
  assert.throws(
    () => (without as unknown as { request(message: string): unknown }).request('a'),
    /BAD_OPTION: requests must be given/,
  );
});

test('leaving the block of an await using closes it', async () => {
  const { remote, calls } = faked();
  {
    await using used = remote;
    used.next('a');
    await until('the call', () => calls.length === 1);
    setImmediate(() => {
      calls[0]?.flush();
      calls[0]?.finish(status.OK);
    });
  }
  assert.equal(await lastValueFrom(remote.status$), { state: 'closed', reason: 'closed' });
});

test('a Remote that was closed keeps no process alive: this file ends by itself', async () => {
  const on = await barePeer(() => NEVER.subscribe());
  const client: PeerClient = on.client();
  const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });
  remote.on('vote').subscribe();
  remote.next(beat(1));
  await remote.close({ drainMs: 1 });
});

test('a reason that comes back within idleMs keeps the call, whichever reason it is', async () => {
  const reasons: Readonly<Record<string, (fake: Faked) => unknown>> = {
    on: ({ remote }) => remote.on('a').subscribe(),
    messages$: ({ remote }) => remote.messages$.subscribe(),
    connect: ({ remote }) => remote.connect(),
  };
  for (const [name, reason] of Object.entries(reasons)) {
    const fake = faked({ idleMs: 30 });
    fake.remote.on('a').pipe(take(1)).subscribe();
    await until('the call', () => fake.calls.length === 1);
    fake.calls[0]?.reply({ type: 'a', value: 1 });
    await turns(3);
    reason(fake);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.is(fake.calls[0]?.halfClosed, false, name);
    assert.is(fake.calls.length, 1, name);
    await fake.remote.close({ drainMs: 0 });
  }
});

test('an Open that ignores its signal and gives a call nobody wants any more makes no call live', async () => {
  const { open, calls } = fakeOpen<string, Message>();
  let give: () => void = () => undefined;
  const waited = new Promise<void>((resolve) => (give = resolve));
  const remote = new Remote<string, Message, Event>(
    async (context) => {
      await waited;
      return open(context);
    },
    { events: eventOf, idleMs: 1 },
  );
  const statuses: Status[] = [];
  remote.status$.subscribe((one) => statuses.push(one));
  const reader = remote.on('a').subscribe();
  await until('it to connect', () => statuses.at(-1)?.state === 'connecting');
  reader.unsubscribe();
  await until('it to be idle', () => statuses.length > 1 && statuses.at(-1)?.state === 'idle');
  give();
  await until('the late call to be cancelled', () => calls[0]?.cancelled === 1);
  remote.complete();
  await until('the end', () => statuses.at(-1)?.state === 'closed');
  assert.equal(statuses.at(-1), { state: 'closed', reason: 'completed' });
});

test('connect is true when a call is open, false when an end that was asked for comes first, and else rejected', async () => {
  const opened = faked();
  const connected = opened.remote.connect();
  await until('the call', () => opened.calls.length === 1);
  opened.calls[0]?.metadata();
  assert.is(await connected, true);
  await opened.remote.close({ drainMs: 0 });
  assert.is((await errorFrom(opened.remote.connect())).code, 'CLOSED');
  for (const end of ['close', 'complete', 'dispose'] as const) {
    const fake = faked();
    const waiting = fake.remote.connect();
    await until('the call', () => fake.calls.length === 1);
    if (end === 'close') void fake.remote.close({ drainMs: 0 });
    else if (end === 'complete') fake.remote.complete();
    else void fake.remote[Symbol.asyncDispose]();
    fake.calls[0]?.finish(status.OK);
    assert.is(await waiting, false, end);
  }
  const refused = faked();
  const failing = refused.remote.connect();
  await until('the call', () => refused.calls.length === 1);
  refused.calls[0]?.finish(status.PERMISSION_DENIED, 'not you');
  assert.is(((await errorFrom(failing)) as unknown as { code: number }).code, status.PERMISSION_DENIED);
});

test('an end that was asked for resolves a feed with its numbers; a failure rejects it with its reason', async () => {
  for (const [end, report] of [
    ['close', { taken: 1, refused: 0 }],
    ['complete', { taken: 1, refused: 0 }],
  ] as const) {
    const fake = faked();
    const source = new Subject<string>();
    const feeding = fake.remote.feed(source);
    source.next('a');
    await until('the call', () => fake.calls.length === 1);
    if (end === 'close') void fake.remote.close({ drainMs: 0 });
    else fake.remote.complete();
    assert.equal(await feeding, report);
    assert.not(source.observed);
    await fake.remote.close({ drainMs: 0 });
  }
  const refused = faked();
  const feeding = refused.remote.feed(NEVER);
  refused.remote.next('a');
  await until('the call', () => refused.calls.length === 1);
  refused.calls[0]?.finish(status.PERMISSION_DENIED, '7 PERMISSION_DENIED: not you');
  const error = await errorFrom(feeding);
  assert.is(error.message, 'CLOSED: no more messages are taken: 7 PERMISSION_DENIED: not you');
  assert.is((error.cause as { code: number }).code, status.PERMISSION_DENIED);
});

test('lock-step: a peer that leaves one request unanswered does not wedge those after it', async () => {
  const fake = fakeOpen<string, Message>();
  const remote = new Remote<string, Message, Event, { readonly mode: 'lock-step' }>(fake.open, {
    events: eventOf,
    requests: { mode: 'lock-step' },
    reconnect: { backoff: () => 0 },
  });
  const [first, second] = [remote.request('q1', { timeoutMs: 20 }), remote.request('q2', { timeoutMs: 10_000 })].map(
    seen,
  );
  await until('the restart', () => fake.calls.length === 2);
  assert.is((first?.ends[0] as RxDuplexError).code, 'TIMEOUT');
  await until('the next request', () => fake.calls[1]?.written.includes('q2') === true);
  fake.calls[1]?.flush();
  fake.calls[1]?.reply({ value: 2 });
  assert.equal([second?.values, second?.ends], [[{ value: 2 }], ['complete']]);
  await remote.close({ drainMs: 0 });
});

test.run();
