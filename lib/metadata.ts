import { Metadata } from '@grpc/grpc-js';
import { RxDuplexError } from './errors.js';
import { badOption } from './options.js';

/** What is sent with a call. A function is asked at each call, for a token that is still valid; it may be async. */
export type MetadataSource = Metadata | (() => Metadata | Promise<Metadata>);

export function checkMetadata(metadata: MetadataSource | undefined): void {
  if (metadata === undefined || typeof metadata === 'function' || metadata instanceof Metadata) return;
  throw badOption('metadata', "an instance of grpc-js's Metadata, or a function that gives one", metadata);
}

/** What `source` gives for one call; throws or rejects with `METADATA_FAILED`. */
export function askFor(source: MetadataSource | undefined): Metadata | Promise<Metadata> {
  if (typeof source !== 'function') return source ?? new Metadata();
  try {
    const given = source();
    return given instanceof Metadata ? given : given.catch(failed);
  } catch (cause) {
    return failed(cause);
  }
}

function failed(cause: unknown): never {
  throw new RxDuplexError('METADATA_FAILED', 'the metadata of the call could not be had', { cause });
}
