import { Metadata, Server, ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServerInterceptingCallInterface, StatusObject } from '@grpc/grpc-js';
import { Outgoing, bidi, duplex, serve } from 'rxduplex';
import type { CallContext, DuplexHandler, HandlerFailure, ServeOptions, Serving } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerHandlers, PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import {
  NEVER,
  Observable,
  Subject,
  concat,
  concatMap,
  from,
  lastValueFrom,
  map,
  mergeMap,
  of,
  range,
  take,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { replyBytes } from '../support/flood.js';
import { beat, peer, replyTo, stopAll, turns, until } from '../support/peer.js';
import type { Peer } from '../support/peer.js';

test.after.each(stopAll);

type Handler = DuplexHandler<PeerRequest__Output, PeerReply>;

async function serving(handler: Handler, options?: ServeOptions): Promise<Peer & { readonly serving: Serving }> {
  let made: Serving | undefined;
  const on = await peer((server) => {
    made = serve(server, PeerService, { exchange: handler }, options);
  });
  if (!made) throw new Error('not served');
  return { ...on, serving: made };
}

/** A bare client's call, and all that came of it. */
interface Bare {
  readonly call: ClientDuplexStream<PeerRequest, PeerReply__Output>;
  readonly replies: PeerReply__Output[];
  readonly metadata: Metadata[];
  readonly statuses: StatusObject[];
}

function bareCall(on: Peer, metadata = new Metadata()): Bare {
  const call = on.client().exchange(metadata);
  const bare: Bare = { call, replies: [], metadata: [], statuses: [] };
  call.on('data', (reply: PeerReply__Output) => bare.replies.push(reply));
  call.on('metadata', (received: Metadata) => bare.metadata.push(received));
  call.on('status', (ended: StatusObject) => bare.statuses.push(ended));
  call.on('error', () => undefined);
  return bare;
}

const echo: Handler = (requests$) => requests$.pipe(map(replyTo));
const ids = (replies: readonly PeerReply__Output[]): number[] => replies.map(({ id }) => Number(id));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id);

/** What became of the calls, without their messages. */
function callsOf({ serving }: { readonly serving: Serving }): object {
  const { open, completed, failed, cancelled } = serving.stats();
  return { open, completed, failed, cancelled };
}

async function ended(bare: Bare): Promise<StatusObject> {
  await until('the status', () => bare.statuses.length > 0);
  await turns(2);
  return bare.statuses[0] as StatusObject;
}

test('a bare grpc-js client is answered, in order, and its half-close ends the call with OK', async () => {
  const on = await serving(echo);
  const bare = bareCall(on);
  for (const id of upTo(1000)) bare.call.write(beat(id));
  bare.call.end();
  const { code } = await ended(bare);
  assert.is(code, status.OK);
  assert.equal(ids(bare.replies), upTo(1000));
  assert.equal(callsOf(on), { open: 0, completed: 1, failed: 0, cancelled: 0 });
});

test('our client and our server talk, with messages joined both ways, in order', async () => {
  const on = await serving(echo);
  const open = bidi(on.client(), 'exchange');
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  void outgoing.feed(upTo(20_000).map(beat)).then(() => {
    outgoing.complete();
  });
  const replies = await lastValueFrom(duplex(open, outgoing).pipe(toArray()));
  assert.equal(ids(replies), upTo(20_000));
});

test('E1: initial metadata is sent at once, before any message', async () => {
  const on = await serving(() => NEVER);
  const bare = bareCall(on);
  await until('the metadata', () => bare.metadata.length === 1);
  bare.call.cancel();
});

test('R1: the peer is held until the first subscription, and nothing that it sent is lost', async () => {
  const begin$ = new Subject<void>();
  const on = await serving((requests$) =>
    begin$.pipe(
      take(1),
      concatMap(() => requests$),
      map(replyTo),
    ),
  );
  const bare = bareCall(on);
  let written = 0;
  const write = (): void => {
    while (written < 5000 && bare.call.write({ id: written, append: { payload: Buffer.alloc(1024) } })) written += 1;
  };
  bare.call.on('drain', write);
  write();
  let before = -1;
  await until('the client to be stopped', () => {
    const still = written === before && written > 0;
    before = written;
    return still;
  });
  await turns(20);
  const held = written;
  assert.ok(held * 1024 < 256 * 1024, `${String(held)} messages were taken by a server that does not read`);
  begin$.next();
  await until('more to be written', () => written > held + 100);
  bare.call.cancel();
});

