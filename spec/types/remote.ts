import type { Metadata } from '@grpc/grpc-js';
import { firstValueFrom, interval, map } from 'rxjs';
import type { Observable, Observer } from 'rxjs';
import { Outgoing, Remote, bidi, duplex, exponential, oneof, reconnect, repeated, split } from 'rxduplex';
import type {
  Bidi,
  Closing,
  Gated,
  Dropped,
  EventMap,
  FeedReport,
  FieldOfMany,
  Invalid,
  Status,
  Tagged,
} from 'rxduplex';
import type {
  Append__Output,
  Beat__Output,
  PeerClient,
  PeerReply__Output,
  PeerRequest,
  Vote__Output,
} from 'rxduplex/peer';

import { exactly, is } from './equal.js';
import type { Equal } from './equal.js';

declare const client: PeerClient;
declare const tokenChanged$: Observable<void>;
declare const freshToken: () => Promise<Metadata>;
declare const signal: AbortSignal;

// What a method is opened with comes from the client's type.

const open = bidi(client, 'exchange', { metadata: freshToken });
exactly<Bidi<PeerRequest, PeerReply__Output>>()(open);
is<Equal<Parameters<typeof open.encode>, [message: PeerRequest]>>();
bidi(client, 'Exchange');
bidi(() => client, 'exchange', { options: () => ({ deadline: Date.now() + 1_000 }), wire: 'objects' });
// @ts-expect-error there is no such method
bidi(client, 'nope');
// @ts-expect-error a method of every client, not of the service
bidi(client, 'close');
// @ts-expect-error a method of every client, not of the service
bidi(client, 'makeUnaryRequest');
// @ts-expect-error no wire is called so
bidi(client, 'exchange', { wire: 'text' });
// @ts-expect-error metadata is grpc-js's
bidi(client, 'exchange', { metadata: { token: 'secret' } });

// Envelopes: a repeated field of the message's own type, or functions that know its types.

bidi(client, 'exchange', { batch: repeated('batch') });
bidi(() => client, 'Exchange', { batch: repeated('batch'), wire: 'objects' });
// @ts-expect-error a field that is not repeated
bidi(client, 'exchange', { batch: repeated('id') });
// @ts-expect-error a field of another type
bidi(client, 'exchange', { batch: repeated('vote') });
// @ts-expect-error no field of the message
bidi(client, 'exchange', { batch: repeated('nope') });
// @ts-expect-error any string is no field of the message
bidi(client, 'exchange', { batch: repeated<string>('batch') });
// @ts-expect-error a name alone is that of a field only by repeated
bidi(client, 'exchange', { batch: 'batch' });
is<Equal<FieldOfMany<PeerRequest>, 'batch'>>();
is<Equal<FieldOfMany<PeerReply__Output>, 'batch'>>();
is<Equal<FieldOfMany<Vote__Output>, never>>();
bidi(client, 'exchange', {
  batch: {
    name: 'own',
    join: (messages) => {
      exactly<readonly PeerRequest[]>()(messages);
      return { batch: [...messages] };
    },
    split: (message) => {
      exactly<PeerReply__Output>()(message);
      return message.batch;
    },
  },
});
bidi(client, 'exchange', { batch: { name: 'read', split: () => undefined } });
bidi(client, 'exchange', { batch: { name: 'sent', join: ([first = {}]) => first } });
// @ts-expect-error without a name peers cannot agree
bidi(client, 'exchange', { batch: { split: () => undefined } });
// @ts-expect-error an envelope is a message that is sent
bidi(client, 'exchange', { batch: { name: 'own', join: (messages) => messages } });
// @ts-expect-error the members of an envelope are messages that come
bidi(client, 'exchange', { batch: { name: 'own', split: ({ id }) => [id] } });

interface Mixed extends PeerClient {
  unary(message: PeerRequest, callback: (error: Error | null, reply?: PeerReply__Output) => void): void;
}
declare const mixed: Mixed;
bidi(mixed, 'exchange');
// @ts-expect-error a unary method
bidi(mixed, 'unary');

// What a Remote gives comes from the generated types, with nothing written by hand.

const remote = new Remote(bidi(client, 'exchange', { metadata: freshToken }), {
  events: oneof('event'),
  outgoing: { maxMessages: 1024, maxBytes: 1 << 20, overflow: 'drop-oldest' },
  reconnect: { backoff: exponential({ maxMs: 10_000 }), renew: tokenChanged$ },
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: (reply) => reply.id },
});
const vote$ = remote.on('vote');
exactly<Gated<Vote__Output>>()(vote$);
exactly<Gated<Append__Output>>()(remote.on('append'));
exactly<Gated<Beat__Output>>()(remote.on('beat'));
exactly<Gated<PeerReply__Output>>()(remote.messages$);
exactly<Gated<PeerReply__Output>>()(remote.unrouted$);
exactly<Gated<Invalid<PeerReply__Output>>>()(remote.invalid$);
exactly<Observable<Dropped<PeerRequest>>>()(remote.dropped$);
exactly<Observable<Status>>()(remote.status$);
vote$.subscribe(({ term }) => {
  exactly<string>()(term);
});
// @ts-expect-error no member of the oneof
remote.on('nope');
// @ts-expect-error the oneof itself
remote.on('event');
// @ts-expect-error a field beside the oneof
remote.on('id');
// @ts-expect-error its streams are not to be replaced
remote.status$ = vote$;

// What is sent is of the request's type.

