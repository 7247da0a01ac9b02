import { credentials } from '@grpc/grpc-js';
import { channelOptions, limitInFlight, rx } from 'rxduplex';
import { KeyValueServiceClient } from 'rxduplex/kv';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';

import type { Answer, Connect } from './contender.js';
import { refusalOf } from './grpc-js.js';
import type { Operation } from './workload.js';

const done: Answer = { outcome: 'done' };

/** Unary calls through `rx`, with a bound for those in flight. */
export const unary: Connect = (port, inFlight) => {
  const client = new KeyValueServiceClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
  const service = rx(client, { limit: limitInFlight({ max: inFlight }) });
  const answerTo = ({ kind, key: text, value }: Operation): Observable<Answer> => {
    const key = Buffer.from(text, 'latin1');
    switch (kind) {
      case 'create':
        return service.create({ key, value }).pipe(map(() => done));
      case 'retrieve':
        return service.retrieve({ key }).pipe(map((found) => ({ outcome: 'done', value: found.value })));
      case 'update':
        return service.update({ key, value }).pipe(map(() => done));
      case 'delete':
        return service.delete({ key }).pipe(map(() => done));
    }
  };
  return (operation, answered) => {
    answerTo(operation).subscribe({ next: answered, error: (error: unknown) => answered(refusalOf(error)) });
  };
};
