import { CallCredentials, Client, Metadata } from '@grpc/grpc-js';
import type { CallOptions, ChannelInterface, ClientDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import { duplexMethod, serviceOf, whyNoOneof } from '../definition.js';
import { RxDuplexError, textOf } from '../errors.js';
import { checkedSerializer } from '../message.js';
import { askFor, checkMetadata, withoutAgreements } from '../metadata.js';
import type { MetadataSource } from '../metadata.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, moment, oneOf } from '../options.js';
import { batchHeader, batchingOf } from '../wire/batch.js';
import type { Batch, Batching, FieldOfMany, Repeated } from '../wire/batch.js';
import { serializerOf } from '../wire/chunk.js';
import type { Wire } from '../wire/joining.js';
import { warnWithoutOptions } from './channel-options.js';
import { MadeClients } from './clients.js';
import { isShutDown, neverLeft, whenConnected } from './connected.js';

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
  /** Serialises one message as the method does. Throws `OPEN_FAILED` as long as it is not known which method that is. */
  readonly encode?: (message: Out) => Uint8Array;
  /** What `write` of its calls takes: messages (default), or what `encode` gave. */
  readonly wire?: Wire;
  /** How several messages become one with a peer that agrees. */
  readonly batch?: Batching<Out, In>;
  /**
   * Calls `listener` when the channel of `call` is connected: at once, later, or never, and not after the function that
   * it returns was called. Nothing is written before, so that attempts towards a peer that is down take no message with
   * them.
   */
  readonly whenConnected?: (call: ClientDuplexStream<Out, In>, listener: () => void) => () => void;
  /** Whether nothing that was written to `call`, which has ended, has left this process: it may then be written again. */
  readonly neverLeft?: (call: ClientDuplexStream<Out, In>) => boolean;
  /** Why what it gives has no oneof of that name, as far as that can be known. */
  readonly whyNoOneof?: (name: string) => string | undefined;
  /** What the error of a call means, where that is known better than the error says. */
  readonly explain?: (error: unknown) => unknown;
  /** Called when no more calls are to be opened. */
  readonly close?: () => void;
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
  /**
   * The definition of the service, for a function that makes clients: messages can then be serialised, and their bytes
   * bounded, before it has made one.
   */
  readonly service?: ServiceDefinition;
  /** Whether clients that a function has made are closed when they are not needed any more. Default true. */
  readonly closeClients?: boolean;
}

type DuplexOf<F> = F extends (...args: never[]) => ClientDuplexStream<infer Out, infer In> ? [Out, In] : never;

/** The names of a client's methods that stream both ways. */
export type BidiNames<C> = {
  [K in keyof C]: DuplexOf<C[K]> extends never ? never : K;
}[keyof C] &
  string;

/** What `bidi` gives: an `Open` that knows how to serialise. */
export type Bidi<Out, In> = Open<Out, In> &
  Required<Pick<Open<Out, In>, 'encode' | 'wire' | 'whenConnected' | 'neverLeft' | 'whyNoOneof' | 'explain' | 'close'>>;

/**
 * Opens `method` of a client made by grpc-js from a service definition (proto-loader's, or generated). Make clients with
 * `channelOptions()`.
 *
 * `client` may be a function that makes clients, called once for each attempt, which makes another when the address has
 * changed. A client that it made is closed when a later attempt was given another one, or when the stream is over, and
 * no call of it is left: `closeClients: false` leaves that to their owner. A `Remote` tells when it is over; who opens
 * without one calls `close` of what this returns. If the function cannot make a client yet, it throws, which is an attempt
 * that has failed. Without `service` it is called once before the first attempt, as soon as a message has to be
 * serialised, and that client is the one of the first attempt.
 */
