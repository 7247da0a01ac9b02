import type { Client, MethodDefinition } from '@grpc/grpc-js';
import { Observable } from 'rxjs';
import { begin } from './begin.js';
import type { Settings } from './options.js';
import { Reply } from './reply.js';

/** Calls of a method with one request and one response. */
export function unary<In, Out>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<In, Out>,
): (request: In, settings: Settings) => Observable<Out> {
  return (request, settings) =>
    new Observable<Out>((subscriber) => {
      begin(subscriber, settings, (metadata, options) => {
        const reply = new Reply<Out>();
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          options,
          reply.received,
        );
        reply.join(subscriber, client, call, settings);
      });
    });
}
