import { Queue } from './queue.js';
import type { Linked } from './queue.js';

interface Listener<T> extends Linked<Listener<T>> {
  readonly act: (value: T) => void;
  listening: boolean;
}

/** Functions that are called once, in the order in which they came, unless they leave before. One may make others leave. */
export class OnceListeners<T> {
  readonly #listeners = new Queue<Listener<T>>();

  get empty(): boolean {
    return !this.#listeners.first;
  }

  /** Calls `act` with what is notified next, unless the function that it returns is called before. */
  add(act: (value: T) => void): () => void {
    const listener: Listener<T> = { act, listening: true, before: undefined, after: undefined };
    this.#listeners.push(listener);
    return () => {
      if (listener.listening) this.#leave(listener);
    };
  }

  notify(value: T): void {
    for (let next = this.#listeners.first; next; next = this.#listeners.first) {
      this.#leave(next);
      next.act(value);
    }
  }

  #leave(listener: Listener<T>): void {
    listener.listening = false;
    this.#listeners.remove(listener);
  }
}
