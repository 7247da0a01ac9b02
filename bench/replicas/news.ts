import type { RemoteStats, State } from 'rxduplex';

/** What the parent tells a member. */
export type Order =
  | { readonly order: 'meet'; readonly peers: Readonly<Record<string, string>> }
  /** Offer no more, send what is queued, and give account. */
  | { readonly order: 'hush' }
  | { readonly order: 'stop' };

/** The status of a link has changed. */
export interface StatusNews {
  readonly news: 'status';
  readonly peer: string;
  readonly state: State;
}

/** What a call left behind when it died, told before the next one is opened. */
export interface QueueNews {
  readonly news: 'queue';
  readonly peer: string;
  /** The first message that was queued and the last one, by their numbers; none if `from` is the larger. */
  readonly from: number;
  readonly to: number;
  /** The last message that was told to be lost, 0 if none was. */
  readonly lastLost: number;
  readonly books: Books;
}

/** On the call there is now the peer has answered a message that was offered after it was opened. */
export interface HeardNews {
  readonly news: 'heard';
  readonly peer: string;
}

/** What became of a question to all peers, two of three being enough. */
export interface AskedNews {
  readonly news: 'asked';
  /** The link to one and the same peer was open for the whole of it. */
  readonly owed: boolean;
  /** Why it was not answered, if it was not. */
  readonly failure?: string;
}

/** What a member tells when it has been hushed: its links are closed by then. */
export interface AccountNews {
  readonly news: 'account';
  readonly links: readonly Account[];
}

export type News = StatusNews | QueueNews | HeardNews | AskedNews | AccountNews;

export type Books = Pick<RemoteStats, 'outbound' | 'inbound'>;

/** A link, as the books have it and as its user has counted for itself. */
export interface Account {
  readonly peer: string;
  readonly books: Books;
  readonly connections: number;
  /** The peer ended the last call with OK, after all that was queued had been sent. */
  readonly confirmed: boolean;
  /** Numbered messages that were offered. */
  readonly numbered: number;
  /** Questions that were offered. */
  readonly asked: number;
  /** Messages that were told not to be sent, by their outcome. */
  readonly told: Readonly<Record<string, number>>;
  /** Replies that were given to a subscriber. */
  readonly replies: number;
}

/** How a question stands in a record of who received it: numbered messages begin with 1. */
export const question = 0;
