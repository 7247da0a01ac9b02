import type { Entry } from '../outgoing/entry.js';
import type { Lease } from '../outgoing/lease.js';
import type { Outgoing } from '../outgoing/outgoing.js';
import { Joint, coalesced } from './coalesce.js';
import type { Joining, Packing } from './joining.js';

/** What both a client's and a server's call are to the one who writes to them. */
export interface Sender {
  write(chunk: unknown, flushed: (error?: Error | null) => void): unknown;
}

/** How messages are written. */
export interface Writing<T> {
  /** What is written for a message; if it throws, that message is dropped and the stream goes on. */
  readonly chunk: (entry: Entry<T>) => unknown;
  readonly joining: Joining;
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
 * Moves messages from an `Outgoing` into one call for as long as the call lives. One write is on its way at a time, so
 * that a break loses one write at most, and so that `write` never has to be told to stop. Where messages may share a
 * write, the next one carries what has gathered meanwhile: a lone message goes at once, and no timer is needed. A call
 * that dies while it owes a callback simply never asks again.
 */
export class Pump<T> {
  readonly #outgoing: Outgoing<T>;
  readonly #options: PumpOptions<T>;
  readonly #lease: Lease<T>;
  /** Until the first write was flushed, where messages may be coalesced. */
  #joint: Joint | undefined;
  #packing: Packing<T> | undefined;
  #call: Sender | undefined;
  #writing = false;
  #finished = false;
  /** How many messages the write carries that is on its way; 0 if none is. */
  #carried = 0;

  /** Takes the lease at once, so that a second call for the same `Outgoing` is refused before it is opened. */
  constructor(outgoing: Outgoing<T>, options: PumpOptions<T>) {
    const { joining, failed } = options;
    this.#outgoing = outgoing;
    this.#options = options;
    this.#lease = outgoing.lease({ wake: () => this.#write(), fail: failed });
    this.#joint = joining.allowed && joining.coalesces ? new Joint() : undefined;
  }

  /** Whether what is on its way is several messages, which grpc-js takes for one. */
  get carriesSeveral(): boolean {
    return this.#carried > 1;
  }

  start(call: Sender): void {
    if (this.#finished) return;
    this.#call = call;
    this.#write();
  }

  /** Packs what waits in this way from now on. */
  packBy(packing: Packing<T>): void {
    this.#packing = packing;
  }

  /** Takes no more, and finishes after what was taken. */
  leave(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#options.finish();
  }

  /**
   * The call is over, or was given up: what is in flight is lost, or queued again if it `neverLeft` this process. Callbacks
   * that still come settle nothing.
   */
  stop(cause?: unknown, neverLeft = false): void {
    this.#finished = true;
    this.#call = undefined;
    this.#lease.release(cause, neverLeft);
  }

  #write(): void {
    if (this.#writing || this.#finished) return;
    this.#writing = true;
    try {
      while (this.#call && this.#carried === 0) {
        const entries: Entry<T>[] = [];
        const chunk = this.#next(entries);
        // Whoever was told of a message as it was taken may have ended the call.
        const call = this.#call as Sender | undefined;
        if (chunk === undefined || !call) break;
        this.#carried = entries.length;
        this.#writeTo(call, chunk, entries);
      }
    } finally {
      this.#writing = false;
    }
    if (this.#call && this.#outgoing.finished) this.leave();
  }

  /** What a call refuses to write is dropped, as what cannot be serialised is: nothing is thrown into a producer. */
  #writeTo(call: Sender, chunk: unknown, entries: readonly Entry<T>[]): void {
    try {
      call.write(chunk, this.#flushed);
    } catch (error) {
      this.#carried = 0;
      for (const entry of entries) this.#lease.discard(entry, error);
    }
  }

  /** What to write next; the messages in it join `entries`. */
  #next(entries: Entry<T>[]): unknown {
    for (;;) {
      const first = this.#take(Infinity, entries);
      if (first === undefined) return undefined;
      if (!this.#packing) return this.#joint ? this.#joint.probe(first as Buffer) : first;
      const chunks = this.#gather(this.#packing, first, entries);
      if (chunks.length === 1) return first;
      try {
        return present(this.#packing.pack(chunks, entries), 'several messages together');
      } catch (error) {
        for (const entry of entries.splice(0)) this.#lease.discard(entry, error);
      }
    }
  }

  /** What goes with `first`, itself included. */
  #gather({ overhead }: Packing<T>, first: unknown, entries: Entry<T>[]): unknown[] {
    const chunks = [first];
    let room = this.#options.joining.maxBytes - overhead - sizeOf(first, entries);
    for (;;) {
      const chunk = this.#take(room - overhead, entries);
      if (chunk === undefined) return chunks;
      chunks.push(chunk);
      room -= overhead + sizeOf(chunk, entries);
    }
  }

  /** What to write for the next message, if it has at most so many bytes; the message joins `entries`. */
  #take(maxBytes: number, entries: Entry<T>[]): unknown {
    for (;;) {
      const entry = this.#lease.take(maxBytes);
      if (!entry) return undefined;
      try {
        const chunk = present(this.#options.chunk(entry), 'a message');
        entries.push(entry);
        return chunk;
      } catch (error) {
        this.#lease.discard(entry, error);
      }
    }
  }

  /** Writes are flushed in the order in which they were made, so one function serves them all. */
  readonly #flushed = (error?: Error | null): void => {
    if (!this.#call || error) return;
    if (this.#joint) this.#decide(this.#joint);
    this.#options.flushed?.();
    // Still counted as on its way: what producers bring who are told of room now is to go together.
    this.#lease.flushed(this.#carried);
    this.#carried = 0;
    this.#write();
  };

  #decide(joint: Joint): void {
    this.#joint = undefined;
    if (joint.proven) this.#packing ??= coalesced;
    else if (!this.#packing) this.#options.joining.end('framing');
  }
}

/** grpc-js throws when it is given nothing to write, into whoever has offered the message. */
function present(chunk: unknown, what: string): unknown {
  if (chunk !== undefined && chunk !== null) return chunk;
  throw new TypeError(`${what} was serialised to ${String(chunk)}`);
}

/** The size of the last of `entries`, which is written as `chunk`. */
const sizeOf = (chunk: unknown, entries: readonly Entry<unknown>[]): number =>
  chunk instanceof Uint8Array ? chunk.length : (entries.at(-1)?.size ?? 0);
