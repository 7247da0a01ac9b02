import { Metadata, status } from '@grpc/grpc-js';
import { StatusError } from 'rxduplex';

import { anotherMetadata } from '../another-grpc.js';

export const failureNames = [
  'an Error',
  'a StatusError',
  'an object with code and details',
  'a string',
  'undefined',
  'null',
  'a DOMException',
  'a frozen object',
  'an error with metadata of another grpc-js',
  'an error with a plain object as metadata',
  'the ServiceError of a backend',
] as const;
export type FailureName = (typeof failureNames)[number];

export const ways = ['thrown', 'rejected', 'emitted'] as const;
export type Way = (typeof ways)[number];

/** What a handler may fail with. */
export interface Failure {
  readonly make: () => unknown;
  /** The status that it is meant as, if any: of all others the client learns only that there was one. */
  readonly told?: { readonly code: status; readonly details: string };
}

const withParts = (parts: object): Error => Object.assign(new Error('secret'), parts);

function metadataBy(Made: typeof Metadata): Metadata {
  const metadata = new Made();
  metadata.set('a', 'b');
  return metadata;
}

/** Made when it is first wanted: the process that only asks has no need of it. */
let another: typeof Metadata | undefined;

export const failures: Readonly<Record<FailureName, Failure>> = {
  'an Error': { make: () => new Error('secret') },
  'a StatusError': {
    make: () => new StatusError(status.NOT_FOUND, 'no such thing'),
    told: { code: status.NOT_FOUND, details: 'no such thing' },
  },
  'an object with code and details': {
    make: () => ({ code: status.INVALID_ARGUMENT, details: 'not that' }),
    told: { code: status.INVALID_ARGUMENT, details: 'not that' },
  },
  'a string': { make: () => 'secret' },
  undefined: { make: () => undefined },
  null: { make: () => null },
  'a DOMException': { make: () => new DOMException('secret', 'NotFoundError') },
  'a frozen object': {
    make: () => Object.freeze({ code: status.ABORTED, details: 'cold' }),
    told: { code: status.ABORTED, details: 'cold' },
  },
  'an error with metadata of another grpc-js': {
    make: () =>
      withParts({ code: status.DATA_LOSS, details: 'gone', metadata: metadataBy((another ??= anotherMetadata())) }),
    told: { code: status.DATA_LOSS, details: 'gone' },
  },
  'an error with a plain object as metadata': {
    make: () => withParts({ code: status.OUT_OF_RANGE, details: 'too far', metadata: { a: 'b' } }),
    told: { code: status.OUT_OF_RANGE, details: 'too far' },
  },
  'the ServiceError of a backend': {
    make: () =>
      Object.assign(new Error('16 UNAUTHENTICATED: the token of the gateway'), {
        code: status.UNAUTHENTICATED,
        details: 'the token of the gateway',
        metadata: metadataBy(Metadata),
      }),
  },
};
