/* eslint-disable @typescript-eslint/no-deprecated -- `lift` is internal to RxJS, and the only way into its operators */
import { Observable, Subscriber, throwError } from 'rxjs';
import type { Observer, Operator, Subscription, TeardownLogic, UnaryFunction } from 'rxjs';

type Stage = UnaryFunction<unknown, unknown>;

/** What is done with an error for which a subscriber has no error function. */
export type Unhandled = (error: unknown) => void;

/**
 * An Observable with errors that are no failures: its reader was closed, its signal aborted, its peer has left. Whoever
 * passes an error function is notified of them as of any error. A final `subscribe` without one leaves them to
 * `unhandled`, which ignores them, where RxJS would end the process with an uncaught exception.
 *
 * What the operators of RxJS make of such a stream is one as well. `lift` is the one hook that all of them go through,
 * whether they are applied by this `pipe`, by the function `pipe` of RxJS, or by hand.
 */
export class OrderlyObservable<T> extends Observable<T> {
  protected readonly unhandled: Unhandled;

  constructor(unhandled: Unhandled, subscribe?: (subscriber: Subscriber<T>) => TeardownLogic) {
    super(subscribe);
    this.unhandled = unhandled;
  }

  /** A `ConnectableObservable` borrows this method from its source, and is left as RxJS makes it. */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    if (!(this instanceof OrderlyObservable)) return Observable.prototype.lift.call(this, operator) as Observable<R>;
    return Object.assign(this.like<R>(), { source: this, operator });
  }

  /** Applies operators. A plain Observable that one of them makes is wrapped; a subclass is left as it is. */
  declare readonly pipe: Observable<T>['pipe'];

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (typeof observerOrNext !== 'object' || observerOrNext === null) {
      const observer = { next: observerOrNext, error: error ?? this.unhandled, complete };
      return super.subscribe(observer as Partial<Observer<T>>);
    }
    if (observerOrNext instanceof Subscriber || typeof observerOrNext.error === 'function') {
      return super.subscribe(observerOrNext);
    }
    return super.subscribe({
      next: (value) => observerOrNext.next?.(value),
      error: this.unhandled,
      complete: () => observerOrNext.complete?.(),
    });
  }

  /** Another stream with the traits of this one. */
  protected like<R>(subscribe?: (subscriber: Subscriber<R>) => TeardownLogic): OrderlyObservable<R> {
    return new OrderlyObservable<R>(this.unhandled, subscribe);
  }

  /** Wraps `stream`, which costs nothing a value: the source is given the subscriber itself. */
  protected wrapped(stream: unknown): unknown {
    if (!(stream instanceof Observable) || stream.constructor !== Observable) return stream;
    return this.like<unknown>((subscriber) => stream.subscribe(subscriber));
  }
}

// As a method it would have to repeat all overloads of RxJS; as a property each stream would have a function of its own.
Object.defineProperty(OrderlyObservable.prototype, 'pipe', {
  value(this: OrderlyObservable<unknown>, ...stages: Stage[]): unknown {
    return stages.reduce<unknown>((source, stage) => this['wrapped'](stage(source)), this);
  },
});

/** Reports an error as RxJS reports one that nobody handles. */
export const report: Unhandled = (error) => {
  throwError(() => error).subscribe();
};

/** A mistake of the user's in a function that grpc-js calls is reported as one in a subscriber is, and stops nothing. */
export function reporting<A extends unknown[]>(act: (...values: A) => void): (...values: A) => void {
  return (...values) => {
    try {
      act(...values);
    } catch (error) {
      report(error);
    }
  };
}

const notices = new WeakSet<object>();

/** Remembers that `error` only tells of an end that somebody asked for. */
export function orderly<E extends object>(error: E): E {
  notices.add(error);
  return error;
}

const isOrderly = (error: unknown): boolean => typeof error === 'object' && error !== null && notices.has(error);

/** Ignores errors that only tell of an end that somebody asked for, and reports all others. */
export const ignoreOrderly: Unhandled = (error) => {
  if (!isOrderly(error)) report(error);
};

/** The same, and ignores the reason of `signal` as well: whoever has aborted it knows. */
export function ignoreAbort(signal: AbortSignal): Unhandled {
  return (error) => {
    if (!signal.aborted || error !== signal.reason) ignoreOrderly(error);
  };
}