test('requests$ is shared: two subscriptions see the same requests, and a half-close completes both', async () => {
  const seen: string[] = [];
  const on = await serving((requests$) => {
    requests$.subscribe({ next: ({ id }) => seen.push(`a${id}`), complete: () => seen.push('a end') });
    requests$.subscribe({ next: ({ id }) => seen.push(`b${id}`), complete: () => seen.push('b end') });
    return requests$.pipe(map(replyTo));
  });
  const bare = bareCall(on);
  bare.call.write(beat(1));
  bare.call.end();
  await ended(bare);
  assert.equal(seen, ['a1', 'b1', 'a end', 'b end']);
});

test('an iterable, an async iterable, a promise and an Observable are responses alike', async () => {
  const replies: PeerReply[] = upTo(3).map((id) => ({ id }));
  const kinds: Record<string, Handler> = {
    iterable: () => replies,
    'async iterable': async function* () {
      for (const reply of replies) {
        await turns(1);
        yield reply;
      }
    },
    Observable: () => from(replies),
  };
  for (const [kind, handler] of Object.entries(kinds)) {
    const bare = bareCall(await serving(handler));
    const { code } = await ended(bare);
    assert.is(code, status.OK, kind);
    assert.equal(ids(bare.replies), [0, 1, 2], kind);
  }
  const one = bareCall(await serving(() => Promise.resolve({ id: 7 })));
  await ended(one);
  assert.equal(ids(one.replies), [7]);
});

test('a pulled source is asked for no more than a slow client takes', async () => {
  let pulled = 0;
  const on = await serving(function* () {
    for (;;) {
      pulled += 1;
      yield { id: pulled, append: { payload: Buffer.alloc(1024) } };
    }
  });
  const bare = bareCall(on);
  bare.call.pause();
  let before = -1;
  await until('the pulling to stand still', () => {
    const still = pulled === before && pulled > 0;
    before = pulled;
    return still;
  });
  assert.ok(pulled <= 1024 + 64 + 32 + 64, `${String(pulled)} responses were pulled`);
  bare.call.cancel();
  await until('the end of the call', () => on.serving.stats().cancelled === 1);
});

test('a one-to-one handler loses nothing to a client that reads late', async () => {
  const on = await serving(echo, { outgoing: { maxMessages: 64 } });
  const bare = bareCall(on);
  bare.call.pause();
  for (const id of upTo(3000)) bare.call.write({ id, append: { payload: Buffer.alloc(512) } });
  bare.call.end();
  await turns(100);
  assert.is(on.serving.stats().open, 1);
  bare.call.resume();
  const { code } = await ended(bare);
  assert.is(code, status.OK);
  assert.equal(ids(bare.replies), upTo(3000));
});

test('an Observable that nothing slows ends the call with RESOURCE_EXHAUSTED, after what was queued', async () => {
  const on = await serving(() => range(0, 5000).pipe(map((id): PeerReply => ({ id }))), {
    outgoing: { maxMessages: 100, maxWaiting: 50 },
  });
  const bare = bareCall(on);
  const { code } = await ended(bare);
  assert.is(code, status.RESOURCE_EXHAUSTED);
  assert.equal(ids(bare.replies), upTo(bare.replies.length));
  assert.ok(bare.replies.length <= 150);
});

test('with a strategy that drops, it goes on', async () => {
  const on = await serving(
    (requests$) => requests$.pipe(mergeMap(() => range(0, 5000).pipe(map((id): PeerReply => ({ id }))))),
    { outgoing: { maxMessages: 100, overflow: 'drop-oldest' } },
  );
  const bare = bareCall(on);
  bare.call.write(beat(0));
  bare.call.end();
  const { code } = await ended(bare);
  assert.is(code, status.OK);
  assert.is(ids(bare.replies).at(-1), 4999);
});

const failing: Record<string, (requests$: Observable<PeerRequest__Output>, error: Error) => ReturnType<Handler>> = {
  'throws before it returns': (_, error) => {
    throw error;
  },
  rejects: (_, error) => Promise.reject(error),
  'errors at once': (_, error) => throwError(() => error),
  'errors after a response': (_, error) =>
    concat(
      of({ id: 1 }),
      throwError(() => error),
    ),
  'throws in an operator': (requests$, error) =>
    requests$.pipe(
      tap(() => {
        throw error;
      }),
      map(replyTo),
    ),
  'throws in a generator': async function* (_, error) {
    yield { id: 1 };
    await turns(1);
    throw error;
  },
};

