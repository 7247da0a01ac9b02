import type { Client, MethodDefinition, StatusObject } from '@grpc/grpc-js';
import { Observable } from 'rxjs';
import type { ObservableInput } from 'rxjs';
import { causeOf } from '../duplex/transient.js';
import { pour } from '../outgoing/pour.js';
import { chunkOf, serializerOf } from '../wire/chunk.js';
import { joiningOf } from '../wire/coalesce.js';
import type { Wire } from '../wire/joining.js';
import { Pump } from '../wire/pump.js';
import { begin } from './begin.js';
import type { RxStreamOptions, Settings } from './options.js';
import { Reply } from './reply.js';
import { checkedOutgoing, requestsOf } from './requests.js';

/** Calls of a method with a stream of requests and one response. */
export function clientStream<In, Out>(
  client: Client,
  method: MethodDefinition<In, Out>,
  wire: Wire,
): (requests: ObservableInput<In>, settings: Settings, options: RxStreamOptions<In>) => Observable<Out> {
  const { path, requestSerialize, responseDeserialize } = method;
  const serialize = serializerOf(wire, requestSerialize);
  const joining = joiningOf({}, wire);
  return (requests, settings, given) => {
    const bounds = checkedOutgoing(method, given);
    return new Observable<Out>((subscriber) => {
      begin(subscriber, settings, (metadata, options) => {
        const outgoing = requestsOf(bounds, subscriber);
        const reply = new Reply<Out>();
        const call = client.makeClientStreamRequest(
          path,
          serialize,
          responseDeserialize,
          metadata,
          options,
          reply.received,
        );
        const failed = (error: unknown): void => {
          subscriber.error(error);
        };
        const pump = new Pump(outgoing, {
          chunk: chunkOf[wire],
          joining,
          finish: () => call.end(),
          failed,
        });
        // For the life of the call: a cancelled one without a listener would end the process.
        call.on('error', () => undefined);
        call.on('status', (ended: StatusObject) => {
          if (causeOf(ended) === 'OVERSIZE' && pump.carriesSeveral) joining.end('limit');
        });
        subscriber.add(() => {
          pump.stop();
        });
        reply.join(subscriber, client, call, settings);
        pump.start(call);
        pour(requests, outgoing, subscriber, failed);
      });
    });
  };
}
