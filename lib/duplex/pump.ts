import type { Lease, Outgoing } from '../outgoing/outgoing.js';
import type { Entry } from '../outgoing/entry.js';

/** What both a client's and a server's call are to the one who writes to them. */
export interface Sender {
  write(chunk: unknown, flushed: (error?: Error | null) => void): boolean;
  on(event: 'drain', listener: () => void): unknown;
}

export interface PumpOptions<T> {
  /** What is written for a message; if it throws, that message is dropped and the stream goes on. */
  readonly chunk: (entry: Entry<T>) => unknown;
  /** Everything was written, and nothing more will come. */
  readonly finish: () => void;
  /** A write was flushed. */
  readonly flushed?: () => void;
  /** The `Outgoing` has ended with an error. */
  readonly failed: (error: unknown) => void;
}

/**
 * Moves messages from an `Outgoing` into one call for as long as the call lives, stopping whenever `write` says that
 * the call has enough. It waits for nothing: a call that dies while it owes a `drain` simply never asks again.
 */
export class Pump<T> {
  readonly #outgoing: Outgoing<T>;
  readonly #options: PumpOptions<T>;
  readonly #lease: Lease<T>;
  #call: Sender | undefined;
  #full = false;
  #writing = false;
  #finished = false;

  /** Takes the lease at once, so that a second call for the same `Outgoing` is refused before it is opened. */
  constructor(outgoing: Outgoing<T>, options: PumpOptions<T>) {
    this.#outgoing = outgoing;
    this.#options = options;
    this.#lease = outgoing.lease({ wake: () => this.#write(), fail: options.failed });
  }

  start(call: Sender): void {
    if (this.#finished) return;
    this.#call = call;
    call.on('drain', () => {
      this.#full = false;
      this.#write();
    });
    this.#write();
  }

  /** Takes no more, and finishes after what was taken. */
  leave(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#options.finish();
  }

  /** The call is over, or was given up: what is in flight is lost, and callbacks that still come settle nothing. */
  stop(cause?: unknown): void {
    this.#finished = true;
    this.#call = undefined;
    this.#lease.release(cause);
  }

  #write(): void {
    if (this.#writing || this.#finished) return;
    const call = this.#call;
    if (!call) return;
    this.#writing = true;
    while (!this.#full) {
      const entry = this.#lease.take();
      if (!entry) break;
      const chunk = this.#chunk(entry);
      if (chunk !== undefined) this.#full = !call.write(chunk, this.#flushed);
    }
    this.#writing = false;
    if (this.#outgoing.finished) this.leave();
  }

  #chunk(entry: Entry<T>): unknown {
    try {
      return this.#options.chunk(entry);
    } catch (error) {
      this.#lease.discard(entry, error);
      return undefined;
    }
  }

  /** Writes are flushed in the order in which they were made, so one function serves them all. */
  readonly #flushed = (error?: Error | null): void => {
    if (!this.#call || error) return;
    this.#options.flushed?.();
    this.#lease.flushed();
  };
}
