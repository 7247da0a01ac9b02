import { status } from '@grpc/grpc-js';
import type { Metadata, StatusObject } from '@grpc/grpc-js';
import { codeOf } from '../errors.js';

export type Refusal = Partial<StatusObject> & Pick<StatusObject, 'code' | 'details'>;

/** A response that cannot be sent, of which the peer learns no more. */
export const unserialisable: Refusal = { code: status.INTERNAL, details: 'a response could not be serialised' };

/**
 * What the peer is told of a handler's failure. An error that is a gRPC status (`code` from 1 to 16) is passed on; of
 * any other the peer learns only that there was one, since its message may name what is none of theirs. The trailers of
 * the call go with it, and those of the error.
 */
export function statusOf(error: unknown, trailers?: Metadata): Refusal {
  const code = codeOf(error);
  if (!isStatus(code))
    return { code: status.UNKNOWN, details: 'the handler failed', ...(trailers && { metadata: trailers }) };
  const { details, message, metadata: own } = error as Partial<StatusObject> & { message?: string };
  if (own && trailers) trailers.merge(own);
  const metadata = trailers ?? own;
  return { code, details: details ?? message ?? '', ...(metadata && { metadata }) };
}

const isStatus = (code: unknown): code is status =>
  typeof code === 'number' && code >= 1 && code <= 16 && code in status;
