import { status } from '@grpc/grpc-js';
import type { Client, MethodDefinition, ServiceError, StatusObject } from '@grpc/grpc-js';
import { cancelSoon } from '../canceller.js';
import { Gate, Gated } from '../gate.js';
import { Reader } from '../wire/reader.js';
import { begin } from './begin.js';
import type { Settings } from './options.js';

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
        let outcome: StatusObject | undefined;
        let failure: ServiceError | undefined;
        let read = false;
        /** An error status is known while messages are still readable; an OK may come before or after the last. */
        const settle = (): void => {
          if (!outcome || !read) return;
          if (outcome.code === status.OK) subscriber.complete();
          else subscriber.error(failure);
        };
        // For the life of the call: a cancelled one without a listener would end the process.
        call.on('error', (error: ServiceError) => {
          failure = error;
        });
        if (onMetadata) call.on('metadata', onMetadata);
        call.on('status', (ended: StatusObject) => {
          outcome = ended;
          onStatus?.(ended);
          settle();
        });
        const reader = new Reader<Out>(call, gate, {
          next: (response) => {
            subscriber.next(response);
          },
          failed: (error) => {
            subscriber.error(error);
          },
          end: () => {
            read = true;
            settle();
          },
        });
        subscriber.add(() => {
          reader.stop();
        });
        subscriber.add(cancelSoon(call, () => outcome !== undefined));
      });
    });
  };
}
