import type { Entry } from '../outgoing/entry.js';
import type { Lease, Outgoing } from '../outgoing/outgoing.js';
import { Batch, Joint, framed } from './coalesce.js';

/** What both a client's and a server's call are to the one who writes to them. */
export interface Sender {
  write(chunk: unknown, flushed: (error?: Error | null) => void): boolean;
  on(event: 'drain', listener: () => void): unknown;
}

/** What `write` of a call takes: messages, or their bytes. */
export type Wire = 'bytes' | 'objects';

/** How messages are written. */
export interface Writing<T> {
  /** What is written for a message; if it throws, that message is dropped and the stream goes on. */
  readonly chunk: (entry: Entry<T>) => unknown;
  /** How much one write may carry, if several messages may share it: then `chunk` gives Buffers. */
  readonly joinBytes: number | undefined;
}

export interface PumpOptions<T> extends Writing<T> {
  /** Everything was written, and nothing more will come. */
  readonly finish: () => void;
  /** A write was flushed. */
  readonly flushed?: () => void;
  /** The `Outgoing` has ended with an error. */
  readonly failed: (error: unknown) => void;
}

/**
 * Moves messages from an `Outgoing` into one call for as long as the call lives. It waits for nothing: a call that dies
 * while it owes a callback or a `drain` simply never asks again.
 *
 * Where messages may share a write, one write is on its way at a time and the next one carries what has gathered
 * meanwhile: a lone message goes at once, and no timer is needed. Elsewhere it writes until the call has enough.
 */
export class Pump<T> {
  readonly #outgoing: Outgoing<T>;
  readonly #options: PumpOptions<T>;
  readonly #lease: Lease<T>;
  #joint: Joint | undefined;
  #call: Sender | undefined;
  #full = false;
  #writing = false;
  #finished = false;
  /** How many messages the write on its way carries. */
  #carried = 1;

  /** Takes the lease at once, so that a second call for the same `Outgoing` is refused before it is opened. */
  constructor(outgoing: Outgoing<T>, options: PumpOptions<T>) {
    this.#outgoing = outgoing;
    this.#options = options;
    this.#lease = outgoing.lease({ wake: () => this.#write(), fail: options.failed });
    this.#joint = options.joinBytes === undefined ? undefined : new Joint();
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
    this.#writing = true;
    while (this.#call && !this.#full) {
      const chunk = this.#next();
      // Whoever was told of a message as it was taken may have ended the call.
      const call = this.#call as Sender | undefined;
      if (chunk === undefined || !call) break;
      const enough = !call.write(chunk, this.#flushed);
      this.#full = this.#joint !== undefined || enough;
    }
    this.#writing = false;
    if (this.#call && this.#outgoing.finished) this.leave();
  }

  #next(): unknown {
    const first = this.#take();
    if (first === undefined || !this.#joint) return first;
    if (!this.#joint.proven) return this.#joint.probe(first as Buffer);
    const messages = [first as Buffer];
    let room = (this.#options.joinBytes ?? 0) - framed(messages[0]?.length ?? 0);
    for (;;) {
      const message = this.#take(room - framed(0)) as Buffer | undefined;
      if (!message) break;
      messages.push(message);
      room -= framed(message.length);
    }
    this.#carried = messages.length;
    return messages.length === 1 ? first : new Batch(messages);
  }

  #take(maxBytes?: number): unknown {
    for (;;) {
      const entry = this.#lease.take(maxBytes);
      if (!entry) return undefined;
      try {
        return this.#options.chunk(entry);
      } catch (error) {
        this.#lease.discard(entry, error);
      }
    }
  }

  /** Writes are flushed in the order in which they were made, so one function serves them all. */
  readonly #flushed = (error?: Error | null): void => {
    if (!this.#call || error) return;
    this.#options.flushed?.();
    this.#lease.flushed(this.#carried);
    if (!this.#joint) return;
    if (!this.#joint.proven) this.#joint = undefined;
    this.#full = false;
    this.#write();
  };
}
