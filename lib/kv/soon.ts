/** A store in memory has its answer at once. */
export type Soon<T> = T | Promise<T>;

/** What `use` makes of it: at once, if it is there at once. */
export function andThen<T, U>(soon: Soon<T>, use: (value: T) => Soon<U>): Soon<U> {
  return soon instanceof Promise ? soon.then(use) : use(soon);
}

/** Tells what `ask` gives, or what it fails of. */
export function settle<T>(ask: () => Soon<T>, given: (value: T) => void, failed: (error: unknown) => void): void {
  let soon: Soon<T>;
  try {
    soon = ask();
  } catch (error) {
    failed(error);
    return;
  }
  if (soon instanceof Promise) soon.then(given, failed);
  else given(soon);
}

/** `promise`, whose rejection ends no process if nobody awaits it. Whoever does is told. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
