import type { Client, MethodDefinition, StatusObject } from '@grpc/grpc-js';
import type { Subscriber } from 'rxjs';
import { cancelSoon } from '../canceller.js';
import { checkedSerializer } from '../message.js';
import { Gate, Gated } from '../gate.js';
import { Ending } from '../wire/ending.js';
import { Reader } from '../wire/reader.js';
import { begin } from './begin.js';
import type { Settings } from './options.js';
import { peerOf } from './peer.js';

/** Calls of a method with one request and a stream of responses, which stands still while its gate is held. */
export function serverStream<In, Out>(
  client: Client,
  method: MethodDefinition<In, Out>,
): (request: In, settings: Settings) => Gated<Out> {
  const { path, requestSerialize, responseDeserialize } = method;
  const serialize = checkedSerializer(method, 'requestType', requestSerialize);
  return (request, settings) => {
    const { onMetadata, onStatus, unhandled } = settings;
    const gate = new Gate();
    const subscribe = (subscriber: Subscriber<Out>): void => {
      begin(subscriber, settings, (metadata, options) => {
        const call = client.makeServerStreamRequest(path, serialize, responseDeserialize, request, metadata, options);
        const told = (outcome: StatusObject): void => onStatus?.(outcome, peerOf(client, call, outcome));
        const ending = new Ending(call, subscriber, undefined, told);
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
    };
    return new Gated<Out>(gate, subscribe, unhandled);
  };
}