const taken: boolean = remote.next({ vote: { term: 1 } });
export const put: Promise<void> = remote.send({ vote: { term: 1 } }, { signal });
export const fed: Promise<FeedReport> = remote.feed(interval(5).pipe(map((at) => ({ beat: { at } }))), { signal });
export const fedByList: Promise<FeedReport> = remote.feed([{ beat: {} }, { vote: {} }]);
export const closing: Promise<Closing> = remote.close({ drainMs: 2_000 });
export const observer: Observer<PeerRequest> = remote;
interval(5)
  .pipe(map((at): PeerRequest => ({ beat: { at }, event: 'beat' })))
  .subscribe(remote);
interval(5)
  .pipe(map((at) => ({ event: 'beat' as const, beat: { at } })))
  .subscribe(remote);
// @ts-expect-error a name that was widened to any string
interval(5).pipe(map((at) => ({ event: 'beat', beat: { at } }))).subscribe(remote); // prettier-ignore
// @ts-expect-error numbers are no messages
interval(5).subscribe(remote);
// @ts-expect-error a field of another type
remote.next({ vote: { term: true } });
// @ts-expect-error no field of the message
void remote.send({ nope: 1 });
// @ts-expect-error a list of something else
void remote.feed([1, 2]);
exactly<boolean>()(taken);

// A request is there if it was said how a reply finds it.

const reply = await firstValueFrom(remote.request({ append: {} }, { timeoutMs: 500, signal }));
exactly<PeerReply__Output>()(reply);
// @ts-expect-error a field of another type
remote.request({ append: { term: true } });

const inOrder = new Remote(open, { events: oneof('event'), requests: { mode: 'in-order' } });
exactly<Observable<PeerReply__Output>>()(inOrder.request({ append: {} }));
const lockStep = new Remote(open, {
  events: oneof('event'),
  requests: { mode: 'lock-step', isReply: ({ id }) => id !== '0', maxPending: 5 },
});
exactly<Observable<PeerReply__Output>>()(lockStep.request({ append: {} }));

const events = oneof('event');
const shared = new Remote(open, {
  events,
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
});
exactly<Gated<Vote__Output>>()(shared.on('vote'));
exactly<Observable<PeerReply__Output>>()(shared.request({ append: {} }));

const oneWay = new Remote(open, { events: oneof('event') });
exactly<unknown>()(oneWay.request);
// @ts-expect-error it was not said how a reply finds its request
oneWay.request({ append: {} });
// @ts-expect-error there is no such mode
new Remote(open, { events: oneof('event'), requests: { mode: 'async' } });
// @ts-expect-error a reply is found by an id only with both functions
new Remote(open, { events: oneof('event'), requests: { mode: 'by-id', set: (m: PeerRequest) => m } });
// @ts-expect-error an id is a string or a number
new Remote(open, { events: oneof('event'), requests: { mode: 'by-id', set: (m) => m, get: () => true } });

// Events may be selected by a function of one's own.

const own = new Remote(open, {
  events: (message) => (message.event === 'vote' && message.vote ? ['v', message.vote] : ['other', message.id]),
});
exactly<Gated<Vote__Output>>()(own.on('v'));
exactly<Gated<string>>()(own.on('other'));
// @ts-expect-error no type of the function's
own.on('vote');
// @ts-expect-error there is no such oneof
new Remote(open, { events: oneof('evnt') });
// @ts-expect-error a member, not a oneof
new Remote(open, { events: oneof('vote') });

// The bounds, and what they ask for.

new Remote(open, { events, outgoing: { maxMessages: 1, overflow: 'latest', key: (message) => message.event } });
// @ts-expect-error to keep the latest of each key there must be a key
new Remote(open, { events, outgoing: { overflow: 'latest' } });
// @ts-expect-error no strategy is called so
new Remote(open, { events, outgoing: { overflow: 'drop-latest' } });
new Remote(open, { events, coalesce: false });
new Remote(open, { events, coalesce: { maxBytes: 1 << 12 } });
// @ts-expect-error it is on by an object, or left out
new Remote(open, { events, coalesce: true });
// @ts-expect-error what follows an OK end is the Remote's own decision
new Remote(open, { events, reconnect: { onComplete: () => 'complete' } });

// The parts, without a Remote.

const outgoing = new Outgoing<PeerRequest>({ maxMessages: 1024, maxBytes: 1 << 20, encode: open.encode });
const inbound$ = duplex(open, outgoing).pipe(reconnect());
exactly<Observable<PeerReply__Output>>()(inbound$);
const { on, unrouted$ } = split(inbound$, oneof('event'));
exactly<Observable<PeerReply__Output>>()(unrouted$);
exactly<Observable<Vote__Output>>()(on('vote'));
// @ts-expect-error no member of the oneof
on('nope');
// @ts-expect-error of another message
duplex(open, new Outgoing<{ readonly nope: number }>());
exactly<Gated<PeerReply__Output>>()(duplex(() => client.exchange(), outgoing));

// A Remote can be named by its types.

type Events = readonly ['vote', Vote__Output] | readonly ['append', Append__Output] | readonly ['beat', Beat__Output];
const named: Remote<PeerRequest, PeerReply__Output, Events> = new Remote(open, { events: oneof('event') });
is<Equal<EventMap<Events>, { vote: Vote__Output; append: Append__Output; beat: Beat__Output }>>();
exactly<Gated<Vote__Output>>()(named.on('vote'));
export type AnyRemote = Remote<PeerRequest, PeerReply__Output, Tagged>;
