import { Metadata, status } from '@grpc/grpc-js';
import type { Server, ServiceDefinition } from '@grpc/grpc-js';
import { EMPTY, map, of } from 'rxjs';
import type { Observable } from 'rxjs';
import { StatusError, repeated, serve } from 'rxduplex';
import type { CallContext, Gated, Handlers, Serving } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerHandlers, PeerReply, PeerRequest__Output } from 'rxduplex/peer';

import { KindsService } from '../support/generated/kinds.js';
import type { Answer, Ask__Output, KindsHandlers } from '../support/generated/kinds.js';
import { exactly } from './equal.js';

declare const server: Server;
declare const definition: ServiceDefinition;

// Handlers are typed by the service alone.

const serving = serve(server, PeerService, {
  exchange: (requests$, context) => {
    exactly<Gated<PeerRequest__Output>>()(requests$);
    exactly<CallContext>()(context);
    return requests$.pipe(map(({ id }): PeerReply => ({ id, vote: { term: id } })));
  },
});
exactly<Serving>()(serving);
serve(server, PeerService, { Exchange: (requests$) => requests$.pipe(map(({ id }) => ({ id }))) });
serve(server, PeerService, { exchange: () => [{ id: 1 }, { id: 2 }] });
serve(server, PeerService, {
  // eslint-disable-next-line @typescript-eslint/require-await
  exchange: async function* () {
    yield { id: 1 };
  },
});
serve(server, PeerService, { exchange: () => EMPTY }, { outgoing: { maxMessages: 5, overflow: 'drop-oldest' } });
serve(server, PeerService, {});
// @ts-expect-error a response of another type
serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(() => ({ id: true }))) });
// @ts-expect-error a list of responses of another type
serve(server, PeerService, { exchange: () => [{ vote: 1 }] });
serve(server, PeerService, { exchange: () => ({ id: 1 }) });
// @ts-expect-error there is no such method
serve(server, PeerService, { nope: () => EMPTY });
// @ts-expect-error requests of another type
serve(server, PeerService, { exchange: (requests$: Observable<number>) => requests$.pipe(map(() => ({}))) });
// @ts-expect-error nothing tells the handlers' keys of one buffer from those of another
serve(server, PeerService, { exchange: () => EMPTY }, { outgoing: { overflow: 'latest' } });

// Envelopes are for every method that is served: what their fields and types are is known only when it is served.

serve(server, PeerService, { exchange: () => EMPTY }, { batch: repeated('batch'), coalesce: false });
serve(server, PeerService, { exchange: () => EMPTY }, { batch: { name: 'own', split: () => [] }, wire: 'objects' });
serve(
  server,
  PeerService,
  { exchange: () => EMPTY },
  {
    batch: {
      name: 'own',
      join: (messages) => {
        exactly<readonly unknown[]>()(messages);
        return { batch: messages };
      },
      split: (message) => {
        exactly<unknown>()(message);
        return null;
      },
    },
  },
);
// @ts-expect-error a name alone is that of a field only by repeated
serve(server, PeerService, { exchange: () => EMPTY }, { batch: 'batch' });
// @ts-expect-error without a name peers cannot agree
serve(server, PeerService, { exchange: () => EMPTY }, { batch: { split: () => undefined } });
// @ts-expect-error members come in a list
serve(server, PeerService, { exchange: () => EMPTY }, { batch: { name: 'own', split: () => 5 } });
// @ts-expect-error it is on by an object, or left out
serve(server, PeerService, { exchange: () => EMPTY }, { coalesce: true });

// Of a definition made elsewhere the handlers are named by hand.

serve<PeerHandlers>(server, definition, {
  exchange: (requests$) => {
    exactly<Gated<PeerRequest__Output>>()(requests$);
    return requests$.pipe(map(({ id }) => ({ id })));
  },
});
// @ts-expect-error there is no such method
serve<PeerHandlers>(server, definition, { nope: () => EMPTY });
// @ts-expect-error a response of another type
serve<PeerHandlers>(server, definition, { exchange: () => [{ id: true }] });

// Methods of every kind have handlers of their own kind.

serve(server, KindsService, {
  unary: (ask, context) => {
    exactly<Ask__Output>()(ask);
    exactly<CallContext>()(context);
    return { id: ask.id };
  },
  clientStream: (asks$) => {
    exactly<Gated<Ask__Output>>()(asks$);
    return asks$.pipe(map(({ id }) => ({ id })));
  },
  serverStream: (ask) => {
    exactly<Ask__Output>()(ask);
    return of({ id: ask.id });
  },
  bidi: (asks$, context) => {
    exactly<Gated<Ask__Output>>()(asks$);
    exactly<CallContext>()(context);
    return asks$.pipe(map(({ id }) => ({ id })));
  },
});
// eslint-disable-next-line @typescript-eslint/require-await
serve(server, KindsService, { unary: async ({ id }) => ({ id }), clientStream: async () => ({ id: 1 }) });
serve(server, KindsService, { Unary: ({ id }) => of({ id }), serverStream: () => [{ id: 1 }], GETUrl: () => ({}) });
serve<KindsHandlers>(server, definition, { unary: ({ id }) => ({ id }) });
// @ts-expect-error a response of another type
serve(server, KindsService, { unary: () => ({ id: true }) });
// @ts-expect-error a promise of another type
serve(server, KindsService, { unary: () => Promise.resolve({ id: true }) });
// @ts-expect-error a list of something else
serve(server, KindsService, { unary: () => [1] });
// @ts-expect-error a stream of another type
serve(server, KindsService, { serverStream: () => of({ id: true }) });
// @ts-expect-error requests of another type
serve(server, KindsService, { clientStream: (asks$: Observable<number>) => asks$.pipe(map(() => ({}))) });
// @ts-expect-error a response of another type
serve(server, KindsService, { clientStream: () => ({ id: true }) });
// @ts-expect-error a promise of another type
serve(server, KindsService, { clientStream: () => Promise.resolve({ id: true }) });
// @ts-expect-error a stream of another type
serve(server, KindsService, { bidi: () => of({ id: true }) });
// @ts-expect-error requests of another type
serve(server, KindsService, { bidi: (asks$: Observable<number>) => asks$.pipe(map(() => ({}))) });
// @ts-expect-error one request, not a stream of them
serve(server, KindsService, { serverStream: (asks$: Gated<Ask__Output>) => asks$.pipe(map(() => ({}))) });
// @ts-expect-error a stream of requests, not one
serve(server, KindsService, { clientStream: (ask: Ask__Output) => ({ id: ask.id }) });
// @ts-expect-error one request, not a stream of them
serve(server, KindsService, { unary: (asks$: Gated<Ask__Output>) => asks$.pipe(map(() => ({}))) });
// @ts-expect-error there is no such method
serve(server, KindsService, { exchange: () => EMPTY });

