import type { ObservableInput } from 'rxjs';
import { badOption } from '../options.js';

/** Messages, or the promise of them: of an Observable, of an iterable, or of one message. */
export type MessageSource<T> = ObservableInput<T> | PromiseLike<T | ObservableInput<T>>;

const has = (value: object, name: PropertyKey): boolean =>
  typeof (value as Readonly<Record<PropertyKey, unknown>>)[name] === 'function';

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && has(value, 'then');
}

/** Whether `value` gives messages: an Observable, an iterable, an async iterable or a readable stream. */
export function givesMessages<T>(value: unknown): value is Exclude<ObservableInput<T>, PromiseLike<T>> {
  if (typeof value !== 'object' || value === null) return false;
  return [Symbol.asyncIterator, Symbol.iterator, 'subscribe', 'getReader'].some((name) => has(value, name));
}

/** Refuses what gives no messages, where it is given. */
export function checkSource(name: string, source: unknown): void {
  if (isPromiseLike(source) || givesMessages(source)) return;
  throw badOption(name, 'an Observable, an iterable, an async iterable, or a promise of one', source);
}
