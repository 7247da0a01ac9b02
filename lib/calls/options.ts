import { Metadata } from '@grpc/grpc-js';
import type { CallOptions, Client, StatusObject } from '@grpc/grpc-js';
import { isShutDown } from '../duplex/connected.js';
import { checkCallOptions, clientClosed, hasInterceptors } from '../duplex/open.js';
import { askFor, checkMetadata, merged, withoutAgreements } from '../metadata.js';
import type { MetadataSource } from '../metadata.js';
import { checkedSignal } from '../abort.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, callable, milliseconds, moment, oneOf } from '../options.js';
import type { Bounds, Overflow } from '../outgoing/options.js';
import { ignoreAbort, report, reporting } from '../orderly.js';
import type { Unhandled } from '../orderly.js';
import type { Wire } from '../wire/joining.js';
import { Limit } from './limit.js';

/** What holds for every call of a client. */
export interface RxOptions {
  /** Sent with each call. A function is asked at each call, for a token that is still valid; it may be async. */
  readonly metadata?: MetadataSource;
  /** How long a call may take, from its subscription. Default `Infinity`. */
  readonly timeoutMs?: number;
  /** A call waits for its turn under this bound; the time that it waits counts against its deadline. */
  readonly limit?: Limit;
  /** grpc-js's own. */
  readonly options?: Omit<CallOptions, 'deadline'>;
  /**
   * How the streams of requests are written: as of `bidi`, `bytes` (default), or `objects`, which the interceptors of the
   * client need. Chosen by itself for interceptors given in `options`.
   */
  readonly wire?: Wire;
}

/** What holds for one call. */
export interface RxCallOptions {
  /** Sent with the call; a key that the client's metadata has as well is taken from here. */
  readonly metadata?: Metadata;
  /** How long it may take, from its subscription: its time in the queue of a `limit` is included. Default the client's. */
  readonly timeoutMs?: number;
  /** The moment at which it ends with DEADLINE_EXCEEDED, if `timeoutMs` has not passed before; in ms since 1970, or a Date. */
  readonly deadline?: Date | number;
  /** Cancels it when aborted, and fails it with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of the initial metadata. */
  readonly onMetadata?: (metadata: Metadata) => void;
  /**
   * Called with the status and the trailers: before the end of the Observable, and before the response if it is the only
   * one. `peer` is the address of the connection to which the call was handed. It is `undefined` if the call never left
   * this process (no connection could be had in time, or the name was not found): then the server has not seen it, and
   * nothing was done.
   */
  readonly onStatus?: (status: StatusObject, peer: string | undefined) => void;
}

/** What holds for one call that sends a stream. */
export interface RxStreamOptions<In> extends RxCallOptions {
  /**
   * The bounds of its buffer of requests. What an Observable pushes beyond them fails the call with `OVERFLOW`, unless an
   * overflow strategy that drops is chosen. Default as `Outgoing`.
   */
  readonly outgoing?: Bounds & Overflow<In> & { readonly maxBytes?: number };
}

/** What one call is begun with. */
export interface Settings extends Pick<RxCallOptions, 'signal' | 'onMetadata' | 'onStatus'> {
  /** Gives metadata that is the call's own. */
  readonly metadata: () => Metadata | Promise<Metadata>;
  readonly timeoutMs: number;
  readonly deadline: number;
  readonly limit: Limit | undefined;
  readonly options: CallOptions;
  readonly wire: Wire;
  /** What an error means that came before the call. */
  readonly explain: (error: unknown) => unknown;
  /** What is done with an error for which the subscriber has no error function. */
  readonly unhandled: Unhandled;
}

const names: Names<RxOptions> = { metadata: true, timeoutMs: true, limit: true, options: true, wire: true };

const callNames: Names<RxCallOptions> = {
  metadata: true,
  timeoutMs: true,
  deadline: true,
  signal: true,
  onMetadata: true,
  onStatus: true,
};
const streamNames: Names<RxStreamOptions<unknown>> = { ...callNames, outgoing: true };

export function checkedClient(client: Client, given: RxOptions): Settings {
  checkNames('rx', given, names);
  const { metadata, timeoutMs = Infinity, limit, options = {} } = given;
  checkMetadata(metadata);
  checkCallOptions(options);
  const { wire = hasInterceptors(options) ? 'objects' : 'bytes' } = given;
  if (limit !== undefined && !(limit instanceof Limit)) throw badOption('limit', 'what limitInFlight gives', limit);
  return {
    metadata: metadata ? () => copyOf(askFor(metadata)) : () => new Metadata(),
    timeoutMs: milliseconds('timeoutMs', timeoutMs),
    deadline: Infinity,
    limit,
    options,
    wire: oneOf('wire', wire, ['bytes', 'objects']),
    explain: (error) => (isShutDown(client.getChannel()) ? clientClosed(error) : error),
    unhandled: report,
  };
}

/** The settings of one call: the client's, and what `given` says otherwise. */
export function checkedCall(client: Settings, given: RxCallOptions, sendsMany: boolean): Settings {
  checkNames('a call', given, sendsMany ? streamNames : callNames);
  const { metadata, timeoutMs = client.timeoutMs, deadline = Infinity, signal, onMetadata, onStatus } = given;
  if (typeof metadata === 'function') throw badOption('metadata', "an instance of grpc-js's Metadata", metadata);
  checkMetadata(metadata);
  checkedSignal(signal);
  if (onMetadata) callable('onMetadata', onMetadata);
  if (onStatus) callable('onStatus', onStatus);
  return {
    ...client,
    ...(metadata && { metadata: () => withOwn(client.metadata(), metadata) }),
    timeoutMs: milliseconds('timeoutMs', timeoutMs),
    deadline: moment('deadline', deadline),
    ...(signal && { signal, unhandled: ignoreAbort(signal) }),
    ...(onMetadata && { onMetadata: reporting((came: Metadata) => onMetadata(withoutAgreements(came))) }),
    ...(onStatus && {
      onStatus: reporting((status: StatusObject, peer: string | undefined) => {
        // An interceptor may give a status that has none.
        if (status.metadata instanceof Metadata) withoutAgreements(status.metadata);
        onStatus(status, peer);
      }),
    }),
  };
}

const copyOf = (given: Metadata | Promise<Metadata>): Metadata | Promise<Metadata> =>
  given instanceof Metadata ? given.clone() : given.then((metadata) => metadata.clone());

function withOwn(given: Metadata | Promise<Metadata>, own: Metadata): Metadata | Promise<Metadata> {
  return given instanceof Metadata ? merged(given, own) : given.then((metadata) => merged(metadata, own));
}
