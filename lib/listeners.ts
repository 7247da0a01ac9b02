import type { Observer, Subscriber, Unsubscribable } from 'rxjs';
import { Queue } from './queue.js';
import type { Linked } from './queue.js';

/** A subscriber among others. */
class Listener<T> implements Linked<Listener<T>>, Unsubscribable {
  readonly subscriber: Subscriber<T>;
  before: Listener<T> | undefined;
  after: Listener<T> | undefined;
  readonly #leave: (listener: Listener<T>) => void;

  constructor(subscriber: Subscriber<T>, leave: (listener: Listener<T>) => void) {
    this.subscriber = subscriber;
    this.#leave = leave;
  }

  unsubscribe(): void {
    this.#leave(this);
  }
}

/**
 * The subscribers of one hot stream, on the way that every message takes: as a `Subject`, but a message given to them
 * allocates nothing, and one of them comes and goes in the same time however many they are.
 */
export class Listeners<T> implements Observer<T> {
  readonly #listeners = new Queue<Listener<T>>();
  /** The same as a list, made anew after somebody came or left: who does so now has no part in the present message. */
  #present: readonly Subscriber<T>[] | undefined;
  #end: ((subscriber: Subscriber<T>) => void) | undefined;

  get observed(): boolean {
    return this.#listeners.first !== undefined;
  }

  /** Gives `subscriber` what comes from now on, until it is unsubscribed; after the end, that end. */
  add(subscriber: Subscriber<T>): void {
    if (this.#end) {
      this.#end(subscriber);
      return;
    }
    const listener = new Listener<T>(subscriber, this.#leave);
    this.#listeners.push(listener);
    this.#present = undefined;
    subscriber.add(listener);
  }

  next(value: T): void {
    for (const subscriber of this.#all) subscriber.next(value);
  }

  error(error: unknown): void {
    this.#finish((subscriber) => {
      subscriber.error(error);
    });
  }

  complete(): void {
    this.#finish((subscriber) => {
      subscriber.complete();
    });
  }

  #finish(end: (subscriber: Subscriber<T>) => void): void {
    if (this.#end) return;
    this.#end = end;
    for (const subscriber of this.#all) end(subscriber);
  }

  get #all(): readonly Subscriber<T>[] {
    return (this.#present ??= Array.from(this.#listeners, ({ subscriber }) => subscriber));
  }

  readonly #leave = (listener: Listener<T>): void => {
    this.#listeners.remove(listener);
    this.#present = undefined;
  };
}