// A handler gives a message, a stream of them, or a promise of either; and nothing, where there may be no responses.

const messages = [{ id: 1 }, { id: 2 }];
async function* generated(): AsyncGenerator<{ id: number }> {
  await Promise.resolve();
  yield* messages;
}
serve(server, KindsService, {
  unary: () => Promise.resolve(messages),
  clientStream: () => Promise.resolve(of({ id: 1 })),
  serverStream: () => Promise.resolve(of({ id: 1 })),
  bidi: () => Promise.resolve(generated()),
});
serve(server, KindsService, {
  unary: () => generated(),
  clientStream: async (asks$) => Promise.resolve(asks$.pipe(map(({ id }) => ({ id })))),
  serverStream: () => ({ id: 1 }),
  bidi: async (asks$) => Promise.resolve(asks$.pipe(map(({ id }) => ({ id })))),
});
serve(server, KindsService, {
  serverStream: async () => {
    await Promise.resolve();
  },
  bidi: (asks$) => {
    asks$.subscribe();
  },
});
serve(server, KindsService, { serverStream: () => ReadableStream.from(messages), bidi: () => Promise.resolve() });
// @ts-expect-error a promise of a stream of another type
serve(server, KindsService, { bidi: () => Promise.resolve(of({ id: true })) });
// @ts-expect-error a promise of a message of another type
serve(server, KindsService, { serverStream: () => Promise.resolve({ id: true }) });
// @ts-expect-error a message of another type
serve(server, KindsService, { bidi: () => ({ id: true }) });
// @ts-expect-error a promise is no message
serve(server, KindsService, { bidi: (asks$) => asks$.pipe(map(({ id }) => Promise.resolve({ id }))) });
// @ts-expect-error an Observable is no message
serve(server, KindsService, { bidi: (asks$) => asks$.pipe(map(({ id }) => of({ id }))) });
// @ts-expect-error one response is due
serve(server, KindsService, { unary: () => undefined });
// @ts-expect-error one response is due
serve(server, KindsService, { clientStream: (asks$) => void asks$.subscribe() });
// @ts-expect-error the return was forgotten
serve(server, KindsService, { serverStream: ({ id }) => void of({ id }) });

// An instance of a class has its handlers among other members.

class Answering {
  readonly #sums = new Map<string, number>();
  readonly name = 'answering';
  unary({ id }: Ask__Output): Answer {
    return { id: this.double(id) };
  }
  async clientStream(asks$: Observable<Ask__Output>, { peer }: CallContext): Promise<Answer> {
    await asks$.forEach(({ id }) => void this.#sums.set(peer, id));
    return { id: this.#sums.get(peer) ?? 0 };
  }
  *serverStream(ask: Ask__Output): Generator<Answer> {
    yield this.unary(ask);
  }
  async bidi(asks$: Gated<Ask__Output>): Promise<void> {
    await asks$.forEach(() => undefined);
  }
  double(id: number): number {
    return 2 * id;
  }
}
serve(server, KindsService, new Answering());
serve<KindsHandlers>(server, definition, new Answering());
class Deriving extends Answering {
  override unary(ask: Ask__Output): Answer {
    return super.unary(ask);
  }
}
serve(server, KindsService, new Deriving());
serve(server, KindsService, {
  factor: 2,
  unary({ id }: Ask__Output) {
    return { id: this.factor * id };
  },
} as Handlers<KindsHandlers> & { factor: number });
// @ts-expect-error the class, not an instance
serve(server, KindsService, Answering);
class Mistaken {
  unary({ id }: Ask__Output): { id: string } {
    return { id: String(id) };
  }
}
// @ts-expect-error a response of another type
serve(server, KindsService, new Mistaken());
class Unrelated {
  readonly name = 'unrelated';
}
// @ts-expect-error it has no handler
serve(server, KindsService, new Unrelated());

// What a call is to end with.

const refused = new StatusError(status.NOT_FOUND, 'none', { metadata: new Metadata(), cause: 'anything' });
exactly<status>()(refused.code);
exactly<Metadata>()(refused.metadata);
exactly<StatusError>()(StatusError.from('anything'));
const anything: unknown = refused;
if (StatusError.is(anything)) exactly<string>()(anything.details);
// @ts-expect-error a code is a number
new StatusError('NOT_FOUND', 'none');
