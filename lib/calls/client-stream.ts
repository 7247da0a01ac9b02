import type { CallOptions, Client, Metadata, MethodDefinition, StatusObject } from '@grpc/grpc-js';
import type { Observable } from 'rxjs';
import { warnWithoutOptions } from '../duplex/channel-options.js';
import { causeOf } from '../duplex/transient.js';
import { OrderlyObservable } from '../orderly.js';
import type { MessageSource } from '../outgoing/source.js';
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
): (requests: MessageSource<In>, settings: Settings, options: RxStreamOptions<In>) => Observable<Out> {
  const { path, requestSerialize, responseDeserialize } = method;
  const serialize = serializerOf(wire, requestSerialize);
  const joining = joiningOf({}, wire);
  return (source, settings, given) => {
    const bounds = checkedOutgoing(method, given);
    return new OrderlyObservable<Out>(settings.unhandled, (subscriber) => {
      const requests = requestsOf(source, bounds, subscriber);
      const start = (metadata: Metadata, options: CallOptions): void => {
        warnWithoutOptions(client.getChannel());
        const reply = new Reply<Out>();
        const call = client.makeClientStreamRequest(
          path,
          serialize,
          responseDeserialize,
          metadata,
          options,
          reply.received,
        );
        const pump = new Pump(requests.outgoing, {
          chunk: chunkOf[wire],
          joining,
          finish: () => call.end(),
          failed: (error) => {
            subscriber.error(error);
          },
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
        requests.start();
      };
      begin(subscriber, settings, start, requests.first);
    });
  };
}
