import type { Client, MethodDefinition } from '@grpc/grpc-js';
import { cancelSoon } from '../canceller.js';
import { Gate, Gated } from '../gate.js';
import { Ending } from '../wire/ending.js';
import { Reader } from '../wire/reader.js';
import { begin } from './begin.js';
import type { Settings } from './options.js';
import { peerOf } from './peer.js';

/** Calls of a method with one request and a stream of responses, which stands still while its gate is held. */
export function serverStream<In, Out>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<In, Out>,
): (request: In, settings: Settings) => Gated<Out> {
  return (request, settings) => {
    const { onMetadata, onStatus } = settings;
    const gate = new Gate();
    return new Gated<Out>(gate, (subscriber) => {
      begin(subscriber, settings, (metadata, options) => {
        const call = client.makeServerStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          options,
        );
        const ending = new Ending(call, subscriber, (outcome) => onStatus?.(outcome, peerOf(client, call, outcome)));
        if (onMetadata) call.on('metadata', onMetadata);
        const reader = new Reader<Out>(call, gate, {
          next: (response) => {
            subscriber.next(response);
          },
          failed: (error) => {
            subscriber.error(error);
          },
          end: () => {
            ending.read();
          },
        });
        subscriber.add(() => {
          reader.stop();
        });
        subscriber.add(cancelSoon(call, ending.isKnown));
      });
    });
  };
}
