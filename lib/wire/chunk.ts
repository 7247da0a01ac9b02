import type { Entry } from '../outgoing/entry.js';
import type { Wire } from './joining.js';

/** What a call is given to write for a message, by what it takes. */
export const chunkOf: Readonly<Record<Wire, (entry: Entry<unknown>) => unknown>> = {
  bytes: ({ payload }) => payload,
  objects: ({ message }) => message,
};

/** What a call serialises with, by what it is given. */
export function serializerOf<T>(wire: Wire, serialize: (message: T) => Buffer): (chunk: T) => Buffer {
  return wire === 'bytes' ? (bytes) => bytes as Buffer : serialize;
}