for (const [how, handler] of Object.entries(failing)) {
  test(`E7: a handler that ${how} ends its call with a status, and only its own`, async () => {
    const error = new Error(`in /etc/secret: ${how}`);
    const on = await serving((requests$) => handler(requests$, error));
    const failures: HandlerFailure[] = [];
    on.serving.failures$.subscribe((failure) => failures.push(failure));
    const bare = bareCall(on);
    bare.call.write(beat(1));
    const { code, details } = await ended(bare);
    assert.is(code, status.UNKNOWN);
    assert.is(details, 'the handler failed');
    await until('the books', () => on.serving.stats().failed === 1);
    assert.equal(
      failures.map((failure) => [failure.method, failure.error]),
      [['/rxduplex.peer.v1.Peer/Exchange', error]],
    );
  });
}

test('an error that is a status is passed on, with its metadata, after the responses before it', async () => {
  const metadata = new Metadata();
  metadata.set('why', 'because');
  const refused = Object.assign(new Error(), { code: status.PERMISSION_DENIED, details: 'not you', metadata });
  const on = await serving((requests$) =>
    concat(
      from(upTo(200).map((id): PeerReply => ({ id }))),
      requests$.pipe(
        take(1),
        concatMap(() => throwError(() => refused)),
      ),
    ),
  );
  const bare = bareCall(on);
  await until('the responses', () => bare.replies.length === 200);
  bare.call.write(beat(1));
  const { code, details, metadata: trailers } = await ended(bare);
  assert.equal([code, details, trailers.get('why')], [status.PERMISSION_DENIED, 'not you', ['because']]);
});

test('a response that cannot be serialised fails the call with INTERNAL; none is skipped in silence', async () => {
  const on = await serving(() => of({ id: 1 }, { vote: 'nobody' } as unknown as PeerReply, { id: 2 }));
  const bare = bareCall(on);
  const { code } = await ended(bare);
  assert.is(code, status.INTERNAL);
  assert.not(ids(bare.replies).includes(2));
});

test('a response larger than maxBytes fails the call with RESOURCE_EXHAUSTED', async () => {
  const on = await serving(() => of({ append: { payload: Buffer.alloc(2000) } }), { outgoing: { maxBytes: 1000 } });
  assert.is((await ended(bareCall(on))).code, status.RESOURCE_EXHAUSTED);
});

test('E6: a call that ends well is not cancelled: its signal is not aborted, its requests complete', async () => {
  const told: string[] = [];
  const on = await serving((requests$, { signal }) => {
    signal.addEventListener('abort', () => told.push('aborted'));
    requests$.subscribe({ complete: () => told.push('completed'), error: () => told.push('failed') });
    return requests$.pipe(map(replyTo));
  });
  const bare = bareCall(on);
  bare.call.write(beat(1));
  bare.call.end();
  await ended(bare);
  await turns(5);
  assert.equal(told, ['completed']);
  assert.is(on.serving.stats().completed, 1);
});

const givenUp: Record<string, (bare: Bare, on: Peer) => void> = {
  'is cancelled by its client': ({ call }) => {
    call.cancel();
  },
  'is cut off by a shutdown': (_, { server }) => {
    server.forceShutdown();
  },
};

for (const [how, giveUp] of Object.entries(givenUp)) {
  test(`E6: a call that ${how} unsubscribes its handler, aborts its signal, and fails its requests`, async () => {
    const told: string[] = [];
    const on = await serving((requests$, { signal }) => {
      signal.addEventListener('abort', () => told.push('aborted'));
      requests$.subscribe({
        complete: () => told.push('completed'),
        error: (error: unknown) => told.push(String((error as { code: unknown }).code)),
      });
      return new Observable<PeerReply>(() => () => told.push('unsubscribed'));
    });
    const bare = bareCall(on);
    await until('the call to be open', () => bare.metadata.length === 1);
    giveUp(bare, on);
    await until('the handler to be told', () => told.length >= 3);
    assert.equal([...told].sort(), ['CANCELLED', 'aborted', 'unsubscribed']);
    assert.equal(callsOf(on), { open: 0, completed: 0, failed: 0, cancelled: 1 });
  });
}

