import type { Open } from './duplex/open.js';
import type { ReconnectPolicy } from './duplex/reconnect.js';
import type { Select, Tagged } from './inbound/select.js';
import { badOption } from './options.js';
import type { Bounds, OutgoingOptions, Overflow } from './outgoing/options.js';
import type { Requests } from './request/options.js';
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
