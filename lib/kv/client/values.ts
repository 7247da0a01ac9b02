import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';

import type { Current__Output, Entry__Output } from '../../generated/kv.js';
import { RxDuplexError } from '../../index.js';
import { badOption, checkFields, orderly } from '../../internal.js';
import type { Names } from '../../internal.js';

/** A key or a value, as it is given: a string is its UTF-8. */
export type Bytes = Uint8Array | string;

/** A key with its value. `version` is the revision that wrote it. */
export interface KvEntry {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly version: number;
}

/** How a key is: without an `entry` it has no value. */
export interface KvCurrent {
  readonly key: Buffer;
  readonly entry: KvEntry | undefined;
}

/** From the key `start` up to `end`, which is not part of it; without them, from the first key to the last. */
export interface KvSpan {
  readonly start?: Bytes;
  readonly end?: Bytes;
}

export function asBytes(name: string, given: Bytes): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given);
  if (given instanceof Uint8Array) return given;
  throw badOption(name, 'a Uint8Array, or a string', given);
}

export function spanOnWire(span: KvSpan): { readonly start: Uint8Array; readonly end: Uint8Array } {
  checkFields('span', span, { start: true, end: true } satisfies Names<KvSpan>);
  const { start = '', end = '' } = span;
  return { start: asBytes('span.start', start), end: asBytes('span.end', end) };
}

/** A number that JavaScript could not tell from its neighbours is an error, and is never rounded. */
export function numberOf(what: 'revision' | 'version', wire: string): number {
  const number = Number(wire);
  if (Number.isSafeInteger(number)) return number;
  throw statusError(status.DATA_LOSS, `the ${what} ${wire} is beyond the whole numbers of JavaScript`);
}

export function entryOf({ key, value, version }: Entry__Output): KvEntry {
  return { key, value, version: numberOf('version', version) };
}

export function currentOf({ key, entry }: Current__Output): KvCurrent {
  return { key, entry: entry ? entryOf(entry) : undefined };
}

type StatusError = Error & Pick<ServiceError, 'details' | 'metadata'> & { readonly code: number };

/** What grpc-js makes of a call that ends with that status. */
export function statusError(code: number, details: string): StatusError {
  const error = new Error(`${String(code)} ${status[code] ?? 'UNKNOWN'}: ${details}`);
  return Object.assign(error, { code, details, metadata: new Metadata() });
}

/** The error of an operation that a closed client does not begin, or attempt again; `cause` is what it failed of before. */
export const closedBecause = (cause: unknown): RxDuplexError =>
  orderly(new RxDuplexError('CLOSED', 'the client is closed', cause === undefined ? undefined : { cause }));
