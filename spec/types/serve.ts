import type { Server, ServiceDefinition } from '@grpc/grpc-js';
import { EMPTY, map } from 'rxjs';
import type { Observable } from 'rxjs';
import { repeated, serve } from 'rxduplex';
import type { CallContext, Gated, Serving } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerHandlers, PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import type { handleUnaryCall } from '@grpc/grpc-js';

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
// @ts-expect-error a response, not a stream of them
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

// A method that does not stream both ways has no handler here.

interface MixedHandlers extends PeerHandlers {
  Unary: handleUnaryCall<PeerRequest__Output, PeerReply>;
}
serve<MixedHandlers>(server, definition, { exchange: () => EMPTY });
// @ts-expect-error a unary method
serve<MixedHandlers>(server, definition, { unary: () => EMPTY });
// @ts-expect-error a unary method
serve<MixedHandlers>(server, definition, { Unary: () => EMPTY });
