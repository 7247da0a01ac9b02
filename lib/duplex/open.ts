import { Metadata, connectivityState } from '@grpc/grpc-js';
import type { CallOptions, ChannelInterface, Client, ClientDuplexStream, MethodDefinition } from '@grpc/grpc-js';
import { duplexMethod, serviceOf } from '../definition.js';
import { askFor, checkMetadata } from '../metadata.js';
import type { MetadataSource } from '../metadata.js';
import { badOption, moment, oneOf } from '../options.js';
import { afterTurns } from '../turns.js';
import { batchHeader, batchingOf } from '../wire/batch.js';
import type { Batch, Batching, FieldOfMany, Repeated } from '../wire/batch.js';
import { serializerOf } from '../wire/chunk.js';
import type { Wire } from '../wire/joining.js';

export interface OpenContext {
  /** The number of the attempt, from 1; back at 1 after a proof of life. */
  readonly attempt: number;
  /** Aborted when the call is no longer wanted. */
  readonly signal: AbortSignal;
  /** False when envelopes of several messages were too large for somebody: the peer is not to be asked for them. */
  readonly batches: boolean;
}

/**
 * Opens a duplex call, once an attempt. Any `() => client.exchange()` is one: it writes objects, one a write, and has
 * no byte bounds.
 */
export interface Open<Out, In> {
  (context: OpenContext): ClientDuplexStream<Out, In> | Promise<ClientDuplexStream<Out, In>>;
  /** Serialises one message as the method does. */
  readonly encode?: (message: Out) => Uint8Array;
  /** What `write` of its calls takes: messages (default), or what `encode` gave. */
  readonly wire?: Wire;
  /** Whether each attempt asks for its metadata anew. */
  readonly freshMetadata?: boolean;
  /** How several messages become one with a peer that agrees. */
  readonly batch?: Batching<Out, In>;
  /**
   * Calls `listener` when the channel is connected: at once, later, or never. Nothing is written before, so that
   * attempts towards a peer that is down take no message with them.
   */
  readonly whenConnected?: (listener: () => void) => void;
}

export interface BidiOptions<Out = unknown, In = unknown> {
  /** Sent with each call. A function is asked at each attempt, for a token that is still valid; it may be async. */
  readonly metadata?: MetadataSource;
  /** grpc-js's own. A function is asked at each attempt: a deadline is a moment, and would otherwise pass for good. */
  readonly options?: CallOptions | (() => CallOptions);
  /**
   * `bytes` (default): messages are serialised when they are offered, and written as such. `objects`: grpc-js
   * serialises them, so that interceptors see messages; chosen by itself for interceptors given in `options`, and to be
   * chosen for those that a function gives, and for those of the client, which cannot be seen from outside.
   */
  readonly wire?: Wire;
  /**
   * Packs what waits into one message, for a peer that agrees in its initial metadata: `repeated('field')`, or functions
   * of your own. Subscribers, books and order do not show it; interceptors and the limits of message sizes do.
   */
  readonly batch?: Batch<Out, In> | Repeated<FieldOfMany<Out>>;
}

type DuplexOf<F> = F extends (...args: never[]) => ClientDuplexStream<infer Out, infer In> ? [Out, In] : never;

/** The names of a client's methods that stream both ways. */
export type BidiNames<C> = {
  [K in keyof C]: DuplexOf<C[K]> extends never ? never : K;
}[keyof C] &
  string;

/** What `bidi` gives: an `Open` that knows how to serialise. */
export type Bidi<Out, In> = Open<Out, In> & { readonly encode: (message: Out) => Uint8Array; readonly wire: Wire };

/**
 * Opens `method` of a client made by grpc-js from a service definition (proto-loader's, or generated). `client` may be
 * a function, asked at each attempt, which gives another client when the address has changed. Make clients with
 * `channelOptions()`.
 */
export function bidi<C extends Client, K extends BidiNames<C>>(
  client: C | (() => C),
  method: K,
  options: BidiOptions<DuplexOf<C[K]>[0], DuplexOf<C[K]>[1]> = {},
): Bidi<DuplexOf<C[K]>[0], DuplexOf<C[K]>[1]> {
  return openOf<DuplexOf<C[K]>[0], DuplexOf<C[K]>[1]>(typeof client === 'function' ? client : () => client, method, {
    ...options,
    checkNow: typeof client !== 'function',
  });
}

function openOf<Out, In>(
  client: () => Client,
  method: string,
  { metadata, options, wire, batch, checkNow }: BidiOptions<Out, In> & { readonly checkNow: boolean },
): Bidi<Out, In> {
  if (wire !== undefined) oneOf('wire', wire, ['bytes', 'objects']);
  checkMetadata(metadata);
  let definition: MethodDefinition<Out, In> | undefined;
  let latest: Client | undefined;
  const known = (): MethodDefinition<Out, In> => (definition ??= duplexMethod<Out, In>(serviceOf(client()), method)[1]);
  const encode = (message: Out): Uint8Array => known().requestSerialize(message);
  if (typeof options === 'object') checkDeadline(options);
  const written = wire ?? (typeof options === 'object' && hasInterceptors(options) ? 'objects' : 'bytes');
  const batching = batch && batchingOf(batch, encode, written);
  if (checkNow) {
    known();
    batching?.packing();
  }

  const call = (sent: Metadata, { batches }: OpenContext): ClientDuplexStream<Out, In> => {
    const { path, requestSerialize, responseDeserialize } = known();
    const callOptions = typeof options === 'function' ? options() : (options ?? {});
    checkDeadline(callOptions);
    batching?.packing();
    if (written === 'bytes' && hasInterceptors(callOptions)) {
      throw badOption('wire', "'objects' when the options that a function gives have interceptors", written);
    }
    const serialize = serializerOf(written, requestSerialize);
    const headers = sent.clone();
    if (batching && batches) headers.set(batchHeader, batching.name);
    latest = client();
    return latest.makeBidiStreamRequest(path, serialize, responseDeserialize, headers, callOptions);
  };

  const open = (context: OpenContext): ClientDuplexStream<Out, In> | Promise<ClientDuplexStream<Out, In>> => {
    const given = askFor(metadata);
    if (given instanceof Metadata) return call(given, context);
    return given.then((fresh) => {
      context.signal.throwIfAborted();
      return call(fresh, context);
    });
  };

  return Object.assign(open, {
    encode,
    wire: written,
    ...(batching && { batch: batching }),
    freshMetadata: typeof metadata === 'function',
    whenConnected: (listener: () => void): void => {
      if (!latest) return;
      const channel = latest.getChannel();
      if (isReady(channel)) listener();
      else {
        watch(channel, () => {
          afterTurns(turnsToFailure, listener);
        });
      }
    },
  } as const);
}

/** A call that was refused while the channel was not connected yet says so this many turns of the event loop later. */
const turnsToFailure = 2;

const isReady = (channel: ChannelInterface): boolean => channel.getConnectivityState(false) === connectivityState.READY;

function watch(channel: ChannelInterface, connected: () => void): void {
  const state = channel.getConnectivityState(false);
  if (isReady(channel)) connected();
  else if (state !== connectivityState.SHUTDOWN) {
    channel.watchConnectivityState(state, Infinity, (error) => {
      if (!error) watch(channel, connected);
    });
  }
}

export const hasInterceptors = ({ interceptors, interceptor_providers: providers }: CallOptions): boolean =>
  (interceptors?.length ?? 0) + (providers?.length ?? 0) > 0;

function checkDeadline({ deadline }: CallOptions): void {
  if (deadline !== undefined) moment('options.deadline', deadline);
}
