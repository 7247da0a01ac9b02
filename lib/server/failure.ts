import { status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import { codeOf } from '../errors.js';

/**
 * What the peer is told of a handler's failure. An error that is a gRPC status (`code` from 1 to 16) is passed on; of
 * any other the peer learns only that there was one, since its message may name what is none of theirs.
 */
export function statusOf(error: unknown): Partial<StatusObject> & Pick<StatusObject, 'code' | 'details'> {
  const code = codeOf(error);
  if (!isStatus(code)) return { code: status.UNKNOWN, details: 'the handler failed' };
  const { details, message, metadata } = error as Partial<StatusObject> & { message?: string };
  return { code, details: details ?? message ?? '', ...(metadata && { metadata }) };
}

const isStatus = (code: unknown): code is status =>
  typeof code === 'number' && code >= 1 && code <= 16 && code in status;
