import type { Open } from './duplex/open.js';
import type { ReconnectPolicy } from './duplex/reconnect.js';
import { oneofOf } from './inbound/select.js';
import type { Select, Tagged } from './inbound/select.js';
import { checkNames } from './names.js';
import type { Names } from './names.js';
import { badOption, callable } from './options.js';
import { measuredNames } from './outgoing/options.js';
import type { Bounds, OutgoingOptions, Overflow } from './outgoing/options.js';
import type { Requests } from './request/options.js';
import { warnOnce } from './warning.js';
import type { Coalesce } from './wire/coalesce.js';

export type RemoteOutgoing<Out> = Bounds & Overflow<Out> & { readonly maxBytes?: number };

export interface RemoteOptions<Out, In, E extends Tagged, R extends Requests<Out, In> | undefined> {
  /** Tells the event in a message: `oneof('event')`, `by('kind')` or a function of your own. */
  readonly events: Select<In, E>;
  /** The bounds of the send buffer and what happens at them. `maxBytes` needs an `Open` that can serialise. */
  readonly outgoing?: RemoteOutgoing<Out>;
  readonly reconnect?: Pick<
    ReconnectPolicy,
    'backoff' | 'retryable' | 'renew' | 'handoverMs' | 'minUptimeMs' | 'patienceMs' | 'maxAttempts' | 'scheduler'
  >;
  /** How a reply finds its request. Without it there is no `request`. */
  readonly requests?: R;
  /** A call that gives no sign of the peer by then counts as failed. Default as of `duplex`. */
  readonly openTimeoutMs?: number;
  /** Whether messages share writes: see `duplex`. */
  readonly coalesce?: Coalesce | false;
  /** How long the last reason for a connection must be gone before it is given up. Default 30,000 ms. */
  readonly idleMs?: number;
}

const names: Names<RemoteOptions<unknown, unknown, Tagged, undefined>> = {
  events: true,
  outgoing: true,
  reconnect: true,
  requests: true,
  openTimeoutMs: true,
  coalesce: true,
  idleMs: true,
};

/** What a `Remote` leaves of a policy to its user. */
type RemotePolicy = NonNullable<RemoteOptions<unknown, unknown, Tagged, undefined>['reconnect']>;

const policyNames: Names<RemotePolicy> = {
  backoff: true,
  retryable: true,
  renew: true,
  handoverMs: true,
  minUptimeMs: true,
  patienceMs: true,
  maxAttempts: true,
  scheduler: true,
};

/** Checks what no part of a `Remote` checks for itself. */
export function checkRemote<Out, In, E extends Tagged, R extends Requests<Out, In> | undefined>(
  options: RemoteOptions<Out, In, E, R>,
): void {
  checkNames('Remote', options, names);
  callable('events', options.events);
  if (options.outgoing !== undefined) checkNames('outgoing', options.outgoing, measuredNames);
  if (options.reconnect !== undefined) checkNames('reconnect', options.reconnect, policyNames);
}

/** Warns of events that will never come, since the messages have no such oneof. */
export function warnOfEvents(open: Pick<Open<never, never>, 'whyNoOneof'>, events: object): void {
  const oneof = oneofOf(events);
  const why = oneof === undefined ? undefined : open.whyNoOneof?.(oneof);
  if (oneof === undefined || why === undefined) return;
  warnOnce('RXDUPLEX_ONEOF', `there will be no events by oneof('${oneof}'): ${why}`, `RXDUPLEX_ONEOF ${oneof} ${why}`);
}

/** A message is measured as the call will carry it, and serialised once where the call takes bytes. */
export function sized<Out>(
  open: Pick<Open<Out, unknown>, 'encode' | 'wire'>,
  outgoing: RemoteOutgoing<Out>,
): OutgoingOptions<Out> {
  const { encode, wire } = open;
  if (encode && wire === 'bytes') return { ...outgoing, encode };
  if (encode) return { ...outgoing, sizeOf: (message: Out) => encode(message).length };
  if (outgoing.maxBytes === undefined) return outgoing as OutgoingOptions<Out>;
  throw badOption('outgoing.maxBytes', 'left out for an Open that cannot serialise', outgoing.maxBytes);
}
