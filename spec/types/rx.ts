import type { Metadata } from '@grpc/grpc-js';
import { of } from 'rxjs';
import type { Observable } from 'rxjs';
import { limitInFlight, rx } from 'rxduplex';
import type { Gated, Limit, LimitStats, Rx } from 'rxduplex';
import type { PeerClient, PeerReply__Output } from 'rxduplex/peer';

import type { Answer__Output, Ask, KindsClient } from '../support/generated/kinds.js';
import { exactly, is } from './equal.js';
import type { Equal } from './equal.js';

declare const client: KindsClient;
declare const peer: PeerClient;
declare const metadata: Metadata;
declare const freshToken: () => Promise<Metadata>;
declare const signal: AbortSignal;

// A method of each kind is typed by the client alone.

const limit = limitInFlight({ max: 100, maxQueue: 1_000, queueTimeoutMs: 500 });
exactly<Limit>()(limit);
exactly<LimitStats>()(limit.stats());
const kinds = rx(client, { metadata: freshToken, limit, timeoutMs: 1_000 });
exactly<Rx<KindsClient>>()(kinds);
exactly<Observable<Answer__Output>>()(kinds.unary({ id: 1 }));
exactly<Observable<Answer__Output>>()(kinds.clientStream([{ id: 1 }]));
exactly<Gated<Answer__Output>>()(kinds.serverStream({ id: 1 }));
exactly<Gated<Answer__Output>>()(kinds.bidi(of({ id: 1 })));
exactly<Observable<Answer__Output>>()(kinds.Unary({ id: 1 }));
exactly<Observable<Answer__Output>>()(kinds.getUrl({}));
exactly<Gated<PeerReply__Output>>()(rx(peer).exchange([{ vote: {} }]));
exactly<Observable<Answer__Output>>()(limit.run(kinds.unary({})));
kinds.unary({}, { metadata, signal, timeoutMs: 5, deadline: new Date(), onMetadata: () => 0, onStatus: () => 0 });
kinds.bidi([], { outgoing: { maxMessages: 5, overflow: 'latest', key: ({ id }) => id } });
kinds.clientStream([], {
  outgoing: {
    overflow: 'latest',
    key: (ask) => {
      exactly<Ask>()(ask);
      return ask.id;
    },
  },
});
exactly<Observable<number>>()(limit.run(Promise.resolve(1)));

// @ts-expect-error a field of another type
kinds.unary({ id: true });
// @ts-expect-error no field of the message
kinds.serverStream({ nope: 1 });
// @ts-expect-error a stream of something else
kinds.clientStream([1]);
// @ts-expect-error one request where a stream of them is due
kinds.bidi({ id: 1 });
// @ts-expect-error a stream of requests where one is due
kinds.unary(of({ id: 1 }));
is<Equal<Extract<keyof typeof kinds, 'nope' | 'close' | 'makeUnaryRequest' | 'getChannel'>, never>>();
// @ts-expect-error a stream of requests where one is due
kinds.serverStream([{ id: 1 }]);
// @ts-expect-error one request where a stream of them is due
kinds.clientStream({ id: 1 });
// @ts-expect-error no field of the message
kinds.bidi(of({ nope: 1 }));
// @ts-expect-error one response has no gate
kinds.unary({}).gate; // eslint-disable-line @typescript-eslint/no-unused-expressions
// @ts-expect-error one response has no gate
kinds.clientStream([]).gate; // eslint-disable-line @typescript-eslint/no-unused-expressions
// @ts-expect-error metadata is grpc-js's
kinds.unary({}, { metadata: 'secret' });
// @ts-expect-error metadata is grpc-js's
rx(client, { metadata: { token: 'secret' } });
// @ts-expect-error there is nothing to buffer
kinds.unary({}, { outgoing: { maxMessages: 5 } });
// @ts-expect-error there is nothing to buffer
kinds.serverStream({}, { outgoing: { maxMessages: 5 } });
// @ts-expect-error to keep the latest of each key there must be a key
kinds.clientStream([], { outgoing: { overflow: 'latest' } });
// @ts-expect-error to keep the latest of each key there must be a key
kinds.bidi([], { outgoing: { overflow: 'latest' } });
// @ts-expect-error a deadline is of one call
rx(client, { options: { deadline: 5 } });
// @ts-expect-error only what limitInFlight gives bounds the calls
rx(client, { limit: 100 });
// @ts-expect-error how many there may be is said
limitInFlight({});
// @ts-expect-error a bound is a number
limitInFlight({ max: '100' });
// @ts-expect-error what is bounded gives values in time
limit.run(5);
