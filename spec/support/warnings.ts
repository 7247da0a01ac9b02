import { credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Outgoing, Remote, StatusError, bidi, channelOptions, duplex, oneof, rx, serve, split } from 'rxduplex';
import type { CallContext, DuplexHandler, Requests, RemoteOptions } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import {
  EMPTY,
  NEVER,
  catchError,
  concat,
  finalize,
  firstValueFrom,
  lastValueFrom,
  map,
  range,
  take,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import type { Observable } from 'rxjs';

import { barePeer, beat, closed, echo, peer, replyTo, until } from './peer.js';
import type { Peer } from './peer.js';
import { errorFrom } from './told.js';

type Handler = DuplexHandler<PeerRequest__Output, PeerReply>;
type ById = Requests<PeerRequest, PeerReply__Output>;
type PeerEvent = readonly ['append' | 'beat' | 'vote', unknown];
type Options = Partial<RemoteOptions<PeerRequest, PeerReply__Output, PeerEvent, ById>>;
type PeerRemote = Remote<PeerRequest, PeerReply__Output, PeerEvent, ById>;

/** Something that a user does, and may do wrong. */
type Program = () => Promise<unknown>;

/** Why the library warns. */
export interface Cause {
  readonly code: `RXDUPLEX_${string}`;
  /** The text of the warning, or how it begins. */
  readonly text: string;
  readonly wrong: Program;
  /** The same, in a way that is nothing to warn of. */
  readonly right: Program;
}

const byId: ById = { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id };

/** Has a Remote to a peer that answers, does something with it, and closes it. */
async function withRemote(
  does: (remote: PeerRemote) => unknown,
  options: Options = {},
  clientOf: (on: Peer) => PeerClient = (on) => on.client(),
): Promise<void> {
  const on = await barePeer(echo);
  await using remote = new Remote<PeerRequest, PeerReply__Output, PeerEvent, ById>(bidi(clientOf(on), 'exchange'), {
    events: oneof('event'),
    requests: byId,
    ...options,
  });
  await does(remote);
}

const asked = (remote: PeerRemote): Promise<PeerReply__Output> => firstValueFrom(remote.request(beat(0)));

/** Makes a call of a handler, and waits until both sides are done with it. */
async function withHandler(handler: Handler, call: (client: PeerClient) => Promise<unknown>): Promise<void> {
  const on = await peer((server) => serve(server, PeerService, { exchange: handler }));
  await call(on.client());
}

const failed = (client: PeerClient): Promise<Error> => errorFrom(lastValueFrom(rx(client).exchange([beat(1)])));

/** A channel as it is without the options that streams need. */
const plainClient = ({ port }: Peer): PeerClient =>
  closed(new PeerClient(`127.0.0.1:${String(port)}`, credentials.createInsecure()));

/** A client whose messages do not name their events. */
function loadedClient({ port }: Peer, oneofs: boolean): PeerClient {
  const loaded = loadPackageDefinition(loadSync('proto/rxduplex/peer/v1/peer.proto', { longs: String, oneofs }));
  const { rxduplex } = loaded as unknown as { rxduplex: { peer: { v1: { Peer: typeof PeerClient } } } };
  const { Peer: Loaded } = rxduplex.peer.v1;
  return closed(new Loaded(`127.0.0.1:${String(port)}`, credentials.createInsecure(), channelOptions()));
}

/** A mistake that a compiler finds, and JavaScript does not. */
const mistaken = (given: unknown): never => given as never;

const large: PeerRequest = { append: { payload: Buffer.alloc(2048) } };
const unserialisable = mistaken({ vote: 'for a' });

/** Offers a message that no buffer of this size takes. */
const offered =
  (message: PeerRequest, listen: (remote: PeerRemote) => void): Program =>
  () =>
    withRemote(
      (remote) => {
        listen(remote);
        return remote.next(message);
      },
      { outgoing: { maxBytes: 1024 } },
    );

const nobodyListens = (): void => undefined;
const somebodyListens = (remote: PeerRemote): void => void remote.dropped$.subscribe();

/** Works on after a renewal that has failed, or has not. */
const renewed =
  (renew: Observable<unknown>): Program =>
  () => {
    let over = false;
    const noted = concat(timer(1), renew).pipe(finalize(() => (over = true)));
    return withRemote(
      async (remote) => {
        await asked(remote);
        await until('the renewals to end', () => over);
        await asked(remote);
      },
      { reconnect: { renew: noted } },
    );
  };

const expired = throwError(() => new Error('the token has no expiry'));

/** Has more messages than make a chance, none of which names an event. */
const splitBy =
  (name: 'event'): Program =>
  async () => {
    const on = await barePeer(echo);
    const open = bidi(on.client(), 'exchange');
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    const replies$ = duplex(open, outgoing).pipe(take(50));
    const { unrouted$ } = split(replies$, oneof(name));
    const all = lastValueFrom(unrouted$.pipe(toArray()), { defaultValue: [] });
    for (let id = 0; id < 50; id += 1) outgoing.next(beat(id));
    await all;
  };

const withGet =
  (get: (reply: PeerReply__Output) => unknown): Program =>
  () =>
    withRemote(
      async (remote) => {
        remote.next(beat(1));
        await firstValueFrom(remote.on('beat'));
      },
      { requests: { ...byId, get: mistaken(get) } },
    );

/** A call whose handler is told of the end by its signal, and fails then. */
async function cancelled(failWith: (context: CallContext) => unknown): Promise<void> {
  let [begun, over] = [false, false];
  const handler: Handler = async (_, context) => {
    begun = true;
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    over = true;
    throw failWith(context);
  };
  await withHandler(handler, async (client) => {
    const call = rx(client).exchange(NEVER).subscribe();
    await until('the call', () => begun);
    call.unsubscribe();
    await until('its end', () => over);
  });
}

const answeredWith =
  (change: (context: CallContext) => void): Program =>
  () =>
    withHandler(
      (requests$, context) => {
        change(context);
        return requests$.pipe(map(replyTo));
      },
      (client) => lastValueFrom(rx(client).exchange([beat(1)])),
    );

const failedWith =
  (error: Error): Program =>
  () =>
    withHandler(() => throwError(() => error), failed);

const leftOut = (part: string, what: string): Pick<Cause, 'code' | 'text'> => ({
  code: 'RXDUPLEX_LEFT_OUT',
  text: `/rxduplex.peer.v1.Peer/Exchange sends its ${part} without ${what}: each entry must be valid, and`,
});

const handlerFailed = (what: string): Pick<Cause, 'code' | 'text'> => ({
  code: 'RXDUPLEX_HANDLER_FAILED',
  text: `the handler of /rxduplex.peer.v1.Peer/Exchange ${what}: RangeError: out of range, at `,
});

const withoutOptions: Pick<Cause, 'code' | 'text'> = {
  code: 'RXDUPLEX_CHANNEL_OPTIONS',
  text: 'a channel carries streams without channelOptions(): grpc-js reports up to 1 MiB of each call as written',
};

export const causes: Readonly<Record<string, Cause>> = {
  'a Remote over a channel without channelOptions()': {
    ...withoutOptions,
    wrong: () => withRemote(asked, {}, plainClient),
    right: () => withRemote(asked),
  },
  'a call of rx over a channel without channelOptions()': {
    ...withoutOptions,
    wrong: async () => lastValueFrom(rx(plainClient(await barePeer(echo))).exchange([beat(1)])),
    right: async () => lastValueFrom(rx((await barePeer(echo)).client()).exchange([beat(1)])),
  },
  'messages that are offered to a full buffer again and again': {
    code: 'RXDUPLEX_OVERFLOW',
    text: '10 messages in a row were refused because a buffer is full, and nobody listens to dropped$: wait for ready$',
    wrong: () =>
      withRemote((remote) => range(100).subscribe((id) => remote.next(beat(id))), { outgoing: { maxMessages: 4 } }),
    right: () =>
      withRemote((remote) => remote.feed(Array.from({ length: 100 }, (_, id) => beat(id))), {
        outgoing: { maxMessages: 4 },
      }),
  },
  'a message larger than the buffer': {
    code: 'RXDUPLEX_MESSAGE_REFUSED',
    text: 'a message was refused as too-large, and nobody listens to dropped$',
    wrong: offered(large, nobodyListens),
    right: offered(large, somebodyListens),
  },
  'a message that cannot be serialised': {
    code: 'RXDUPLEX_MESSAGE_REFUSED',
    text: 'a message was refused as unserialisable, and nobody listens to dropped$: ',
    wrong: offered(unserialisable, nobodyListens),
    right: offered(unserialisable, somebodyListens),
  },
  'a feed that fails': {
    code: 'RXDUPLEX_FEED_FAILED',
    text: 'a feed has failed, and nothing awaits its promise: the sensor is gone',
    wrong: () => withRemote((remote) => void remote.feed(throwError(() => new Error('the sensor is gone')))),
    right: () => withRemote((remote) => errorFrom(remote.feed(throwError(() => new Error('the sensor is gone'))))),
  },
  'a renewal that fails': {
    code: 'RXDUPLEX_NOTIFIER_FAILED',
    text: 'renew of a reconnecting stream has failed: the token has no expiry',
    wrong: renewed(expired),
    right: renewed(expired.pipe(catchError(() => EMPTY))),
  },
  'events by a oneof that is not there': {
    code: 'RXDUPLEX_ONEOF',
    text: "there will be no events by oneof('evnt'): PeerReply has no oneof of that name, but event",
    wrong: () => withRemote(asked, { events: oneof(mistaken('evnt')) }),
    right: () => withRemote(asked, { events: oneof('event') }),
  },
  'events of messages that were loaded without oneofs': {
    code: 'RXDUPLEX_ONEOF',
    text: "there will be no events by oneof('event'): the messages were loaded without oneofs: true",
    wrong: () => withRemote(asked, {}, (on) => loadedClient(on, false)),
    right: () => withRemote(asked, {}, (on) => loadedClient(on, true)),
  },
  'a split of messages none of which names an event': {
    code: 'RXDUPLEX_ONEOF',
    text: 'none of the first 32 messages has a field evnt that names its event: proto-loader makes it with oneofs: true',
    wrong: splitBy(mistaken('evnt')),
    right: splitBy('event'),
  },
  'an id that is no string': {
    code: 'RXDUPLEX_REQUEST_ID',
    text: 'requests.get must give a string or a number; it gave boolean',
    wrong: withGet(({ id }) => id === '1'),
    right: withGet(({ id }) => Number(id)),
  },
  'a handler that fails': {
    ...handlerFailed('has failed, and nobody is subscribed to failures$ of what serve returned'),
    wrong: failedWith(new RangeError('out of range')),
    right: failedWith(new StatusError(status.OUT_OF_RANGE, 'out of range')),
  },
  'a handler that fails after its call': {
    ...handlerFailed('has failed after its call had ended'),
    wrong: () => cancelled(() => new RangeError('out of range')),
    right: () => cancelled(({ signal }) => signal.reason),
  },
  'initial metadata that cannot be sent': {
    ...leftOut('initial metadata', 'retry-after'),
    wrong: answeredWith(({ initialMetadata }) => {
      for (const value of ['1', '2']) initialMetadata.add('retry-after', value);
    }),
    right: answeredWith(({ initialMetadata }) => initialMetadata.set('retry-after', '1')),
  },
  'trailers that cannot be sent': {
    ...leftOut('trailers', 'served'),
    wrong: answeredWith(({ trailers }) => trailers.set('served', 'x'.repeat(10_000))),
    right: answeredWith(({ trailers }) => trailers.set('served', 'x'.repeat(1_000))),
  },
  'a status that is longer than can be sent': {
    ...leftOut('text of the status', 'its end'),
    wrong: failedWith(new StatusError(status.ABORTED, 'x'.repeat(10_000))),
    right: failedWith(new StatusError(status.ABORTED, 'x'.repeat(1_000))),
  },
};
