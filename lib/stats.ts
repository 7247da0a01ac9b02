/**
 * What became of every message that was offered. Two identities hold after every step, in messages and in bytes:
 * `offered = waiting + rejected + accepted` and
 * `accepted = queued + inFlight + sent + dropped + lost + cancelled + undelivered`.
 */
export interface Outbound {
  /** Every message that a producer brought. */
  offered: number;
  /** Held by a `send` or `feed` that waits for room. */
  waiting: number;
  /** Not taken. */
  rejected: number;
  /** Taken into the buffer. */
  accepted: number;
  /** In the buffer, handed to no call yet. */
  queued: number;
  /** Handed to a call, the write not flushed yet. */
  inFlight: number;
  /** Flushed: left this process. Not an acknowledgement of the peer's. */
  sent: number;
  /** Taken, then given up for the sake of another by the overflow strategy. */
  dropped: number;
  /** In flight when its call died. Its fate is unknown and it is never written again. */
  lost: number;
  /** Withdrawn by its producer while it was queued. */
  cancelled: number;
  /** Still queued when the buffer was closed. */
  undelivered: number;
}

/** What became of every message that was received: `received = routed + unrouted + invalid`. */
export interface Inbound {
  received: number;
  /** Given to at least one subscriber or request. */
  routed: number;
  /** Of a type nobody listens to now, or of none. */
  unrouted: number;
  /** The `select` function threw on it. */
  invalid: number;
}

export type OutboundStats = Readonly<Outbound> & { readonly bytes: Readonly<Outbound> };

/** What became of the messages of a server's call, or of several. */
export interface CallBooks {
  /** Requests. `unrouted` came after the last subscriber of `requests$`. */
  readonly inbound: Readonly<Inbound>;
  /** Responses. */
  readonly outbound: OutboundStats;
}

export const outbound = (): Outbound => ({
  offered: 0,
  waiting: 0,
  rejected: 0,
  accepted: 0,
  queued: 0,
  inFlight: 0,
  sent: 0,
  dropped: 0,
  lost: 0,
  cancelled: 0,
  undelivered: 0,
});

export const inbound = (): Inbound => ({ received: 0, routed: 0, unrouted: 0, invalid: 0 });

/** Adds what is in one account of a kind to another's: the books of several streams as one. */
export function addTo(total: Inbound, books: Readonly<Inbound>): void {
  for (const account of Object.keys(total) as (keyof Inbound)[]) total[account] += books[account];
}

/** How many messages are in one place, and how many bytes. */
export class Account {
  messages = 0;
  bytes = 0;

  enter(size: number): void {
    this.messages += 1;
    this.bytes += size;
  }

  leave(size: number): void {
    this.messages -= 1;
    this.bytes -= size;
  }

  moveTo(account: Account, size: number): void {
    this.leave(size);
    account.enter(size);
  }
}

/** The outbound books, of one buffer or of several. Every move is written where its event happens; no number is derived from another. */
export class Ledger implements Readonly<Record<keyof Outbound, Account>> {
  readonly offered: Account = new Account();
  readonly waiting: Account = new Account();
  readonly rejected: Account = new Account();
  readonly accepted: Account = new Account();
  readonly queued: Account = new Account();
  readonly inFlight: Account = new Account();
  readonly sent: Account = new Account();
  readonly dropped: Account = new Account();
  readonly lost: Account = new Account();
  readonly cancelled: Account = new Account();
  readonly undelivered: Account = new Account();

  add({ bytes, ...messages }: OutboundStats): void {
    for (const account of Object.keys(messages) as (keyof Outbound)[]) {
      this[account].messages += messages[account];
      this[account].bytes += bytes[account];
    }
  }

  stats(): OutboundStats {
    const [messages, bytes] = [outbound(), outbound()];
    for (const account of Object.keys(messages) as (keyof Outbound)[]) {
      messages[account] = this[account].messages;
      bytes[account] = this[account].bytes;
    }
    return { ...messages, bytes };
  }
}
