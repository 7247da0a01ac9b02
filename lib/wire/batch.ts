import { badOption, callable } from '../options.js';
import type { Packing, Wire } from './joining.js';
import type { Unpack } from './reader.js';

/**
 * In the initial metadata of a call: that its client understands envelopes by the name that is given. The answer has a
 * name of its own, so that a peer which only echoes what it was sent has not agreed.
 */
export const batchHeader = 'rxduplex-batch';
export const batchedHeader = 'rxduplex-batched';

/** Envelopes of the user's own: how several messages become one, and that one several again. */
export interface Batch<Out, In> {
  /** Envelopes are used with peers that give the same name. */
  readonly name: string;
  /** Without it single messages are sent. */
  join?(this: void, messages: readonly Out[]): Out;
  /** The messages of an envelope; nothing for a message that is none. What it throws ends the call. */
  split?(this: void, message: In): readonly In[] | null | undefined;
}

/** Envelopes by a repeated field. */
export interface Repeated<K extends string> {
  readonly field: K;
}

/** The fields of a message that hold many of its own kind. */
export type FieldOfMany<M> = {
  [K in keyof M & string]: NonNullable<M[K]> extends readonly (infer Member)[] ? (M extends Member ? K : never) : never;
}[keyof M & string];

/**
 * Packs what waits into one message whose repeated `field`, of the message's own type, holds it:
 * `message Update { …; repeated Update batch = 9; }`. Cheaper for both sides than any other way to send many small
 * messages; agreed on in the initial metadata, so that a peer that knows nothing of it gets single messages. A peer that
 * has agreed takes any message whose `field` is filled for an envelope: leave it to the library.
 */
export function repeated<const K extends string>(field: K): Repeated<K> {
  if (typeof field === 'string' && /^[\w.-]+$/.test(field)) return { field };
  throw badOption('field', 'the name of a repeated field', field);
}

/** Envelopes as a call makes and reads them. */
export interface Batching<Out, In> {
  readonly name: string;
  /** How to make them; none, if they are only read. Throws `BAD_OPTION` for messages that have no such field. */
  packing(): Packing<Out> | undefined;
  readonly unpack: Unpack<In>;
}

type Encode<T> = (message: T) => Uint8Array;

export function batchingOf<Out, In>(
  batch: Batch<Out, In> | Repeated<string>,
  encode: Encode<Out>,
  wire: Wire,
): Batching<Out, In> {
  if (typeof batch !== 'object') throw badOption('batch', 'given by repeated, or an object with a name', batch);
  if ('field' in batch) return byField(batch.field, encode as Encode<unknown>, wire);
  const { name, join, split: unpack = () => undefined } = batch;
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) {
    throw badOption('batch.name', 'a word of letters, digits, dots and dashes', name);
  }
  callable('batch.split', unpack);
  const packing = join && joinedBy(callable('batch.join', join), encode, wire);
  return { name, packing: () => packing, unpack };
}

function joinedBy<T>(join: (messages: readonly T[]) => T, encode: Encode<T>, wire: Wire): Packing<T> {
  return {
    overhead: 10,
    pack: (_, entries) => {
      const envelope = join(entries.map(({ message }) => message));
      return wire === 'bytes' ? encode(envelope) : envelope;
    },
  };
}

function byField<Out, In>(field: string, encode: Encode<unknown>, wire: Wire): Batching<Out, In> {
  const envelope = (messages: readonly unknown[]): unknown => ({ [field]: messages });
  let packing: Packing<Out> | undefined;
  const made = (): Packing<Out> => {
    const tag = tagOf(envelope, encode);
    if (tag) return wire === 'bytes' ? repeating(tag) : joinedBy<unknown>(envelope, encode, wire);
    throw badOption('batch', 'a repeated field of the type that is sent, holding messages of that type', field);
  };
  return {
    name: field,
    packing: () => (packing ??= made()),
    unpack: (message) => {
      const members = (message as Readonly<Record<string, readonly In[] | undefined>>)[field];
      return members?.length ? members : undefined;
    },
  };
}

/**
 * What stands before each member of the field on the wire, told by the serialiser itself: an envelope of one empty
 * message is that tag and a length of 0, and an envelope of that envelope is the tag, its length, and the same again.
 */
function tagOf(envelope: (messages: readonly unknown[]) => unknown, encode: Encode<unknown>): Buffer | undefined {
  const one = Buffer.from(encode(envelope([{}])));
  const two = Buffer.from(encode(envelope([envelope([{}])])));
  const tag = one.subarray(0, -1);
  const nested = Buffer.concat([tag, Buffer.of(one.length), one]);
  return tag.length > 0 && one.at(-1) === 0 && two.equals(nested) ? tag : undefined;
}

/** The bytes of a length in protobuf, seven bits a byte. */
const lengthBytes = 5;

/** Members that are serialised already become an envelope without being touched. */
function repeating(tag: Buffer): Packing<unknown> {
  const overhead = tag.length + lengthBytes;
  return {
    overhead,
    pack: (chunks) => {
      const members = chunks as readonly Buffer[];
      const size = members.reduce((total, { length }) => total + overhead + length, 0);
      const target = Buffer.allocUnsafe(size);
      let at = 0;
      for (const member of members) {
        at += tag.copy(target, at);
        let { length } = member;
        for (; length > 0x7f; length >>>= 7) target[at++] = (length & 0x7f) | 0x80;
        target[at++] = length;
        at += member.copy(target, at);
      }
      return target.subarray(0, at);
    },
  };
}
