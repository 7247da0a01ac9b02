import { ServerInterceptingCall } from '@grpc/grpc-js';
import type { Metadata, ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js';
import { Remote, bidi, oneof, repeated, rx, serve } from 'rxduplex';
import type { CallContext, DuplexHandler, Open } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerClient, PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import { Observable, map, tap } from 'rxjs';

import { barePeer, peer, replyTo } from './peer.js';
import type { ExchangeCall, Peer } from './peer.js';

type Handler = DuplexHandler<PeerRequest__Output, PeerReply>;
type Answers = ReturnType<Handler>;

const batch = repeated('batch');
const batching = (batches: boolean): { batch?: typeof batch } => (batches ? { batch } : {});

/** The headers by which the two ends of a hop agree to envelopes. */
export const agreements: readonly string[] = ['rxduplex-batch', 'rxduplex-batched'];
const agreementsIn = (metadata: Metadata): string[] => agreements.filter((name) => metadata.get(name).length > 0);

/** What went over one hop, as the server's grpc-js saw it. */
export class Hop {
  asked = false;
  agreed = false;
  /** Requests that held others. */
  envelopes = 0;
  readonly interceptor: ServerInterceptor = (_, call: ServerInterceptingCallInterface) =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, go) => {
            this.asked ||= metadata.get('rxduplex-batch').length > 0;
            go(metadata);
          },
          onReceiveMessage: (message: PeerRequest__Output | null, go) => {
            if (message && message.batch.length > 0) this.envelopes += 1;
            go(message);
          },
        });
      },
      sendMetadata: (metadata, next) => {
        this.agreed ||= metadata.get('rxduplex-batched').length > 0;
        next(metadata);
      },
      sendStatus: (status, next) => {
        this.agreed ||= status.metadata ? status.metadata.get('rxduplex-batched').length > 0 : false;
        next(status);
      },
    });
}

interface Message {
  readonly batch?: readonly unknown[];
}

/** What the users of the library were shown that is none of their business: agreements, and envelopes. */
export class Shown {
  readonly agreements: string[] = [];
  envelopes = 0;

  metadata(where: string, metadata: Metadata): Metadata {
    this.agreements.push(...agreementsIn(metadata).map((name) => `${name} in ${where}`));
    return metadata;
  }

  readonly message = ({ batch }: Message): void => {
    if (batch && batch.length > 0) this.envelopes += 1;
  };

  messages<M extends Message>(messages$: Observable<M>): Observable<M> {
    return messages$.pipe(tap((message) => this.message(message)));
  }
}

/** Puts what is in `from` into `to`, in the place of what is there by the same name. */
function pass(from: Metadata, ...to: Metadata[]): void {
  for (const metadata of to) {
    for (const name of Object.keys(from.getMap())) metadata.remove(name);
    metadata.merge(from);
  }
}

/** What a handler may put into its metadata by mistake, or because somebody told it to. */
export function forge({ initialMetadata, trailers }: CallContext): void {
  for (const name of agreements) for (const metadata of [initialMetadata, trailers]) metadata.set(name, 'batch');
}

/** Answers all, and sends all metadata back, both at the beginning and at the end. */
export function backend(
  batches: boolean,
  hop: Hop,
  shown: Shown,
  more?: (context: CallContext) => void,
): Promise<Peer> {
  const exchange: Handler = (requests$, context) => {
    shown.metadata('the metadata of the backend', context.metadata);
    pass(context.metadata, context.initialMetadata, context.trailers);
    more?.(context);
    return shown.messages(requests$).pipe(map(replyTo));
  };
  return peer((server) => serve(server, PeerService, { exchange }, batching(batches)), {
    interceptors: [hop.interceptor],
  });
}

/** The same, written against grpc-js alone: it knows of no agreement, and sends back what was one. */
export function bareBackend(hop: Hop, shown: Shown): Promise<Peer> {
  const exchange = (call: ExchangeCall): void => {
    call.sendMetadata(call.metadata.clone());
    call.on('data', (request: PeerRequest__Output) => {
      shown.message(request);
      call.write(replyTo(request));
    });
    call.on('end', () => call.end(call.metadata.clone()));
  };
  return barePeer(exchange, { interceptors: [hop.interceptor] });
}

/** Calls the backend with the metadata of a call, and gives its answers; what it sends beside them is passed on. */
type Behind = (
  client: PeerClient,
  requests$: Observable<PeerRequest__Output>,
  context: CallContext,
  options: { readonly batches: boolean; readonly shown: Shown },
) => Answers;

export type Who = 'a Remote' | 'a call of rx' | 'a bare call of grpc-js';

/** Who calls the backend in a gateway. */
export const behind: Readonly<Record<Who, Behind>> = {
  'a Remote': (client, requests$, { metadata, trailers }, { batches, shown }) => {
    const open = bidi(client, 'exchange', { metadata, ...batching(batches) });
    // A Remote tells nobody of metadata; what its calls tell is what came, with agreements and all.
    const watched: Open<PeerRequest, PeerReply__Output> = (context) => {
      const call = open(context);
      if ('then' in call) return call;
      call.on('metadata', (came: Metadata) => pass(came, trailers));
      call.on('status', (status) => pass(status.metadata, trailers));
      return call;
    };
    const remote = new Remote(Object.assign(watched, open), { events: oneof('event') });
    requests$.subscribe(remote);
    return shown.messages(remote.messages$);
  },
  'a call of rx': (client, requests$, { metadata, trailers }, { shown }) =>
    shown.messages(
      rx(client).exchange(requests$, {
        metadata,
        onMetadata: (came) => pass(shown.metadata('onMetadata', came), trailers),
        onStatus: (status) => pass(shown.metadata('onStatus', status.metadata), trailers),
      }),
    ),
  'a bare call of grpc-js': (client, requests$, { metadata, trailers }, { shown }) => {
    const call = client.exchange(metadata);
    call.on('metadata', (came) => pass(came, trailers));
    call.on('status', (status) => pass(status.metadata, trailers));
    requests$.subscribe({ next: (request) => call.write(request), complete: () => call.end() });
    const replies$ = new Observable<PeerReply__Output>((subscriber) => {
      call.on('data', (reply: PeerReply__Output) => subscriber.next(reply));
      call.on('end', () => subscriber.complete());
      call.on('error', (error) => subscriber.error(error));
      return () => call.cancel();
    });
    return shown.messages(replies$);
  },
};

export interface GatewayOptions {
  readonly batches: boolean;
  readonly behind: Who;
  readonly shown: Shown;
}

/** Stands before `to`, and passes all metadata on, both ways. */
export function gateway(to: Peer, hop: Hop, { batches, behind: who, shown }: GatewayOptions): Promise<Peer> {
  const client = to.client();
  const exchange: Handler = (requests$, context) => {
    shown.metadata('the metadata of the gateway', context.metadata);
    pass(context.metadata, context.initialMetadata);
    return behind[who](client, shown.messages(requests$), context, { batches, shown });
  };
  return peer((server) => serve(server, PeerService, { exchange }, batching(batches)), {
    interceptors: [hop.interceptor],
  });
}
