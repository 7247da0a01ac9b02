import type { Described } from './descriptor.js';

/** Why a value can be no message, as the end of a sentence; nothing if it may be one. */
export type WhyNot = (value: unknown) => string | undefined;

/** Method definitions of proto-loader describe their messages. */
export type MethodTypes = Partial<Readonly<Record<'requestType' | 'responseType', Described>>>;

/** Why `value` can be no message, whatever the messages of the method are. */
export function whyNoMessage(value: unknown): string | undefined {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return undefined;
  const { then, subscribe } = value as { readonly then?: unknown; readonly subscribe?: unknown };
  if (typeof then === 'function') return `a Promise: ${flatten}`;
  if (typeof subscribe === 'function') return `an Observable: ${flatten}`;
  return undefined;
}

/**
 * Why a value that may be a message is none of `method`. A function or a generator is none, whatever the codec. One that
 * has descriptors, as those of proto-loader, takes objects, and protobufjs makes an empty message of anything else without
 * a word; a codec without them may well take a text or a list.
 */
export function whyNoMessageOf(method: object, type: keyof MethodTypes): WhyNot {
  const hasDescriptors = (method as MethodTypes)[type] !== undefined;
  return (value) => {
    if (typeof value === 'function') return 'a function';
    if (value === undefined || value === null) return hasDescriptors ? String(value) : undefined;
    if (typeof value !== 'object') return hasDescriptors ? `a ${typeof value}` : undefined;
    if (ArrayBuffer.isView(value)) return hasDescriptors ? 'bytes' : undefined;
    if (Symbol.asyncIterator in value) return `an async iterable: ${oneByOne}`;
    if (Symbol.iterator in value && (hasDescriptors || 'next' in value)) return `an iterable: ${oneByOne}`;
    if (hasDescriptors && value instanceof Error) return 'an Error: throw it';
    return undefined;
  };
}

const flatten = 'flatten it first, with concatMap or mergeMap instead of map';
const oneByOne = 'send its members one by one, as concatMap and mergeMap do';

/** Serialises messages as the method does, and throws a `TypeError` for what is none. */
export function checkedSerializer<T, Bytes>(
  method: object,
  type: keyof MethodTypes,
  serialize: (message: T) => Bytes,
): (message: T) => Bytes {
  const whyNot = whyNoMessageOf(method, type);
  return (message) => {
    const why = whyNot(message);
    if (why !== undefined) throw new TypeError(`a message must not be ${why}`);
    return serialize(message);
  };
}
