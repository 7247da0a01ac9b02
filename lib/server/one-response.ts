import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { Subscription, from } from 'rxjs';
import type { Observable } from 'rxjs';
import { joined } from '../joined.js';
import type { WhyNot } from '../message.js';
import { isPromiseLike } from '../outgoing/source.js';
import type { Ledger, Outbound } from '../stats.js';
import type { Wire } from '../wire/joining.js';
import type { CallHeaders } from './call-headers.js';
import { noResponse, unserialisable } from './failure.js';
import type { Refusal } from './failure.js';
import type { Outcome, Responses, ResultEnd } from './halves.js';
import { givesResponses } from './result.js';

/** How a response is checked and serialised, and whether grpc-js is given the message or its bytes. */
export interface Sending<Out> {
  readonly whyNot: WhyNot;
  readonly encode: (response: Out) => Uint8Array;
  readonly wire: Wire;
}

/** The accounts in which one response stands. */
type Standing = readonly (keyof Outbound)[];
const rejected: Standing = ['offered', 'rejected'];
const inFlight: Standing = ['offered', 'accepted', 'inFlight'];
const sent: Standing = ['offered', 'accepted', 'sent'];

/**
 * One response: the first that the handler's result gives, which is left then. Its initial metadata goes with it, unless
 * the handler has put something in: then at once.
 */
export class OneResponse<Out> implements Responses {
  readonly #call: Pick<ServerUnaryCall<unknown, unknown>, 'sendMetadata'>;
  readonly #callback: sendUnaryData<unknown>;
  readonly #headers: CallHeaders;
  readonly #resultEnd: ResultEnd;
  readonly #sending: Sending<Out>;
  /** Ends what the handler's result is still doing. */
  readonly #over = new Subscription();
  #failure: { readonly error: unknown } | undefined;
  #chunk: unknown;
  #size = 0;
  #standing: Standing | undefined;
  #started = false;
  #closed = false;

  constructor(
    call: Pick<ServerUnaryCall<unknown, unknown>, 'sendMetadata'>,
    callback: sendUnaryData<unknown>,
    headers: CallHeaders,
    resultEnd: ResultEnd,
    sending: Sending<Out>,
  ) {
    this.#call = call;
    this.#callback = callback;
    this.#headers = headers;
    this.#resultEnd = resultEnd;
    this.#sending = sending;
  }

  take(result: unknown): void {
    if (isPromiseLike(result)) Promise.resolve(result).then(this.#takeAll).catch(this.handlerFailed);
    else this.#takeAll(result);
  }

  fail(error: unknown): void {
    if (!this.#settled) this.#end(error);
  }

  start(): void {
    try {
      const initial = this.#headers.initial();
      if (initial) this.#call.sendMetadata(initial);
    } catch (error) {
      if (!this.#failure) this.#end(error);
    }
    this.#started = true;
    this.#send();
  }

  close(): Outcome {
    this.#closed = true;
    this.#over.unsubscribe();
    // Whether the write was flushed is not told for a single response; that its call has ended is.
    if (this.#standing === inFlight) this.#standing = sent;
    if (this.#failure) return 'failed';
    return this.#standing === sent ? 'completed' : 'cancelled';
  }

  enterInto(ledger: Ledger): void {
    for (const account of this.#standing ?? []) ledger[account].enter(this.#size);
  }

  get #settled(): boolean {
    return this.#closed || this.#standing !== undefined || this.#failure !== undefined;
  }

  readonly #takeAll = (result: unknown): void => {
    if (this.#settled) return;
    if (result === undefined || result === null) this.fail(noResponse());
    else if (!givesResponses<Out>(result)) this.#give(result as Out);
    else if (Symbol.asyncIterator in result) void this.#pull(result[Symbol.asyncIterator]());
    else if (Symbol.iterator in result) void this.#pull(result[Symbol.iterator]());
    else this.#subscribe(from(result));
  };

  #subscribe(responses: Observable<Out>): void {
    joined(this.#over, () => responses).subscribe({
      next: (response) => this.#give(response),
      error: this.handlerFailed,
      complete: () => this.fail(noResponse()),
    });
  }

  /** Asks for the first response. The source is left after that, and also when the call ends before. */
  async #pull(responses: Iterator<Out> | AsyncIterator<Out>): Promise<void> {
    try {
      const ended = new Promise<undefined>((resolve) => this.#over.add(() => resolve(undefined)));
      const asked = Promise.resolve(responses.next());
      const first = await Promise.race([asked, ended]);
      if (!first) asked.catch(this.handlerFailed);
      else if (first.done) this.fail(noResponse());
      else this.#give(first.value);
      if (!first?.done) await responses.return?.();
    } catch (error) {
      this.handlerFailed(error);
    }
  }

  readonly handlerFailed = (error: unknown): void => {
    if (this.#settled) this.#resultEnd.failedLate(error);
    else this.#end(error);
  };

  #give(response: Out): void {
    if (this.#settled) return;
    const { whyNot, encode, wire } = this.#sending;
    const why = whyNot(response);
    if (why !== undefined) {
      this.#reject(unserialisable(why, undefined));
      return;
    }
    try {
      const bytes = encode(response);
      this.#chunk = wire === 'bytes' ? bytes : response;
      this.#size = bytes.length;
    } catch (error) {
      this.#reject(unserialisable(undefined, error));
      return;
    }
    this.#standing = inFlight;
    this.#over.unsubscribe();
    this.#resultEnd.completed();
    this.#send();
  }

  #reject(refusal: Refusal): void {
    this.#standing = rejected;
    this.#end(refusal);
  }

  #end(error: unknown): void {
    if (this.#standing === inFlight) this.#standing = rejected;
    this.#failure = { error };
    this.#over.unsubscribe();
    this.#resultEnd.failed(error);
    this.#send();
  }

  #send(): void {
    if (!this.#started || this.#closed || !this.#settled) return;
    if (this.#failure) this.#callback(this.#headers.failure(this.#failure.error));
    else this.#callback(null, this.#chunk, this.#headers.trailers());
  }
}
