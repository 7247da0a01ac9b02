import type { Server } from '@grpc/grpc-js';
import { EMPTY } from 'rxjs';
import type { Observable } from 'rxjs';
import { bidi, oneof, serve } from 'rxduplex';
import type { Closing, Gated, Select, Serving, Status, Tagged } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type {
  Append__Output,
  Beat__Output,
  PeerClient,
  PeerReply__Output,
  PeerRequest,
  Vote__Output,
} from 'rxduplex/peer';
import { Replica, warnings } from 'rxduplex/replica';
import type {
  Answer,
  Answers,
  EventOf,
  Peer,
  PeerStatus,
  QuorumError,
  ReplicaEvent,
  Undelivered,
  Warning,
} from 'rxduplex/replica';

import type { KindsClient } from '../support/generated/kinds.js';
import { exactly, is } from './equal.js';
import type { Equal } from './equal.js';

declare const clientOf: (address: string) => PeerClient;
declare const kindsOf: (address: string) => KindsClient;
declare const error: QuorumError<PeerReply__Output>;
declare const signal: AbortSignal;

const open = (client: PeerClient) => bidi(client, 'exchange');
const answer = (server: Server): Serving => serve(server, PeerService, { exchange: () => EMPTY });
const requests = { mode: 'in-order' } as const;
const rest = { client: clientOf, open, serve: answer, requests };

// A replica is typed by its client, that client's method, and the oneof of the replies.

const replica = new Replica({
  client: clientOf,
  open: (client) => {
    exactly<PeerClient>()(client);
    return bidi(client, 'exchange');
  },
  serve: (server) => {
    exactly<Server>()(server);
    return serve(server, PeerService, { exchange: () => EMPTY });
  },
  events: oneof('event'),
  requests: {
    mode: 'by-id',
    set: (message, id) => {
      exactly<PeerRequest>()(message);
      return { ...message, id };
    },
    get: (reply) => {
      exactly<PeerReply__Output>()(reply);
      return reply.id;
    },
  },
  typeOf: (message) => {
    exactly<PeerRequest>()(message);
    return message.vote ? 'vote' : 'other';
  },
  outgoing: { maxMessages: 5, overflow: 'latest', key: (message) => message.event },
});
type Event = readonly ['vote', Vote__Output] | readonly ['append', Append__Output] | readonly ['beat', Beat__Output];
const named: Replica<PeerClient, PeerRequest, PeerReply__Output, Event> = replica;
exactly<Gated<EventOf<Event, 'vote'>>>()(named.on('vote'));
export type AnyReplica = Replica<PeerClient, PeerRequest, PeerReply__Output, Tagged>;

// @ts-expect-error the stream of another client than the one that is made
new Replica({ ...rest, client: kindsOf, events: oneof('event') });
// @ts-expect-error a client that cannot be closed
new Replica({ ...rest, client: () => ({}), open: () => open(clientOf('')), events: oneof('event') });
// @ts-expect-error a client has no such method
new Replica({ ...rest, open: (client: PeerClient) => bidi(client, 'nope'), events: oneof('event') });
// @ts-expect-error handlers, not what serves them
new Replica({ ...rest, serve: { exchange: () => EMPTY }, events: oneof('event') });
// @ts-expect-error there is no such oneof
new Replica({ ...rest, events: oneof('evnt') });
// @ts-expect-error a member, not a oneof
new Replica({ ...rest, events: oneof('vote') });
// @ts-expect-error an event is a type and a value
new Replica({ ...rest, events: (message: PeerReply__Output) => message.event });
// @ts-expect-error it was not said how an answer finds its question
new Replica({ client: clientOf, open, serve: answer, events: oneof('event') });
// @ts-expect-error an id is a string or a number
new Replica({ ...rest, events: oneof('event'), requests: { mode: 'by-id', set: (m: PeerRequest) => m, get: () => true } }); // prettier-ignore
// @ts-expect-error the name of a type is a string
new Replica({ ...rest, events: oneof('event'), typeOf: () => 5 });

// What peers say has its type, its source and its value.

