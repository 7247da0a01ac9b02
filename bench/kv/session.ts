import { credentials } from '@grpc/grpc-js';
import { channelOptions } from 'rxduplex';
import { KeyValueClient, KvClient } from 'rxduplex/kv';
import type { KvEntry, KvOutcome } from 'rxduplex/kv';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';

import type { Answer, Connect } from './contender.js';
import type { Operation } from './workload.js';

/** The client of the API with versions, over one stream. A run in which it has to repeat something measures something else. */
export const session: Connect = (port, maxInFlight) => {
  const client = new KeyValueClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
  const kv = new KvClient(client, { api: 'session', maxInFlight, maxAttempts: 1 });
  const answerTo = ({ kind, key: text, value }: Operation): Observable<Answer> => {
    const key = Buffer.from(text, 'latin1');
    switch (kind) {
      case 'create':
        return kv.put(key, value, { expected: { exists: false } }).pipe(map(answered('ALREADY_EXISTS')));
      case 'retrieve':
        return kv
          .get(key)
          .pipe(map(({ entry }) => (entry ? { outcome: 'done', value: entry.value } : { outcome: 'NOT_FOUND' })));
      case 'update':
        return kv.put(key, value, { expected: { exists: true } }).pipe(map(answered('NOT_FOUND')));
      case 'delete':
        return kv.delete(key).pipe(map(answered('NOT_FOUND')));
    }
  };
  return (operation, told) => {
    answerTo(operation).subscribe(told);
  };
};

const answered =
  (refused: 'NOT_FOUND' | 'ALREADY_EXISTS') =>
  (written: KvOutcome<KvEntry | undefined>): Answer => {
    if (written.outcome === 'unknown') throw written.error;
    return { outcome: written.outcome === 'done' ? 'done' : refused };
  };
