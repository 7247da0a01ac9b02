import type { Subscriber } from 'rxjs';
import { checkNames } from './names.js';
import type { Names } from './names.js';
import { badOption } from './options.js';
import { Queue } from './queue.js';
import type { Linked } from './queue.js';

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

interface Listener extends Linked<Listener> {
  readonly aborted: (reason: unknown) => void;
  listening: boolean;
}

const listenersOf = new WeakMap<AbortSignal, Queue<Listener>>();

/**
 * Calls `aborted` with the reason when `signal` is aborted, unless the function that it returns is called before. Node
 * warns of a leak when more than ten listen to one signal, and many operations may well share one: so all of them share
 * one listener, which is removed with the last of them.
 */
export function onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): () => void {
  const listener: Listener = { aborted, listening: true, before: undefined, after: undefined };
  const listeners = listenersOf.get(signal) ?? listenTo(signal);
  listeners.push(listener);
  return () => {
    if (!listener.listening) return;
    leave(listeners, listener);
    if (!listeners.first && listenersOf.get(signal) === listeners) forget(signal);
  };
}

/** Fails `subscriber` with the reason of `signal` when that is aborted, or at once if it has been. */
export function failOnAbort(subscriber: Subscriber<never>, signal: AbortSignal): void {
  if (signal.aborted) subscriber.error(signal.reason);
  else subscriber.add(onAbort(signal, (reason) => subscriber.error(reason)));
}

function listenTo(signal: AbortSignal): Queue<Listener> {
  const listeners = new Queue<Listener>();
  listenersOf.set(signal, listeners);
  signal.addEventListener('abort', abortAll);
  return listeners;
}

function forget(signal: AbortSignal): void {
  listenersOf.delete(signal);
  signal.removeEventListener('abort', abortAll);
}

function leave(listeners: Queue<Listener>, listener: Listener): void {
  listener.listening = false;
  listeners.remove(listener);
}

/** One listener may make others leave, which are then not called any more. */
function abortAll(this: AbortSignal): void {
  const listeners = listenersOf.get(this);
  forget(this);
  for (let next = listeners?.first; listeners && next; next = listeners.first) {
    leave(listeners, next);
    next.aborted(this.reason);
  }
}