export function bidi<C extends Client, K extends BidiNames<C>>(
  client: C | (() => C),
  method: K,
  options: BidiOptions<DuplexOf<C[K]>[0], DuplexOf<C[K]>[1]> = {},
): Bidi<DuplexOf<C[K]>[0], DuplexOf<C[K]>[1]> {
  type Out = DuplexOf<C[K]>[0];
  type In = DuplexOf<C[K]>[1];
  const checked = checkedOptions<Out, In>(options);
  if (typeof client !== 'function') return new Opener<Out, In>(givenClient(client), method, checked).peek().open();
  if (client.prototype instanceof Client) throw badOption('client', 'a client, or a function that makes one', client);
  return new Opener<Out, In>(madeClients(client, options.closeClients ?? true), method, checked).open();
}

/** Where the clients of a stream come from. */
interface Clients {
  /** The client of the next call. */
  forCall(signal: AbortSignal): Client;
  /** A client that shows of which kind they are. */
  peek(): Client;
  /** Whether the one that there is was closed, and there will be no other. */
  areOver(): boolean;
  close(): void;
}

function givenClient(client: Client): Clients {
  checkClient(client);
  return {
    forCall: () => client,
    peek: () => client,
    areOver: () => isShutDown(client.getChannel()),
    close: () => undefined,
  };
}

function madeClients(make: () => Client, closes: boolean): Clients {
  const made = new MadeClients(() => checkClient(make()), closes);
  return {
    forCall: (signal) => made.forCall(signal),
    peek: () => made.peek(),
    areOver: () => false,
    close: () => made.close(),
  };
}

export function checkClient<C extends Client>(client: C): C {
  if (client instanceof Client) return client;
  throw badOption(
    'client',
    'made by the copy of @grpc/grpc-js that rxduplex uses, or a function that makes one',
    client,
  );
}

interface Checked<Out, In> {
  readonly metadata: MetadataSource | undefined;
  readonly callOptions: () => CallOptions;
  readonly service: ServiceDefinition | undefined;
  readonly wire: Wire;
  readonly batch: Batch<Out, In> | Repeated<string> | undefined;
}

const names: Names<BidiOptions> = {
  metadata: true,
  options: true,
  wire: true,
  batch: true,
  service: true,
  closeClients: true,
};

function checkedOptions<Out, In>(given: BidiOptions<Out, In>): Checked<Out, In> {
  checkNames('bidi', given, names);
  const { metadata, options = {}, batch, service, closeClients = true } = given;
  checkMetadata(metadata);
  if (typeof options === 'object') checkCallOptions(options);
  if (service !== undefined && typeof service !== 'object') throw badOption('service', 'a service definition', service);
  if (typeof closeClients !== 'boolean') throw badOption('closeClients', 'true or false', closeClients);
  const { wire = typeof options === 'object' && hasInterceptors(options) ? 'objects' : 'bytes' } = given;
  oneOf('wire', wire, ['bytes', 'objects']);
  const callOptions = (): CallOptions => {
    if (typeof options === 'object') return options;
    const asked = options();
    checkCallOptions(asked);
    if (wire === 'objects' || !hasInterceptors(asked)) return asked;
    throw badOption('wire', "'objects' when the options that a function gives have interceptors", wire);
  };
  return { metadata, callOptions, service, wire, batch };
}

/** Opens the calls of one method. */
class Opener<Out, In> {
  readonly #clients: Clients;
  readonly #name: string;
  readonly #options: Checked<Out, In>;
  readonly #batching: Batching<Out, In> | undefined;
  #method: Method<Out, In> | undefined;
  /** The channel of each call. */
  readonly #channels = new WeakMap<object, ChannelInterface>();

  constructor(clients: Clients, name: string, options: Checked<Out, In>) {
    const { batch, wire, service } = options;
    this.#clients = clients;
    this.#name = name;
    this.#options = options;
    this.#batching = batch && batchingOf(batch, (message) => this.#known().serialize(message), wire);
    if (service) this.#learn(service);
  }

  /** Learns the method from the client that there is. */
  peek(): this {
    this.#known();
    this.#batching?.packing();
    return this;
  }

