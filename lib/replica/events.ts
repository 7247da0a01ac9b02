import type { Dropped, EventMap, Status, Tagged } from '../index.js';

/** What a peer has said, with the name of the peer. */
export type ReplicaEvent<E extends Tagged> = { [T in E[0]]: EventOf<E, T> }[E[0]];

/** The same, of one type. */
export interface EventOf<E extends Tagged, T extends E[0]> {
  readonly type: T;
  readonly source: string;
  readonly value: EventMap<E>[T];
}

/** How it stands with the link to a peer. */
export interface PeerStatus {
  readonly peer: string;
  readonly status: Status;
}

/** A message that did not reach its peer. */
export interface Undelivered<Out> extends Dropped<Out> {
  readonly peer: string;
  readonly type: string;
}
