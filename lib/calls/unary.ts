import type { Client, MethodDefinition } from '@grpc/grpc-js';
import type { Observable } from 'rxjs';
import { OrderlyObservable } from '../orderly.js';
import { checkedSerializer } from '../message.js';
import { begin } from './begin.js';
import type { Settings } from './options.js';
import { Reply } from './reply.js';

/** Calls of a method with one request and one response. */
export function unary<In, Out>(
  client: Client,
  method: MethodDefinition<In, Out>,
): (request: In, settings: Settings) => Observable<Out> {
  const { path, requestSerialize, responseDeserialize } = method;
  const serialize = checkedSerializer(method, 'requestType', requestSerialize);
  return (request, settings) =>
    new OrderlyObservable<Out>(settings.unhandled, (subscriber) => {
      begin(subscriber, settings, (metadata, options) => {
        const reply = new Reply<Out>();
        const call = client.makeUnaryRequest(
          path,
          serialize,
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
