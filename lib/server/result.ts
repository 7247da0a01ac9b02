import type { ObservableInput } from 'rxjs';
import { givesMessages, whyNoMessage } from '../outgoing/source.js';

/** Whether a handler's result gives responses. Bytes are a response, although they can be iterated. */
export function givesResponses<T>(result: unknown): result is Exclude<ObservableInput<T>, PromiseLike<T>> {
  return givesMessages<T>(result) && !ArrayBuffer.isView(result);
}

/** Why a value can be no response, as the end of a sentence; nothing if it may be one. */
export type WhyNot = (value: unknown) => string | undefined;

/**
 * A function or a generator is no response, whatever the codec. One that has descriptors, as those of proto-loader,
 * takes objects, and would make an empty message of anything else; one without may well take a text or a list.
 */
export function whyNoResponse(hasDescriptors: boolean): WhyNot {
  return (value) => {
    if (value === undefined || value === null) return `${String(value)}: leave it out, with filter or ignoreElements`;
    return whyNoMessage(value) ?? whyOther(value, hasDescriptors);
  };
}

function whyOther(value: unknown, hasDescriptors: boolean): string | undefined {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return hasDescriptors ? `a ${typeof value}` : undefined;
  if (Symbol.asyncIterator in value) return `an async iterable: ${flatten}`;
  if (Symbol.iterator in value && (hasDescriptors || 'next' in value)) return `an iterable: ${flatten}`;
  if (hasDescriptors && value instanceof Error) return 'an Error: throw it';
  return undefined;
}

const flatten = 'flatten it first, with concatMap or mergeMap instead of map';

/** What a handler may give, for one that has given nothing. */
export const mayGive = 'a message, an Observable, an iterable, an async iterable, or a promise of one of these';