const vote$ = replica.on('vote');
exactly<Gated<EventOf<Event, 'vote'>>>()(vote$);
vote$.subscribe(({ type, source, value }) => {
  exactly<'vote'>()(type);
  exactly<string>()(source);
  exactly<Vote__Output>()(value);
});
replica.on('append').subscribe(({ value }) => {
  exactly<Append__Output>()(value);
});
replica.on('beat').subscribe(({ value }) => {
  exactly<Beat__Output>()(value);
});
exactly<Gated<ReplicaEvent<Event>>>()(replica.events$);
replica.events$.subscribe((event) => {
  exactly<'vote' | 'append' | 'beat'>()(event.type);
  exactly<string>()(event.source);
  if (event.type === 'vote') exactly<Vote__Output>()(event.value);
  // @ts-expect-error the value of which of them is not known yet
  event.value.candidateId; // eslint-disable-line @typescript-eslint/no-unused-expressions
});
// @ts-expect-error no member of the oneof
replica.on('nope');
// @ts-expect-error the oneof itself
replica.on('event');
// @ts-expect-error a field beside the oneof
replica.on('id');

// A function of one's own tells other events.

const events: Select<PeerReply__Output, readonly ['v', Vote__Output] | readonly ['other', string]> = ({ id, vote }) =>
  vote ? ['v', vote] : ['other', id];
const own = new Replica({ ...rest, events });
own.on('v').subscribe(({ value }) => {
  exactly<Vote__Output>()(value);
});
own.on('other').subscribe(({ value }) => {
  exactly<string>()(value);
});
const inline = new Replica({
  client: clientOf,
  open: (client) => bidi(client, 'exchange'),
  serve: answer,
  requests: { mode: 'in-order' },
  events: (message) => (message.vote ? ['v', message.vote] : ['other', message.id]),
});
inline.on('v').subscribe(({ type, value }) => {
  exactly<'v'>()(type);
  exactly<Vote__Output>()(value);
});
// @ts-expect-error a type of the message, not of the function
own.on('vote');
// @ts-expect-error a type of the message, not of the function
inline.on('vote');

// What is sent, broadcast or asked is a request; what is answered is a reply.

exactly<boolean>()(replica.send('r1', { vote: { term: 1 } }));
exactly<readonly string[]>()(replica.broadcast({ beat: { at: 1 } }));
const asked = replica.ask({ append: {} }, { quorum: 2, timeoutMs: 500, signal });
exactly<Promise<Answers<PeerReply__Output>>>()(asked);
const { answers, silent } = await asked;
exactly<readonly Answer<PeerReply__Output>[]>()(answers);
exactly<Append__Output | null | undefined>()(answers[0]?.reply.append);
exactly<unknown>()(silent[0]?.error);
exactly<readonly Answer<PeerReply__Output>[]>()(error.answers);
// @ts-expect-error a field of another type
replica.send('r1', { vote: { term: true } });
// @ts-expect-error a message without the peer it is for
replica.send({ vote: {} });
// @ts-expect-error no field of the message
replica.broadcast({ nope: 1 });
// @ts-expect-error a field of another type
void replica.ask({ append: { term: true } });
// @ts-expect-error a quorum is a number
void replica.ask({ append: {} }, { quorum: 'most' });
// @ts-expect-error a request's fields are not a reply's
exactly<Promise<Answers<PeerRequest>>>()(asked);

// Its peers, and what did not reach them.

exactly<Peer<PeerRequest, PeerReply__Output, Event>>()(replica.add('r1', '127.0.0.1:1'));
exactly<ReadonlyMap<string, Peer<PeerRequest, PeerReply__Output, Event>>>()(replica.peers);
exactly<Gated<ReplicaEvent<Event>> | undefined>()(replica.peers.get('r1')?.events$);
exactly<Promise<Closing>>()(replica.remove('r1'));
exactly<Observable<PeerStatus>>()(replica.status$);
is<Equal<PeerStatus['status'], Status>>();
exactly<Observable<Undelivered<PeerRequest>>>()(replica.dropped$);
exactly<Observable<Warning>>()(replica.dropped$.pipe(warnings()));
exactly<Serving | undefined>()(replica.serving);
exactly<Promise<number>>()(replica.start({ address: '127.0.0.1:0' }));
// @ts-expect-error an address is text
replica.add('r1', 50051);
// @ts-expect-error warnings are of messages that did not reach their peer
replica.status$.pipe(warnings());
// @ts-expect-error its streams are not to be replaced
replica.status$ = replica.dropped$;
