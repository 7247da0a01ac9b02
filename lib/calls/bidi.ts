import type { CallOptions, Client, Metadata, MethodDefinition, StatusObject } from '@grpc/grpc-js';
import { duplex } from '../duplex/duplex.js';
import { warnWithoutOptions } from '../duplex/channel-options.js';
import type { Open } from '../duplex/open.js';
import { Gate, Gated } from '../gate.js';
import type { MessageSource } from '../outgoing/source.js';
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
): (requests: MessageSource<In>, settings: Settings, options: RxStreamOptions<In>) => Gated<Out> {
  const { path, requestSerialize, responseDeserialize } = method;
  const serialize = serializerOf(wire, requestSerialize);
  return (source, settings, given) => {
    const { onMetadata, onStatus, explain, unhandled } = settings;
    const bounds = checkedOutgoing(method, given);
    const gate = new Gate();
    return new Gated<Out>(
      gate,
      (subscriber) => {
        const requests = requestsOf(source, bounds, subscriber);
        const { outgoing } = requests;
        const start = (metadata: Metadata, options: CallOptions): void => {
          warnWithoutOptions(client.getChannel());
          const make: Open<In, Out> = () => {
            const call = client.makeBidiStreamRequest(path, serialize, responseDeserialize, metadata, options);
            if (onMetadata) call.on('metadata', onMetadata);
            if (onStatus)
              call.on('status', (status: StatusObject) => {
                onStatus(status, peerOf(client, call, status));
              });
            return call;
          };
          const open = Object.assign(make, { wire, explain, ...(outgoing.encode && { encode: outgoing.encode }) });
          duplex(open, outgoing, { gate }).subscribe(subscriber);
          requests.start();
        };
        begin(subscriber, settings, start, requests.first);
      },
      unhandled,
    );
  };
}
