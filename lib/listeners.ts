import type { Observer, Subscriber } from 'rxjs';

/**
 * The subscribers of one hot stream, on the way that every message takes: as a `Subject`, but a message given to them
 * allocates nothing, and one of them comes and goes in the same time however many they are.
 */
export class Listeners<T> implements Observer<T> {
  readonly #subscribers = new Set<Subscriber<T>>();
  /** The same as a list, made anew after somebody came or left: who does so now has no part in the present message. */
  #present: readonly Subscriber<T>[] | undefined;
  #end: ((subscriber: Subscriber<T>) => void) | undefined;

  get observed(): boolean {
    return this.#subscribers.size > 0;
  }

  /** Gives `subscriber` what comes from now on, until it is unsubscribed; after the end, that end. */
  add(subscriber: Subscriber<T>): void {
    if (this.#end) {
      this.#end(subscriber);
      return;
    }
    this.#subscribers.add(subscriber);
    this.#present = undefined;
    subscriber.add(() => {
      this.#subscribers.delete(subscriber);
      this.#present = undefined;
    });
  }

  next(value: T): void {
    const present = (this.#present ??= [...this.#subscribers]);
    for (const subscriber of present) subscriber.next(value);
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
    for (const subscriber of [...this.#subscribers]) end(subscriber);
  }
}