  open(): Bidi<Out, In> {
    const { metadata, wire } = this.#options;
    const open = (context: OpenContext): ClientDuplexStream<Out, In> | Promise<ClientDuplexStream<Out, In>> => {
      const given = askFor(metadata);
      if (given instanceof Metadata) return this.#call(given, context);
      return given.then((fresh) => {
        context.signal.throwIfAborted();
        return this.#call(fresh, context);
      });
    };
    return Object.assign(open, {
      encode: (message: Out) => this.#encode(message),
      wire,
      ...(this.#batching && { batch: this.#batching }),
      whenConnected: (call: ClientDuplexStream<Out, In>, listener: () => void) =>
        whenConnected(this.#channelOf(call), listener),
      neverLeft: (call: ClientDuplexStream<Out, In>) => neverLeft(this.#channelOf(call), call),
      whyNoOneof: (name: string) => this.#method?.whyNoOneof(name),
      explain: (error: unknown) => (this.#clients.areOver() ? clientClosed(error) : error),
      close: () => this.#clients.close(),
    });
  }

  #call(given: Metadata, { batches, signal }: OpenContext): ClientDuplexStream<Out, In> {
    const callOptions = this.#options.callOptions();
    const client = this.#clients.forCall(signal);
    const { path, serialize, deserialize } = this.#method ?? this.#learn(serviceOf(client));
    const channel = client.getChannel();
    if (isShutDown(channel)) throw this.#clients.areOver() ? clientClosed() : new Error(givenClosed);
    warnWithoutOptions(channel);
    // A channel that could not resolve its name does not try again before it is asked.
    channel.getConnectivityState(true);
    const metadata = withoutAgreements(given.clone());
    this.#batching?.packing();
    if (this.#batching && batches) metadata.set(batchHeader, this.#batching.name);
    const serializer = serializerOf(this.#options.wire, serialize);
    const call = client.makeBidiStreamRequest(path, serializer, deserialize, metadata, callOptions);
    this.#channels.set(call, channel);
    return call;
  }

  #known(): Method<Out, In> {
    return this.#method ?? this.#learn(serviceOf(this.#clients.peek()));
  }

  #learn(service: ServiceDefinition): Method<Out, In> {
    const [, method] = duplexMethod<Out, In>(service, this.#name);
    const { path, requestSerialize, responseDeserialize: deserialize } = method;
    return (this.#method = {
      path,
      serialize: checkedSerializer(method, 'requestType', requestSerialize),
      deserialize,
      whyNoOneof: (name) => whyNoOneof(method, name),
    });
  }

  #encode(message: Out): Uint8Array {
    let method = this.#method;
    try {
      method ??= this.#known();
    } catch (cause) {
      throw new RxDuplexError('OPEN_FAILED', `no client could be made yet: ${textOf(cause)}`, { cause });
    }
    return method.serialize(message);
  }

  #channelOf(call: ClientDuplexStream<Out, In>): ChannelInterface {
    const channel = this.#channels.get(call);
    if (channel) return channel;
    throw badOption('call', 'one that this Open has opened', call);
  }
}

interface Method<Out, In> {
  readonly path: string;
  readonly serialize: (message: Out) => Buffer;
  readonly deserialize: (bytes: Buffer) => In;
  readonly whyNoOneof: (name: string) => string | undefined;
}

const givenClosed = 'the client that the function has made is closed already';

export const clientClosed = (cause?: unknown): RxDuplexError =>
  RxDuplexError.is(cause) ? cause : new RxDuplexError('CLOSED', 'the client was closed', { cause });

export const hasInterceptors = ({ interceptors, interceptor_providers: providers }: CallOptions): boolean =>
  (interceptors?.length ?? 0) + (providers?.length ?? 0) > 0;

/** Checks what grpc-js would take without a word, or end the process for. */
export function checkCallOptions(options: CallOptions): void {
  if (typeof options !== 'object' || (options as unknown) === null) throw badOption('options', 'an object', options);
  const { deadline, credentials } = options;
  if (deadline !== undefined) moment('options.deadline', deadline);
  if (credentials === undefined || credentials instanceof CallCredentials) return;
  throw badOption('options.credentials', 'made by the copy of @grpc/grpc-js that rxduplex uses', credentials);
}
