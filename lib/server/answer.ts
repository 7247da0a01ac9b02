import { status } from '@grpc/grpc-js';
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { Subscription, from } from 'rxjs';
import type { ObservableInput } from 'rxjs';
import { joined } from '../joined.js';
import type { Ledger, Outbound } from '../stats.js';
import type { Wire } from '../wire/joining.js';
import type { Context } from './context.js';
import { statusOf, unserialisable } from './failure.js';
import type { Responses } from './halves.js';

/** How a response is serialised, and whether grpc-js is given the message or its bytes. */
export interface Sending<Out> {
  readonly encode: (response: Out) => Uint8Array;
  readonly wire: Wire;
}

/** The accounts in which one response stands. */
type Standing = readonly (keyof Outbound)[];
const rejected: Standing = ['offered', 'rejected'];
const inFlight: Standing = ['offered', 'accepted', 'inFlight'];
const sent: Standing = ['offered', 'accepted', 'sent'];

const none = { code: status.INTERNAL, details: 'the handler gave no response' };

/**
 * One response: the first that the handler's result gives, which is left then. Its initial metadata goes with it, unless
 * the handler has put something in: then at once.
 */
export class Answer<Out> implements Responses<ObservableInput<Out> | Out> {
  failure: { readonly error: unknown } | undefined;
  readonly #call: Pick<ServerUnaryCall<unknown, unknown>, 'sendMetadata'>;
  readonly #callback: sendUnaryData<unknown>;
  readonly #context: Context;
  readonly #sending: Sending<Out>;
  readonly #over = new Subscription();
  #chunk: unknown;
  #size = 0;
  #standing: Standing | undefined;
  #started = false;
  #closed = false;

  constructor(
    call: Pick<ServerUnaryCall<unknown, unknown>, 'sendMetadata'>,
    callback: sendUnaryData<unknown>,
    context: Context,
    sending: Sending<Out>,
  ) {
    this.#call = call;
    this.#callback = callback;
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
    if (initialMetadata) this.#call.sendMetadata(initialMetadata);
    this.#started = true;
    this.#send();
  }

  close(): boolean {
    this.#closed = true;
    this.#over.unsubscribe();
    // Whether the write was flushed is not told for a single response; that its call has ended is.
    if (this.#standing === inFlight) this.#standing = sent;
    return this.#standing === sent || this.failure !== undefined;
  }

  enterInto(ledger: Ledger): void {
    for (const account of this.#standing ?? []) ledger[account].enter(this.#size);
  }

  get #settled(): boolean {
    return this.#closed || this.#standing !== undefined || this.failure !== undefined;
  }

  #give(response: Out): void {
    if (this.#settled) return;
    const { encode, wire } = this.#sending;
    try {
      const bytes = encode(response);
      this.#chunk = wire === 'bytes' ? bytes : response;
      this.#size = bytes.length;
      this.#standing = inFlight;
    } catch {
      this.#standing = rejected;
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
    const { trailers } = this.#context.used;
    if (this.failure) this.#callback(statusOf(this.failure.error, trailers));
    else this.#callback(null, this.#chunk, trailers);
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
