/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- a wrong call is compared with the first overload */
import type { Observable } from 'rxjs';
import { Outgoing, by, oneof, split } from 'rxduplex';
import type { EventMap, Gate, Gated, Invalid, Split } from 'rxduplex';
import type { PeerReply__Output, PeerRequest, Vote__Output } from 'rxduplex/peer';

import { exactly, is } from './equal.js';
import type { Equal } from './equal.js';

interface Put {
  readonly kind: 'put';
  readonly key: string;
}
interface Removed {
  readonly kind: 'removed';
  readonly at: number;
}
type Feed = Put | Removed;
declare const feed$: Observable<Feed>;

// Of a gated source the streams are gated, of any other they are not.

declare const gated$: Gated<Feed>;
exactly<Gated<Put>>()(split(gated$, by('kind')).on('put'));
exactly<Gated<Feed>>()(split(gated$, by('kind')).unrouted$);
exactly<Gated<Invalid<Feed>>>()(split(gated$, by('kind')).invalid$);
exactly<Split<Feed, readonly ['all', Feed], Gate>>()(split(gated$, (m) => ['all', m]));
exactly<Observable<Put>>()(split(feed$, by('kind')).on('put'));

// By a function: what it returns is the map of types.

const own = split(feed$, (m) => (m.kind === 'put' ? ['stored', m.key] : ['gone', m.at]));
exactly<Observable<string>>()(own.on('stored'));
exactly<Observable<number>>()(own.on('gone'));
exactly<Observable<Feed>>()(own.unrouted$);
exactly<Observable<Invalid<Feed>>>()(own.invalid$);
exactly<Split<Feed, readonly ['stored', string] | readonly ['gone', number]>>()(own);
// @ts-expect-error a type of the message, not of the function
own.on('put');

const some = split(feed$, (m) => {
  if (m.kind === 'put') return ['stored', m.key];
  return undefined;
});
exactly<Observable<string>>()(some.on('stored'));

const marker = Symbol('marker');
const marked = split(feed$, (m) => (m.kind === 'put' ? [marker, m] : [7, m.at]));
exactly<Observable<Put>>()(marked.on(marker));
exactly<Observable<number>>()(marked.on(7));
// @ts-expect-error the string is another type than the number
marked.on('7');

// @ts-expect-error an event is a type and a value
split(feed$, (m) => m.kind);

// A type that is only known to be one of several carries what any of them may carry.

const joined = split(feed$, (m) => [m.kind, m]);
exactly<Observable<Feed>>()(joined.on('put'));
const topics = split(feed$, (m): readonly [string, number] => [`${m.kind}/1`, 1]);
exactly<Observable<number>>()(topics.on('whatever'));
is<Equal<EventMap<readonly [string | number, boolean]>[number], boolean>>();

// By a field of a discriminated union: the value is the message, narrowed.

const kinds = split(feed$, by('kind'));
exactly<Observable<Put>>()(kinds.on('put'));
exactly<Observable<Removed>>()(kinds.on('removed'));
// @ts-expect-error no kind of message
kinds.on('nope');
// @ts-expect-error no field of the messages
split(feed$, by('nope'));

interface Loose {
  readonly kind: 'a' | 'b';
  readonly n: number;
}
declare const loose$: Observable<Loose | { readonly kind: 'b'; readonly text: string }>;
const loose = split(loose$, by('kind'));
exactly<Observable<{ readonly kind?: 'a' } & Loose>>()(loose.on('a'));
exactly<Observable<({ readonly kind?: 'b' } & Loose) | { readonly kind: 'b'; readonly text: string }>>()(loose.on('b'));

interface Optional {
  readonly kind?: 'a' | 'b';
}
declare const optional$: Observable<Optional>;
exactly<Observable<{ readonly kind?: 'b' } & Optional>>()(split(optional$, by('kind')).on('b'));

// By a oneof of proto-loader's.

declare const replies$: Observable<PeerReply__Output>;
const replies = split(replies$, oneof('event'));
exactly<Observable<Vote__Output>>()(replies.on('vote'));
// @ts-expect-error a field that is no oneof
split(replies$, oneof('id'));
// @ts-expect-error no field of the messages
split(replies$, oneof('nope'));

// The shape of other generators, nested.

type Nested = {
  readonly event:
    | { readonly case: 'vote'; readonly value: { readonly term: bigint } }
    | { readonly case: 'beat'; readonly value: { readonly at: number } }
    | { readonly case: undefined; readonly value?: undefined };
};
declare const nested$: Observable<Nested>;
const nested = split(nested$, ({ event }) => {
  if (event.case === 'vote') return [event.case, event.value];
  if (event.case === 'beat') return [event.case, event.value];
  return undefined;
});
exactly<Observable<{ readonly term: bigint }>>()(nested.on('vote'));

// A buffer: what its bounds ask for.

new Outgoing<PeerRequest>();
new Outgoing<PeerRequest>({ maxMessages: 5, fatal: true, overflow: 'error' });
new Outgoing<string>({ maxBytes: 100, sizeOf: (text) => text.length });
new Outgoing<string>({ maxBytes: 100, encode: (text) => Buffer.from(text) });
new Outgoing<string>({ overflow: 'latest', key: (text) => text[0] });
// @ts-expect-error bytes can be bounded only if they can be counted
new Outgoing<string>({ maxBytes: 100 });
// @ts-expect-error measured in one way, not in two
new Outgoing<string>({ encode: (text) => Buffer.from(text), sizeOf: (text) => text.length });
// @ts-expect-error to keep the latest of each key there must be a key
new Outgoing<string>({ overflow: 'latest' });
// @ts-expect-error no strategy is called so
new Outgoing<string>({ overflow: 'drop-tail' });
// @ts-expect-error a function of another message
new Outgoing<string>({ sizeOf: (n: number) => n });
// @ts-expect-error a message of another type
new Outgoing<string>().next(5);
