import { credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { KeyValueServiceClient } from 'rxduplex/kv';

import type { Answer, Connect } from './contender.js';

/** Unary calls as the documentation of grpc-js makes them. */
export const grpcJs: Connect = (port) => {
  const client = new KeyValueServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return ({ kind, key: text, value }, answered) => {
    const key = Buffer.from(text, 'latin1');
    const done = (error: ServiceError | null): void => answered(error ? refusalOf(error) : { outcome: 'done' });
    if (kind === 'create') client.create({ key, value }, done);
    else if (kind === 'update') client.update({ key, value }, done);
    else if (kind === 'delete') client.delete({ key }, done);
    else
      client.retrieve({ key }, (error, found) =>
        answered(error || !found ? refusalOf(error) : { outcome: 'done', value: found.value }),
      );
  };
};

/** What the service may say other than done; anything else ends the run. */
export function refusalOf(error: unknown): Answer {
  const code = (error as Partial<ServiceError> | null)?.code;
  if (code === status.NOT_FOUND) return { outcome: 'NOT_FOUND' };
  if (code === status.ALREADY_EXISTS) return { outcome: 'ALREADY_EXISTS' };
  throw error;
}
