import { credentials } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof, repeated } from 'rxduplex';
import { KeyValueClient } from 'rxduplex/kv';

import type { Answer, Connect } from './contender.js';
import type { Operation } from './workload.js';

type Request = ReturnType<KeyValueClient['session']> extends ClientDuplexStream<infer In, unknown> ? In : never;
type Response = ReturnType<KeyValueClient['session']> extends ClientDuplexStream<never, infer Out> ? Out : never;

/** Operations by id over one stream. */
export const session: Connect = (port, inFlight) => {
  const client = new KeyValueClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
  const remote = new Remote(bidi(client, 'session', { batch: repeated('batch') }), {
    events: oneof('result'),
    outgoing: { maxMessages: inFlight, maxBytes: 256 * 1024 * 1024 },
    // A run with a break in it measures something else.
    reconnect: { maxAttempts: 1 },
    requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: (reply) => reply.id },
  });
  return (operation, answered) => {
    remote.request(requestFor(operation)).subscribe((response) => answered(answerIn(operation, response)));
  };
};

function requestFor({ kind, key: text, value }: Operation): Request {
  const key = Buffer.from(text, 'latin1');
  switch (kind) {
    case 'create':
      return { put: { key, value, expected: { exists: false } } };
    case 'retrieve':
      return { get: { key } };
    case 'update':
      return { put: { key, value, expected: { exists: true } } };
    case 'delete':
      return { delete: { key } };
  }
}

function answerIn({ kind }: Operation, { get, put, delete: deleted, failure }: Response): Answer {
  if (failure) throw new Error(`${kind}: ${failure.message} (${failure.code})`);
  if (get) return get.entry ? { outcome: 'done', value: get.entry.value } : { outcome: 'NOT_FOUND' };
  if ((put ?? deleted)?.done) return { outcome: 'done' };
  return { outcome: kind === 'create' ? 'ALREADY_EXISTS' : 'NOT_FOUND' };
}
