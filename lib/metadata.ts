import { Metadata } from '@grpc/grpc-js';
import { RxDuplexError, textOf } from './errors.js';
import { badOption } from './options.js';
import { batchHeader, batchedHeader } from './wire/batch.js';

/** What is sent with a call. A function is asked at each call, for a token that is still valid; it may be async. */
export type MetadataSource = Metadata | (() => Metadata | Promise<Metadata>);

/** A proxy may use another copy of grpc-js than this package, which takes nothing but its own. */
const expected = 'an instance of the Metadata of the copy of @grpc/grpc-js that rxduplex uses';

export function checkMetadata(metadata: MetadataSource | undefined): void {
  if (metadata === undefined || typeof metadata === 'function' || metadata instanceof Metadata) return;
  throw badOption('metadata', `${expected}, or a function that gives one`, metadata);
}

/**
 * What `source` gives for one call. Throws or rejects with `METADATA_FAILED`, for which another attempt may fare better,
 * and with `BAD_OPTION` if it gives something else.
 */
export function askFor(source: MetadataSource | undefined): Metadata | Promise<Metadata> {
  if (typeof source !== 'function') return source ?? new Metadata();
  let given: unknown;
  try {
    given = source();
  } catch (cause) {
    return failed(cause);
  }
  if (given instanceof Promise) return given.then(checked, failed);
  if (typeof (given as { then?: unknown } | null | undefined)?.then === 'function') {
    return Promise.resolve(given).then(checked, failed);
  }
  return checked(given);
}

function checked(given: unknown): Metadata {
  if (given instanceof Metadata) return given;
  throw badOption('metadata', `a function that gives ${expected}`, given);
}

function failed(cause: unknown): never {
  throw new RxDuplexError('METADATA_FAILED', `the metadata of the call could not be had: ${textOf(cause)}`, { cause });
}

/** Agreements between the two ends of one hop, which are nothing to whoever is behind either of them. */
export const agreements: readonly string[] = [batchHeader, batchedHeader];

/**
 * Takes the agreements of a hop out of `metadata`, which goes to a user or comes from one: a gateway may pass on all that
 * it was sent, and the next hop would take them for its own.
 */
export function withoutAgreements(metadata: Metadata): Metadata {
  for (const name of agreements) metadata.remove(name);
  return metadata;
}

/** `metadata` and what `own` adds or replaces, its options included, which `merge` of grpc-js leaves out. */
export function merged(metadata: Metadata, own: Metadata): Metadata {
  for (const key of Object.keys(own.getMap())) metadata.remove(key);
  metadata.merge(own);
  metadata.setOptions({ ...metadata.getOptions(), ...own.getOptions() });
  return metadata;
}
