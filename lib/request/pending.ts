import type { Subscriber, Unsubscribable } from 'rxjs';
import type { Dropped, Entry, Follower } from '../outgoing/entry.js';
import type { Linked } from '../queue.js';
import type { Deadline } from './deadlines.js';

/** Who keeps the pending requests. */
export interface Keeper<Out, In> {
  taken(pending: Pending<Out, In>): void;
  returned(pending: Pending<Out, In>): void;
  ended(pending: Pending<Out, In>, dropped: Dropped<unknown>): void;
  left(pending: Pending<Out, In>): void;
}

/** One request, from its subscription to its reply, or to the reply that comes after it was given up. */
export class Pending<Out, In> implements Follower, Linked<Pending<Out, In>>, Unsubscribable {
  readonly message: Out;
  readonly subscriber: Subscriber<In>;
  readonly #keeper: Keeper<Out, In>;
  /** In line for its turn, offered to the buffer, handed to the call, or out of all these. */
  place: 'line' | 'offered' | 'written' | 'gone' = 'line';
  /** Its subscriber has had its answer, or wants none any more. */
  settled = false;
  /** It was written and then given up: its reply may still come, and is then nobody's. */
  isGivenUp = false;
  wasFlushed = false;
  id = '';
  deadline: Deadline<Pending<Out, In>> | undefined;
  entry: Entry<Out> | undefined;
  before: Pending<Out, In> | undefined;
  after: Pending<Out, In> | undefined;

  constructor(message: Out, subscriber: Subscriber<In>, keeper: Keeper<Out, In>) {
    this.message = message;
    this.subscriber = subscriber;
    this.#keeper = keeper;
  }

  taken(): void {
    this.#keeper.taken(this);
  }

  returned(): void {
    this.#keeper.returned(this);
  }

  flushed(): void {
    this.wasFlushed = true;
  }

  ended(dropped: Dropped<unknown>): void {
    this.#keeper.ended(this, dropped);
  }

  /** Its subscriber is done with it, whatever the reason. */
  unsubscribe(): void {
    this.#keeper.left(this);
  }
}
