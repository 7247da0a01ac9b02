import type { ObservableInput } from 'rxjs';
import { whyNoMessage, whyNoMessageOf } from '../message.js';
import type { WhyNot } from '../message.js';
import { givesMessages } from '../outgoing/source.js';

/** Whether a handler's result gives responses. Bytes are a response, although they can be iterated. */
export function givesResponses<T>(result: unknown): result is Exclude<ObservableInput<T>, PromiseLike<T>> {
  return givesMessages<T>(result) && !ArrayBuffer.isView(result);
}

/** Why a value can be no response of `method`. */
export function whyNoResponse(method: object): WhyNot {
  const whyNotOfMethod = whyNoMessageOf(method, 'responseType');
  return (value) => {
    if (value === undefined || value === null) return `${String(value)}: leave it out, with filter or ignoreElements`;
    return whyNoMessage(value) ?? whyNotOfMethod(value);
  };
}

/** What a handler may give, for one that has given nothing. */
export const mayGive = 'a message, an Observable, an iterable, an async iterable, or a promise of one of these';
