import type { Client, ClientUnaryCall, ServiceError, StatusObject } from '@grpc/grpc-js';
import type { Subscriber } from 'rxjs';
import { cancelSoon } from '../canceller.js';
import type { Settings } from './options.js';
import { peerOf } from './peer.js';

/** The one response of a call, or the error in its place. */
export class Reply<Out> {
  #error: ServiceError | null = null;
  #response: Out | undefined;

  /** What grpc-js calls, just before it tells the status. */
  readonly received = (error: ServiceError | null, response?: Out): void => {
    this.#error = error;
    this.#response = response;
  };

  /** Ends `subscriber` with the call, and the call with `subscriber`. */
  join(subscriber: Subscriber<Out>, client: Client, call: ClientUnaryCall, { onMetadata, onStatus }: Settings): void {
    let over = false;
    if (onMetadata) call.on('metadata', onMetadata);
    call.on('status', (status: StatusObject) => {
      over = true;
      onStatus?.(status, peerOf(client, call, status));
      if (this.#error) subscriber.error(this.#error);
      else {
        subscriber.next(this.#response as Out);
        subscriber.complete();
      }
    });
    subscriber.add(cancelSoon(call, () => over));
  }
}
