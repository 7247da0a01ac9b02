import { Observable, Subject, finalize } from 'rxjs';
import type { Unsubscribable } from 'rxjs';
import { inbound } from '../stats.js';
import type { Inbound } from '../stats.js';
import type { EventMap, Select, Tagged } from './select.js';

/** A message on which `select` threw. */
export interface Invalid<M> {
  readonly message: M;
  readonly error: unknown;
}

type Ending = Pick<Subject<never>, 'error' | 'complete'>;

/**
 * Gives each message to the subscribers of its type: one lookup a message, however many types and subscribers there
 * are. A stream exists before its first message, and a type takes room only while somebody listens to it.
 */
export class Router<M, E extends Tagged> {
  /** Messages that nobody was given: of no type, or of a type that nobody listens to now. */
  readonly unrouted$: Observable<M>;
  /** Messages on which `select` threw. */
  readonly invalid$: Observable<Invalid<M>>;

  readonly #select: Select<M, E>;
  readonly #connect: () => Unsubscribable;
  readonly #routes = new Map<PropertyKey, Subject<unknown>>();
  readonly #stats = inbound();
  #unrouted = new Subject<M>();
  #invalid = new Subject<Invalid<M>>();
  #listeners = 0;
  #connection: Unsubscribable | undefined;

  /** `connect` is called for the first listener, and what it gave is unsubscribed after the last. */
  constructor(select: Select<M, E>, connect: () => Unsubscribable) {
    this.#select = select;
    this.#connect = connect;
    this.unrouted$ = this.#listen(() => this.#unrouted);
    this.invalid$ = this.#listen(() => this.#invalid);
  }

  /** The values of one type of event. */
  on<T extends E[0]>(type: T): Observable<EventMap<E>[T]> {
    const values$ = this.#listen(() => this.#route(type)).pipe(
      finalize(() => {
        this.#forget(type);
      }),
    );
    return values$;
  }

  /** Dispatches a message completely. `claimed` says that somebody has been given it already. */
  dispatch(message: M, claimed = false): void {
    let event: E | undefined;
    try {
      event = this.#select(message);
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
    this.#end((subject) => {
      subject.error(error);
    });
  }

  complete(): void {
    this.#end((subject) => {
      subject.complete();
    });
  }

  stats(): Readonly<Inbound> {
    return { ...this.#stats };
  }

  /** Whoever subscribes after the end begins anew. */
  #end(tell: (subject: Ending) => void): void {
    const ending: Ending[] = [...this.#routes.values(), this.#unrouted, this.#invalid];
    this.#routes.clear();
    this.#unrouted = new Subject();
    this.#invalid = new Subject();
    ending.forEach(tell);
  }

  #route(type: PropertyKey): Subject<unknown> {
    const route = this.#routes.get(type) ?? new Subject();
    this.#routes.set(type, route);
    return route;
  }

  #forget(type: PropertyKey): void {
    if (!this.#routes.get(type)?.observed) this.#routes.delete(type);
  }

  #listen<T>(subject: () => Subject<T>): Observable<T> {
    return new Observable<T>((subscriber) => {
      this.#listeners += 1;
      subscriber.add(subject().subscribe(subscriber));
      subscriber.add(() => {
        this.#listeners -= 1;
        if (this.#listeners > 0) return;
        this.#connection?.unsubscribe();
        this.#connection = undefined;
      });
      if (this.#listeners === 1) this.#connected(this.#connect());
    });
  }

  /** A source that ends while it is being subscribed to has taken its listeners with it already. */
  #connected(connection: Unsubscribable): void {
    if (this.#listeners > 0) this.#connection = connection;
    else connection.unsubscribe();
  }
}
