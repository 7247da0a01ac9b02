import { EventEmitter } from 'node:events';

import { Metadata, status } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Open } from 'rxduplex';

/** A call without a network, which behaves as those of grpc-js do, and writes down what is done to it. */
export class FakeCall<Out, In> extends EventEmitter {
  readonly written: Out[] = [];
  /** What was done to it that nobody may do. */
  readonly faults: string[] = [];
  readonly #callbacks: (() => void)[] = [];
  cancelled = 0;
  halfClosed = false;
  ended = false;

  write(message: Out, flushed: () => void): boolean {
    if (this.ended) this.faults.push('a write into a dead call');
    if (this.halfClosed) this.faults.push('a write after the half-close');
    this.written.push(message);
    this.#callbacks.push(flushed);
    return true;
  }

  end(): void {
    this.halfClosed = true;
  }

  cancel(): void {
    this.cancelled += 1;
    if (this.cancelled > 1) this.faults.push('a second cancel');
    if (this.ended) this.faults.push('a cancel of a dead call');
    setImmediate(() => {
      this.finish(status.CANCELLED);
    });
  }

  getPeer(): string {
    return 'fake';
  }

  /** Flushes the writes that are on their way now. */
  flush(): void {
    for (const flushed of this.#callbacks.splice(0)) flushed();
  }

  metadata(): void {
    this.emit('metadata', new Metadata());
  }

  reply(message: In): void {
    this.emit('data', message);
  }

  /** The status; for an error, before what is still readable, as grpc-js has it. */
  finish(code: status, details = '', readable: readonly In[] = []): void {
    if (this.ended) return;
    this.ended = true;
    const outcome = { code, details, metadata: new Metadata() };
    if (code !== status.OK) this.emit('error', Object.assign(new Error(details), outcome));
    this.emit('status', outcome);
    for (const message of readable) this.emit('data', message);
    this.emit('end');
  }
}

export interface FakeOpen<Out, In> {
  readonly open: Open<Out, In>;
  readonly calls: FakeCall<Out, In>[];
  /** Calls made less calls ended, as counted here. */
  readonly live: number;
}

export function fakeOpen<Out, In>(made?: (call: FakeCall<Out, In>) => void): FakeOpen<Out, In> {
  const calls: FakeCall<Out, In>[] = [];
  return {
    open: () => {
      const call = new FakeCall<Out, In>();
      calls.push(call);
      made?.(call);
      return call as unknown as ClientDuplexStream<Out, In>;
    },
    calls,
    get live() {
      return calls.filter((call) => !call.ended && call.cancelled === 0).length;
    },
  };
}
