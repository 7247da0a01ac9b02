import type { Client, MethodDefinition, StatusObject } from '@grpc/grpc-js';
import type { ObservableInput } from 'rxjs';
import { duplex } from '../duplex/duplex.js';
import type { Open } from '../duplex/open.js';
import { Gate, Gated } from '../gate.js';
import { pour } from '../outgoing/pour.js';
import { serializerOf } from '../wire/chunk.js';
import type { Wire } from '../wire/joining.js';
import { begin } from './begin.js';
import type { RxStreamOptions, Settings } from './options.js';
import { peerOf } from './peer.js';
import { checkedOutgoing, requestsOf } from './requests.js';

/** Calls of a method that streams both ways: `duplex`, with a buffer for each call. */
export function bidi<In, Out>(
  client: Client,
  method: MethodDefinition<In, Out>,
  wire: Wire,
): (requests: ObservableInput<In>, settings: Settings, options: RxStreamOptions<In>) => Gated<Out> {
  const { path, requestSerialize, responseDeserialize } = method;
  const serialize = serializerOf(wire, requestSerialize);
  return (requests, settings, given) => {
    const { onMetadata, onStatus } = settings;
    const bounds = checkedOutgoing(method, given);
    const gate = new Gate();
    return new Gated<Out>(gate, (subscriber) => {
      begin(subscriber, settings, (metadata, options) => {
        const outgoing = requestsOf(bounds, subscriber);
        const make: Open<In, Out> = () => {
          const call = client.makeBidiStreamRequest(path, serialize, responseDeserialize, metadata, options);
          if (onMetadata) call.on('metadata', onMetadata);
          if (onStatus)
            call.on('status', (status: StatusObject) => {
              onStatus(status, peerOf(client, call, status));
            });
          return call;
        };
        const open = Object.assign(make, { wire, ...(outgoing.encode && { encode: outgoing.encode }) });
        duplex(open, outgoing, { gate }).subscribe(subscriber);
        pour(requests, outgoing, subscriber, (error) => {
          subscriber.error(error);
        });
      });
    });
  };
}
