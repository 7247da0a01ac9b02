import type { Subscriber } from 'rxjs';
import { checkNames } from './names.js';
import type { Names } from './names.js';
import { OnceListeners } from './once-listeners.js';
import { badOption } from './options.js';

export interface Abortable {
  readonly signal?: AbortSignal;
}

/** The signal of an operation that has no other option. */
export function signalOf(where: string, options: Abortable): AbortSignal | undefined {
  checkNames(where, options, { signal: true } satisfies Names<Abortable>);
  return checkedSignal(options.signal);
}

export function checkedSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw badOption('signal', 'an AbortSignal', signal);
}

const listenersOf = new WeakMap<AbortSignal, OnceListeners<unknown>>();

/**
 * Calls `aborted` with the reason when `signal` is aborted, unless the function that it returns is called before. Node
 * warns of a leak when more than ten listen to one signal, and many operations may well share one: so all of them share
 * one listener, which is removed with the last of them.
 */
export function onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): () => void {
  const listeners = listenersOf.get(signal) ?? listenTo(signal);
  const leave = listeners.add(aborted);
  return () => {
    leave();
    if (listeners.empty && listenersOf.get(signal) === listeners) forget(signal);
  };
}

/** Fails `subscriber` with the reason of `signal` when that is aborted, or at once if it has been. */
export function failOnAbort(subscriber: Subscriber<never>, signal: AbortSignal): void {
  if (signal.aborted) subscriber.error(signal.reason);
  else subscriber.add(onAbort(signal, (reason) => subscriber.error(reason)));
}

function listenTo(signal: AbortSignal): OnceListeners<unknown> {
  const listeners = new OnceListeners<unknown>();
  listenersOf.set(signal, listeners);
  signal.addEventListener('abort', abortAll);
  return listeners;
}

function forget(signal: AbortSignal): void {
  listenersOf.delete(signal);
  signal.removeEventListener('abort', abortAll);
}

function abortAll(this: AbortSignal): void {
  const listeners = listenersOf.get(this);
  forget(this);
  listeners?.notify(this.reason);
}
