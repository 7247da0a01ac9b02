import { Observable, Subscription } from 'rxjs';
import type { Subscriber, TeardownLogic } from 'rxjs';
import { Gated } from '../gate.js';
import type { Gate } from '../gate.js';
import { Listeners } from '../listeners.js';
import { inbound } from '../stats.js';
import type { Inbound } from '../stats.js';
import type { EventMap, Select, Tagged } from './select.js';

/** A message on which `select` threw. */
export interface Invalid<M> {
  readonly message: M;
  readonly error: unknown;
}

/** A stream made of a source with the gate `G`, if it has one. */
export type StreamOf<G extends Gate | undefined, T> = G extends Gate ? Gated<T> : Observable<T>;

/** What all present listeners share: from the first of them to the last, or to the end. */
class Connection extends Subscription {
  listeners = 0;
}

type Ending = Pick<Listeners<never>, 'error' | 'complete'>;

/**
 * Gives each message to the subscribers of its type: one lookup a message, however many types and subscribers there
 * are. A stream exists before its first message, and a type takes room only while somebody listens to it.
 */
export class Router<M, E extends Tagged, G extends Gate | undefined> {
  /** Messages that nobody was given: of no type, or of a type that nobody listens to now. */
  readonly unrouted$: StreamOf<G, M>;
  /** Messages on which `select` threw. */
  readonly invalid$: StreamOf<G, Invalid<M>>;

  readonly #gate: G;
  readonly #select: Select<M, E>;
  readonly #connect: (connection: Subscription) => TeardownLogic;
  readonly #routes = new Map<PropertyKey, Listeners<unknown>>();
  readonly #stats = inbound();
  #unrouted = new Listeners<M>();
  #invalid = new Listeners<Invalid<M>>();
  #connection: Connection | undefined;

  /**
   * `connect` is called for the first listener, with what will be unsubscribed after the last; what it gives is added
   * to that. `gate` is the gate of all its streams, if their source has one: a gate that stops nothing would only pretend.
   */
  constructor(gate: G, select: Select<M, E>, connect: (connection: Subscription) => TeardownLogic) {
    this.#gate = gate;
    this.#select = select;
    this.#connect = connect;
    this.unrouted$ = this.#listen(() => this.#unrouted);
    this.invalid$ = this.#listen(() => this.#invalid);
  }

  /** The values of one type of event. */
  on<T extends E[0]>(type: T): StreamOf<G, EventMap<E>[T]> {
    return this.#listen(
      () => this.#route(type) as Listeners<EventMap<E>[T]>,
      () => {
        this.#forget(type);
      },
    );
  }

  /** Dispatches a message completely. `claimed` says that somebody has been given it already. */
  dispatch(message: M, claimed = false): void {
    let event: E | undefined;
    try {
      // Whose it is matters only if somebody could be given it.
      if (!claimed || this.#routes.size > 0) event = this.#select(message);
    } catch (error) {
      this.refuse(message, error);
      return;
    }
    this.#stats.received += 1;
    const route = event && this.#routes.get(event[0]);
    if (route || claimed) {
      this.#stats.routed += 1;
      route?.next(event?.[1]);
    } else {
      this.#stats.unrouted += 1;
      this.#unrouted.next(message);
    }
  }

  /** Counts a message that could not be read as invalid. */
  refuse(message: M, error: unknown): void {
    this.#stats.received += 1;
    this.#stats.invalid += 1;
    this.#invalid.next({ message, error });
  }

  error(error: unknown): void {
    this.#end((listeners) => {
      listeners.error(error);
    });
  }

  complete(): void {
    this.#end((listeners) => {
      listeners.complete();
    });
  }

  stats(): Readonly<Inbound> {
    return { ...this.#stats };
  }

  /** Whoever subscribes after the end begins anew, also while the others are still being told of it. */
  #end(tell: (listeners: Ending) => void): void {
    this.#connection = undefined;
    const ending: Ending[] = [...this.#routes.values(), this.#unrouted, this.#invalid];
    this.#routes.clear();
    this.#unrouted = new Listeners();
    this.#invalid = new Listeners();
    ending.forEach(tell);
  }

  #route(type: PropertyKey): Listeners<unknown> {
    const route = this.#routes.get(type) ?? new Listeners();
    this.#routes.set(type, route);
    return route;
  }

  #forget(type: PropertyKey): void {
    if (!this.#routes.get(type)?.observed) this.#routes.delete(type);
  }

  #listen<T>(listeners: () => Listeners<T>, left?: TeardownLogic): StreamOf<G, T> {
    const subscribe = (subscriber: Subscriber<T>): void => {
      const connection = (this.#connection ??= new Connection());
      connection.listeners += 1;
      listeners().add(subscriber);
      subscriber.add(left);
      subscriber.add(() => {
        connection.listeners -= 1;
        if (connection.listeners > 0) return;
        if (this.#connection === connection) this.#connection = undefined;
        connection.unsubscribe();
      });
      if (connection.listeners === 1) connection.add(this.#connect(connection));
    };
    const stream = this.#gate ? new Gated<T>(this.#gate, subscribe) : new Observable<T>(subscribe);
    return stream as StreamOf<G, T>;
  }
}