test('a deadline gives up the call in the same way', async () => {
  let aborted = false;
  const on = await serving((_, { signal }) => {
    signal.addEventListener('abort', () => (aborted = true));
    return NEVER;
  });
  const call = on.client().exchange({ deadline: Date.now() + 30 });
  call.on('error', () => undefined);
  call.resume();
  await until('the signal', () => aborted);
  assert.is(on.serving.stats().cancelled, 1);
});

test('W4: a call that is given up while its client reads nothing leaves nothing behind', async () => {
  let unsubscribed = false;
  const on = await serving(
    () =>
      new Observable<PeerReply>((subscriber) => {
        for (const id of upTo(500)) subscriber.next({ id, append: { payload: Buffer.alloc(1024) } });
        return () => (unsubscribed = true);
      }),
  );
  const bare = bareCall(on);
  bare.call.pause();
  await until('the call to be open', () => bare.metadata.length === 1);
  await turns(20);
  bare.call.cancel();
  await until('the handler to be told', () => unsubscribed);
  assert.equal(callsOf(on), { open: 0, completed: 0, failed: 0, cancelled: 1 });
});

test('a handler knows the metadata and the peer of its call', async () => {
  const contexts: CallContext[] = [];
  const on = await serving((requests$, context) => {
    contexts.push(context);
    return requests$.pipe(map(replyTo));
  });
  const metadata = new Metadata();
  metadata.set('token', 'mine');
  const bare = bareCall(on, metadata);
  bare.call.end();
  await ended(bare);
  assert.equal(contexts[0]?.metadata.get('token'), ['mine']);
  assert.match(contexts[0]?.peer ?? '', /^127\.0\.0\.1:\d+$/);
});

test('methods go by their name in the proto, capitalised or not; bad handlers and bounds are refused at the door', () => {
  const handler: Handler = echo;
  assert.not.throws(() => serve(new Server(), PeerService, { Exchange: handler }));
  assert.throws(
    () => serve(new Server(), PeerService, { nope: handler } as object),
    /BAD_OPTION: handlers must have a function for one of exchange; got an object with nope/,
  );
  assert.throws(
    () => serve(new Server(), PeerService, { exchange: 7 } as object),
    /BAD_OPTION: exchange must be a function; got 7/,
  );
  assert.throws(
    () => serve(new Server(), PeerService, { exchange: handler }, { outgoing: { maxMessages: 0 } }),
    /BAD_OPTION: maxMessages/,
  );
});

test('a definition made elsewhere is served with the types of its handlers', async () => {
  const definition = { Exchange: PeerService['Exchange'] as NonNullable<(typeof PeerService)['Exchange']> };
  const on = await peer((server) => {
    serve<PeerHandlers>(server, definition, { exchange: (requests$) => requests$.pipe(map(replyTo)) });
  });
  const bare = bareCall(on);
  bare.call.write(beat(3));
  bare.call.end();
  await ended(bare);
  assert.equal(ids(bare.replies), [3]);
});

test('drain completes the requests of every call, and settles when the handlers have ended them', async () => {
  const on = await serving(echo);
  const bares = upTo(5).map(() => bareCall(on));
  for (const { call } of bares) call.write(beat(1));
  await until('the replies', () => bares.every(({ replies }) => replies.length === 1));
  await on.serving.drain({ graceMs: Infinity });
  assert.equal(callsOf(on), { open: 0, completed: 5, failed: 0, cancelled: 0 });
  for (const bare of bares) assert.is((await ended(bare)).code, status.OK);
});

test('drain refuses new calls with UNAVAILABLE, and joins an earlier drain', async () => {
  const on = await serving(echo);
  const first = on.serving.drain();
  assert.is(on.serving.drain(), first);
  await first;
  const late = bareCall(on);
  const { code, details } = await ended(late);
  assert.equal([code, details], [status.UNAVAILABLE, 'the server is being drained']);
  assert.throws(() => on.serving.drain({ graceMs: -1 }), /BAD_OPTION: graceMs/);
});

