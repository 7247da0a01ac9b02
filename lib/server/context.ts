import { setMaxListeners } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import type { Deadline } from '@grpc/grpc-js';
import type { CallContext } from './handlers.js';

/** What any call of grpc-js's server can be asked. */
export interface Asked {
  readonly metadata: Metadata;
  getPeer(): string;
  getDeadline(): Deadline;
}

/** Makes what a handler asks for, and only that. */
export class Context implements CallContext {
  readonly metadata: Metadata;
  readonly peer: string;
  readonly #call: Asked;
  #initial: Metadata | undefined;
  #trailers: Metadata | undefined;
  #aborting: AbortController | undefined;
  #over = false;

  constructor(call: Asked) {
    this.#call = call;
    this.metadata = call.metadata;
    this.peer = call.getPeer();
  }

  get deadline(): Deadline {
    return this.#call.getDeadline();
  }

  get signal(): AbortSignal {
    if (!this.#aborting) {
      this.#aborting = new AbortController();
      // A handler has as many listeners as it has work under way, and Node would warn of a leak at eleven.
      setMaxListeners(0, this.#aborting.signal);
      if (this.#over) this.#aborting.abort();
    }
    return this.#aborting.signal;
  }

  get initialMetadata(): Metadata {
    return (this.#initial ??= new Metadata());
  }

  get trailers(): Metadata {
    return (this.#trailers ??= new Metadata());
  }

  /** What was asked for, and may have something in it. */
  get used(): { readonly initialMetadata: Metadata | undefined; readonly trailers: Metadata | undefined } {
    return { initialMetadata: this.#initial, trailers: this.#trailers };
  }

  /** The call has ended, and it was not its handler that ended it. */
  abort(): void {
    this.#over = true;
    this.#aborting?.abort();
  }
}
