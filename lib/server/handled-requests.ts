import { Subscriber } from 'rxjs';
import type { Observer, Subscription, TeardownLogic } from 'rxjs';
import { Gated } from '../gate.js';
import type { Gate } from '../gate.js';

type Failed = (error: unknown) => void;

/**
 * The requests as a handler subscribes to them, and what operators make of them. RxJS ends the process when a subscriber
 * throws, or has no error function for an error; here it is the handler that has failed, and with it its call alone. What
 * a message makes a handler do must not be the end of a server.
 */
export class HandledRequests<T> extends Gated<T> {
  readonly #failed: Failed;

  constructor(gate: Gate, failed: Failed, subscribe?: (subscriber: Subscriber<T>) => TeardownLogic) {
    super(gate, subscribe, failed);
    this.#failed = failed;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // Operators, and all that RxJS itself makes of a stream, take care of what they throw.
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    const observer: Partial<Observer<T>> =
      typeof observerOrNext === 'object' && observerOrNext !== null
        ? observerOrNext
        : ({ next: observerOrNext, error, complete } as Partial<Observer<T>>);
    return super.subscribe({
      next: (value) => this.#try(() => observer.next?.(value)),
      error: (reason: unknown) => this.#try(() => (observer.error ? observer.error(reason) : this.unhandled(reason))),
      complete: () => this.#try(() => observer.complete?.()),
    });
  }

  protected override like<R>(subscribe?: (subscriber: Subscriber<R>) => TeardownLogic): HandledRequests<R> {
    return new HandledRequests<R>(this.gate, this.#failed, subscribe);
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failed(error);
    }
  }
}