test('after graceMs the rest end with UNAVAILABLE: 1,000 calls at once', async () => {
  const on = await serving((requests$) => concat(requests$.pipe(map(replyTo)), NEVER));
  const client = on.client();
  const codes: number[] = [];
  const replies: number[] = [];
  for (const id of upTo(1000)) {
    const call = client.exchange();
    call.on('data', (reply: PeerReply__Output) => replies.push(Number(reply.id)));
    call.on('status', ({ code }: StatusObject) => codes.push(code));
    call.on('error', () => undefined);
    call.write(beat(id));
  }
  await until('all replies', () => replies.length === 1000);
  await on.serving.drain({ graceMs: 50 });
  await until('all statuses', () => codes.length === 1000);
  assert.equal(new Set(codes), new Set([status.UNAVAILABLE]));
  await until('the books', () => on.serving.stats().open === 0);
  assert.is(on.serving.stats().failed, 1000);
});

test('E9: a drained server shuts down by itself', async () => {
  const on = await serving(echo);
  const bare = bareCall(on);
  await until('the call to be open', () => bare.metadata.length === 1);
  await on.serving.drain();
  await new Promise<void>((resolve, reject) => {
    on.server.tryShutdown((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
});

test('1,000 calls, cancelled at every stage, leave none open', async () => {
  const on = await serving(echo);
  const client = on.client();
  const open = bidi(client, 'exchange');
  for (let count = 0; count < 1000; count += 1) {
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    outgoing.next(beat(count));
    const subscription = duplex(open, outgoing).subscribe();
    if (count % 3 === 1) await turns(1);
    if (count % 3 === 2) await until('a message to be sent', () => outgoing.stats().sent > 0);
    subscription.unsubscribe();
  }
  await until('all calls to end', () => on.serving.stats().open === 0);
  assert.is(on.serving.stats().failed, 0);
});

test('the messages of all calls are in the books, of those that have ended and of those that are open', async () => {
  const on = await serving((requests$) => requests$.pipe(take(2), map(replyTo)));
  const [first, second] = [bareCall(on), bareCall(on)];
  for (const id of upTo(2)) first.call.write(beat(id));
  await ended(first);
  second.call.write(beat(0));
  await until('the reply', () => second.replies.length === 1);
  const { inbound, outbound } = on.serving.stats();
  assert.equal(inbound, { received: 3, routed: 3, unrouted: 0, invalid: 0 });
  const { offered, accepted, sent, bytes } = outbound;
  assert.equal([offered, accepted, sent], [3, 3, 3]);
  const size = [0, 1, 0].reduce((total, id) => total + replyBytes(beat(id)).length, 0);
  assert.equal([bytes.offered, bytes.accepted, bytes.sent], [size, size, size]);
  second.call.cancel();
});

test('requests that come after the end of the result are counted unrouted', async () => {
  const taken = new Subject<PeerReply>();
  const on = await serving((requests$) => {
    requests$.pipe(take(2)).subscribe();
    return taken;
  });
  const bare = bareCall(on);
  for (const id of upTo(10)) bare.call.write(beat(id));
  await until('the first requests', () => on.serving.stats().inbound.received === 2);
  await turns(20);
  assert.equal(on.serving.stats().inbound, { received: 2, routed: 2, unrouted: 0, invalid: 0 });
  taken.complete();
  assert.is((await ended(bare)).code, status.OK);
  assert.equal(on.serving.stats().inbound, { received: 10, routed: 2, unrouted: 8, invalid: 0 });
});

test('W8: interceptors of the server see messages with wire: objects', async () => {
  const messages: unknown[] = [];
  const recording = (_: unknown, call: ServerInterceptingCallInterface): ServerInterceptingCall =>
    new ServerInterceptingCall(call, {
      sendMessage: (message, next) => {
        messages.push(message);
        next(message);
      },
    });
  const on = await peer(
    (server) => {
      serve(server, PeerService, { exchange: echo }, { wire: 'objects' });
    },
    { interceptors: [recording] },
  );
  const bare = bareCall(on);
  for (const id of upTo(50)) bare.call.write(beat(id));
  bare.call.end();
  assert.is((await ended(bare)).code, status.OK);
  assert.equal(ids(bare.replies), upTo(50));
  assert.equal(
    messages.map((message) => Number((message as PeerReply).id)),
    upTo(50),
  );
});

test('a bad wire is refused at the door', () => {
  assert.throws(
    () => serve(new Server(), PeerService, { exchange: echo }, { wire: 'text' as 'bytes' }),
    /BAD_OPTION: wire must be one of "bytes", "objects"; got "text"/,
  );
});

test.run();
