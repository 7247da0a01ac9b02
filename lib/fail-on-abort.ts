import type { Subscriber } from 'rxjs';

/** Fails `subscriber` with the reason of `signal` when that is aborted, or at once if it has been. */
export function failOnAbort(subscriber: Subscriber<never>, signal: AbortSignal): void {
  const aborted = (): void => {
    subscriber.error(signal.reason);
  };
  if (signal.aborted) {
    aborted();
    return;
  }
  signal.addEventListener('abort', aborted);
  subscriber.add(() => {
    signal.removeEventListener('abort', aborted);
  });
}
