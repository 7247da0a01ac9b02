import { from, isObservable } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';
import { RxDuplexError } from '../errors.js';

/** Where a source is fed into. */
export interface Sink<T> {
  next(message: T): boolean;
  put(message: T, wait: boolean, signal?: AbortSignal): Promise<void>;
  readonly closed: boolean;
  readonly closing$: Observable<never>;
}

export async function feed<T>(sink: Sink<T>, source: ObservableInput<T>, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (sink.closed) throw closed();
  const stop = new AbortController();
  const aborted = (): void => {
    stop.abort(signal?.reason);
  };
  signal?.addEventListener('abort', aborted);
  const closing = sink.closing$.subscribe({
    complete: () => {
      stop.abort(closed());
    },
  });
  try {
    if (isObservable(source)) await push(sink, source, stop.signal);
    else if (Symbol.asyncIterator in source) await pull(sink, source[Symbol.asyncIterator](), stop.signal, signal);
    else if (Symbol.iterator in source) await pull(sink, source[Symbol.iterator](), stop.signal, signal);
    else await push(sink, from(source), stop.signal);
  } finally {
    signal?.removeEventListener('abort', aborted);
    closing.unsubscribe();
  }
}

const closed = (): RxDuplexError => new RxDuplexError('CLOSED', 'no more messages are taken');

function push<T>(sink: Sink<T>, source: Observable<T>, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscription = source.subscribe({
      next: (message) => void sink.next(message),
      error: reject,
      complete: resolve,
    });
    const end = (): void => {
      subscription.unsubscribe();
      reject(stop.reason as Error);
    };
    if (stop.aborted) end();
    else stop.addEventListener('abort', end);
    subscription.add(() => {
      stop.removeEventListener('abort', end);
    });
  });
}

/** `stop` ends the asking. What already waits for room is only withdrawn by `signal`: a completed buffer still sends it. */
async function pull<T>(
  sink: Sink<T>,
  source: Iterator<T> | AsyncIterator<T>,
  stop: AbortSignal,
  signal?: AbortSignal,
): Promise<void> {
  let asking = false;
  try {
    for (;;) {
      stop.throwIfAborted();
      asking = true;
      const asked = source.next();
      const result = 'then' in asked ? await interruptible(asked, stop) : asked;
      if (result.done) return;
      asking = false;
      await sink.put(result.value, true, signal).catch(refusedAlone);
    }
  } catch (error) {
    // A source that failed when it was asked has ended by itself.
    if (!asking || stop.aborted) void giveUp(source);
    throw error;
  }
}

/** A message that no buffer could take says nothing about the next one. */
function refusedAlone(error: unknown): void {
  if (RxDuplexError.is(error) && (error.code === 'TOO_LARGE' || error.code === 'UNSERIALISABLE')) return;
  throw error;
}

async function giveUp(source: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // The feed has failed already, for a reason of its own.
  }
}

/** A source that waits for its next value cannot be asked to stop waiting: it is left behind. */
function interruptible<R>(promise: Promise<R>, stop: AbortSignal): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const end = (): void => {
      reject(stop.reason as Error);
    };
    if (stop.aborted) end();
    else stop.addEventListener('abort', end);
    promise.then(resolve, reject).finally(() => {
      stop.removeEventListener('abort', end);
    });
  });
}
