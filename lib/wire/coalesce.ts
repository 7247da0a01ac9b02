import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { count } from '../options.js';
import { Joining } from './joining.js';
import type { Packing, Wire } from './joining.js';

/** The prefix that gRPC puts before each message on the wire: a flag byte and four bytes of length. */
const header = 5;

export interface Coalesce {
  /**
   * How much one write may carry, prefixes included. Default 16 KiB: one HTTP/2 frame, a quarter of the window that a
   * peer grants. Writes as large as the window are slower, since either side then waits for the other. A write is sent
   * or lost as a whole, so that less loses less with a break.
   */
  readonly maxBytes?: number;
}

/** What `coalesce` says of calls whose `write` takes `wire`. */
export function joiningOf(coalesce: Coalesce | false, wire: Wire): Joining {
  if (coalesce) checkNames('coalesce', coalesce, { maxBytes: true } satisfies Names<Coalesce>);
  const { maxBytes = 1 << 14 } = coalesce || {};
  return new Joining(count('coalesce.maxBytes', maxBytes), coalesce !== false && wire === 'bytes');
}

/**
 * Many messages in one HTTP/2 write, as plain gRPC on the wire.
 *
 * grpc-js writes one message per HTTP/2 write per turn of the event loop, and that is what limits its streams. But it
 * frames a message by writing the prefix itself and then calling `serialized.copy(output, 5)` on whatever the method's
 * serialiser returned, and the serialiser is ours. So what we return may hold several messages, whose `copy` writes
 * the prefixes between them and puts the length of the first one right. Any peer sees ordinary messages.
 *
 * grpc-js does not promise this, so it has to prove itself on each call: the first message goes alone and notices how
 * it is framed. Only if that was as expected are later ones joined; under compression, for one, it never is. A public
 * way would be a `writeMany(messages, callback)` on grpc-js's streams, framing each of them as `write` does.
 */
export class Joint {
  #proven = false;

  /** Whether the probe was framed as expected. */
  get proven(): boolean {
    return this.#proven;
  }

  /** The message itself, but it notices how it is framed. */
  probe(message: Buffer): Buffer {
    const copy = (target: Buffer, at: number, ...range: number[]): number => {
      this.#proven =
        at === header &&
        range.length === 0 &&
        target.length === message.length + header &&
        target[0] === 0 &&
        target.readUInt32BE(1) === message.length;
      return message.copy(target, at, ...range);
    };
    return Object.defineProperty(Buffer.from(message.buffer, message.byteOffset, message.length), 'copy', {
      value: copy,
    });
  }
}

/** Many messages, each with a prefix of its own. */
export const coalesced: Packing<unknown> = {
  overhead: header,
  pack: (messages) => new Joined(messages as readonly Buffer[]),
};

/** Several messages as one serialised message, to be framed by grpc-js. */
export class Joined {
  readonly length: number;
  readonly #messages: readonly Buffer[];

  constructor(messages: readonly Buffer[]) {
    this.#messages = messages;
    this.length = messages.reduce((total, message) => total + header + message.length, -header);
  }

  get byteLength(): number {
    return this.length;
  }

  /** Pure, since a transparent retry frames the same write again. */
  copy(target: Buffer, at: number): number {
    let start = at - header;
    for (const message of this.#messages) {
      target[start] = 0;
      target.writeUInt32BE(message.length, start + 1);
      message.copy(target, start + header);
      start += header + message.length;
    }
    return this.length;
  }
}
