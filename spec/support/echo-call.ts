import { EventEmitter } from 'node:events';

import { Metadata, status } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Open } from 'rxduplex';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';

/** What a write may carry: one message, or several that grpc-js would take for one. */
interface Chunk {
  readonly length: number;
  copy(target: Buffer, at: number): number;
}

/** A call without a network, which allocates next to nothing: it frames as grpc-js does, and answers each message. */
export class EchoCall extends EventEmitter {
  /** What every message is serialised to. */
  readonly bytes: Buffer = Buffer.alloc(32, 1);
  writes = 0;
  readonly #frame = Buffer.alloc(1 << 20);
  readonly #reply: PeerReply__Output = { id: '0', event: 'beat', beat: { at: '1' }, batch: [] };
  #id = 0;
  #over = false;

  asOpen(): Open<PeerRequest, PeerReply__Output> {
    return Object.assign(() => this.asCall(), { encode: () => this.bytes, wire: 'bytes' as const });
  }

  asCall(): ClientDuplexStream<PeerRequest, PeerReply__Output> {
    setImmediate(() => this.emit('metadata', new Metadata()));
    return this as unknown as ClientDuplexStream<PeerRequest, PeerReply__Output>;
  }

  write(chunk: Chunk, flushed: () => void): boolean {
    this.writes += 1;
    const frame = this.#frame.subarray(0, chunk.length + 5);
    frame.writeUInt8(0, 0);
    frame.writeUInt32BE(chunk.length, 1);
    chunk.copy(frame, 5);
    const messages = (chunk.length + 5) / (this.bytes.length + 5);
    setImmediate(() => {
      flushed();
      for (let left = messages; left > 0; left -= 1) {
        this.#id += 1;
        this.emit('data', Object.assign(this.#reply, { id: String(this.#id) }));
      }
    });
    return true;
  }

  end(): void {
    this.#over ||= this.emit('status', { code: status.OK, details: '', metadata: new Metadata() });
    this.emit('end');
  }

  cancel(): void {
    this.end();
  }

  pause(): void {
    throw new Error('nobody is to hold it');
  }

  resume(): void {
    throw new Error('nobody is to hold it');
  }

  getPeer(): string {
    return 'echo';
  }
}
