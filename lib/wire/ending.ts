import { status } from '@grpc/grpc-js';
import type { ServiceError, StatusObject } from '@grpc/grpc-js';
import type { Subscriber } from 'rxjs';

/** What a client's call with a stream of responses is to the one who waits for its end. */
export interface Ends {
  on(event: 'error', listener: (error: ServiceError) => void): unknown;
  on(event: 'status', listener: (outcome: StatusObject) => void): unknown;
}

/**
 * Ends a subscriber with its call: OK completes, anything else is the `ServiceError`. An error status is known while
 * messages are still readable, and an OK may come before or after the last of them: both are waited for.
 */
export class Ending {
  readonly #subscriber: Subscriber<never>;
  readonly #explain: (error: unknown) => unknown;
  #outcome: StatusObject | undefined;
  #failure: ServiceError | undefined;
  #read = false;

  /**
   * `told` is called with the status, and with the error that it means, before the end of the subscriber. The subscriber
   * is given what `explain` makes of the error.
   */
  constructor(
    call: Ends,
    subscriber: Subscriber<never>,
    explain: ((error: unknown) => unknown) | undefined,
    told: (outcome: StatusObject, failure: ServiceError | undefined) => void,
  ) {
    this.#subscriber = subscriber;
    this.#explain = explain ?? ((error) => error);
    // For the life of the call: a cancelled one without a listener would end the process.
    call.on('error', (error) => {
      this.#failure = error;
    });
    call.on('status', (outcome) => {
      this.#outcome = outcome;
      told(outcome, this.#failure);
      this.#settle();
    });
  }

  /** Whether the status is known: there is nothing left to cancel. */
  readonly isKnown = (): boolean => this.#outcome !== undefined;

  /** All that was readable has been given. */
  read(): void {
    this.#read = true;
    this.#settle();
  }

  #settle(): void {
    if (!this.#outcome || !this.#read) return;
    if (this.#outcome.code === status.OK) this.#subscriber.complete();
    else this.#subscriber.error(this.#explain(this.#failure));
  }
}
