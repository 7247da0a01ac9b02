const ignore = (): void => undefined;

/**
 * Marks `promise` as handled, so that nobody has to await it: its rejection never becomes an unhandled one, which would
 * end the process. Whoever awaits it is given the reason all the same.
 */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

/** A promise that nobody has to await, and that knows whether anybody does. */
class Reported<T> extends Promise<T> {
  #awaited = false;

  /** What `then` returns is its caller's, and a promise like any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  static of<T>(promise: Promise<T>, report: (error: unknown) => void): Reported<T> {
    const reported = new Reported<T>((resolve) => resolve(promise));
    reported.#reportBy(report);
    return reported;
  }

  // An `await` of a promise that is no plain one comes by here as well.
  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited = true;
    return super.then(fulfilled, rejected);
  }

  #reportBy(report: (error: unknown) => void): void {
    void super.then(undefined, (error: unknown) => {
      setImmediate(() => {
        if (!this.#awaited) report(error);
      });
    });
  }
}

/** `promise`, which nobody has to await: if it is rejected and nobody does, `report` is called with the reason. */
export function reported<T>(promise: Promise<T>, report: (error: unknown) => void): Promise<T> {
  return Reported.of(promise, report);
}
