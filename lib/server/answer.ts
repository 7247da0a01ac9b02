import { status } from '@grpc/grpc-js';
import type { Metadata, sendUnaryData } from '@grpc/grpc-js';
import { Subscription, from } from 'rxjs';
import type { ObservableInput } from 'rxjs';
import { joined } from '../joined.js';
import { Ledger } from '../stats.js';
import type { OutboundStats } from '../stats.js';
import type { Wire } from '../wire/joining.js';
import type { Context } from './context.js';
import { statusOf, unserialisable } from './failure.js';
import type { Responses } from './halves.js';

/** How a response is sent: grpc-js's callback, and what it is called with. */
export interface Sending<Out> {
  readonly callback: sendUnaryData<unknown>;
  readonly encode: (response: Out) => Uint8Array;
  readonly wire: Wire;
  readonly sendMetadata: (metadata: Metadata) => void;
}

const none = { code: status.INTERNAL, details: 'the handler gave no response' };

/**
 * One response: the first that the handler's result gives, which is left then. Its initial metadata goes with it, unless
 * the handler has put something in: then at once.
 */
export class Answer<Out> implements Responses<ObservableInput<Out> | Out> {
  failure: { readonly error: unknown } | undefined;
  readonly #sending: Sending<Out>;
  readonly #context: Context;
  readonly #ledger = new Ledger();
  readonly #over = new Subscription();
  #answer: { readonly chunk: unknown; readonly size: number } | undefined;
  #started = false;
  #closed = false;

  constructor(context: Context, sending: Sending<Out>) {
    this.#context = context;
    this.#sending = sending;
  }

  take(result: ObservableInput<Out> | Out): void {
    if (!isInput(result)) {
      this.#give(result);
      return;
    }
    joined(this.#over, () => from(result)).subscribe({
      next: (response) => {
        this.#give(response);
      },
      error: (error: unknown) => {
        this.fail(error);
      },
      complete: () => {
        this.fail(none);
      },
    });
  }

  fail(error: unknown): void {
    if (this.#settled) return;
    this.failure = { error };
    this.#settle();
  }

  start(): void {
    const { initialMetadata } = this.#context.used;
    if (initialMetadata) this.#sending.sendMetadata(initialMetadata);
    this.#started = true;
    this.#send();
  }

  close(): boolean {
    this.#closed = true;
    this.#over.unsubscribe();
    // Whether the write was flushed is not told for a single response; that its call has ended is.
    if (this.#answer) this.#ledger.inFlight.moveTo(this.#ledger.sent, this.#answer.size);
    return this.#answer !== undefined || this.failure !== undefined;
  }

  stats(): OutboundStats {
    return this.#ledger.stats();
  }

  get #settled(): boolean {
    return this.#closed || this.#answer !== undefined || this.failure !== undefined;
  }

  #give(response: Out): void {
    if (this.#settled) return;
    const { encode, wire } = this.#sending;
    try {
      const bytes = encode(response);
      this.#answer = { chunk: wire === 'bytes' ? bytes : response, size: bytes.length };
      for (const account of ['offered', 'accepted', 'inFlight'] as const) this.#ledger[account].enter(bytes.length);
    } catch {
      for (const account of ['offered', 'rejected'] as const) this.#ledger[account].enter(0);
      this.failure = { error: unserialisable };
    }
    this.#settle();
  }

  #settle(): void {
    this.#over.unsubscribe();
    this.#send();
  }

  #send(): void {
    if (!this.#started || this.#closed || !this.#settled) return;
    const { callback } = this.#sending;
    const { trailers } = this.#context.used;
    if (this.failure) callback(statusOf(this.failure.error, trailers));
    else callback(null, this.#answer?.chunk, trailers);
  }
}

/** Whether a handler's result gives responses, or is one itself. */
function isInput<Out>(result: ObservableInput<Out> | Out): result is ObservableInput<Out> {
  if (typeof result !== 'object' || result === null) return false;
  if (Symbol.asyncIterator in result || Symbol.iterator in result) return true;
  return ['then', 'subscribe', 'getReader'].some(
    (name) => typeof (result as Readonly<Record<PropertyKey, unknown>>)[name] === 'function',
  );
}
