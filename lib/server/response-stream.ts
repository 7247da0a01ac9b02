import { Metadata, status } from '@grpc/grpc-js';
import { Subscription } from 'rxjs';
import type { Dropped } from '../outgoing/entry.js';
import type { OutgoingOptions } from '../outgoing/options.js';
import { Outgoing } from '../outgoing/outgoing.js';
import { pour } from '../outgoing/pour.js';
import type { WhyNot } from '../message.js';
import { isPromiseLike } from '../outgoing/source.js';
import type { Ledger } from '../stats.js';
import type { Packing } from '../wire/joining.js';
import { Pump } from '../wire/pump.js';
import type { Sender, Writing } from '../wire/pump.js';
import type { CallHeaders } from './call-headers.js';
import { Refusal, unserialisable } from './failure.js';
import type { Outcome, Requests, Responses, ResultEnd } from './halves.js';
import { givesResponses, mayGive } from './result.js';

/** What both a server's stream and its duplex are to the one who answers by them. */
export interface Answering extends Sender {
  sendMetadata(metadata: Metadata): void;
  end(trailers?: Metadata): unknown;
  emit(event: 'error', error: object): boolean;
}

/** How responses are checked and written, and how several are packed for a client that has agreed to it. */
export interface Posting<Out> extends Writing<Out> {
  readonly packing: Packing<Out> | undefined;
  readonly whyNot: WhyNot;
}

/** A stream of responses. Its initial metadata is sent at once, so that a client knows its call accepted. */
export class ResponseStream<Out> implements Responses {
  readonly #call: Answering;
  readonly #requests: Requests<unknown>;
  readonly #headers: CallHeaders;
  readonly #resultEnd: ResultEnd;
  readonly #whyNot: WhyNot;
  readonly #outgoing: Outgoing<Out>;
  readonly #pump: Pump<Out>;
  /** Ends what the handler's result is still doing. */
  readonly #over = new Subscription();
  #failure: { readonly error: unknown } | undefined;
  /** How many responses the result has given. */
  #given = 0;
  #finished = false;

  constructor(
    call: Answering,
    requests: Requests<unknown>,
    headers: CallHeaders,
    resultEnd: ResultEnd,
    options: OutgoingOptions<Out>,
    { packing, whyNot, ...writing }: Posting<Out>,
  ) {
    this.#call = call;
    this.#requests = requests;
    this.#headers = headers;
    this.#resultEnd = resultEnd;
    this.#whyNot = whyNot;
    this.#outgoing = new Outgoing<Out>(options);
    this.#pump = new Pump(this.#outgoing, {
      ...writing,
      finish: () => this.#finish(),
      // After an overflow that is `fatal` nothing of what is queued is sent.
      failed: () => {
        this.#end(tooMuch(tooFast));
        this.#pump.leave();
      },
    });
    if (packing) this.#pump.packBy(packing);
    this.#outgoing.dropped$.subscribe((dropped) => {
      if (dropped.outcome === 'rejected' && !this.#outgoing.closed) this.#end(this.#refusalOf(dropped));
    });
    this.#over.add(this.#outgoing.closing$.subscribe({ complete: resultEnd.completed }));
  }

  take(result: unknown): void {
    if (isPromiseLike(result)) Promise.resolve(result).then(this.#takeLate).catch(this.handlerFailed);
    else if (result !== undefined) this.#pour(result);
    else if (this.#requests.subscribed) this.#requests.whenRead(() => this.#outgoing.complete());
    else this.fail(nothing(result));
  }

  fail(error: unknown): void {
    if (!this.#outgoing.closed) this.#end(error);
  }

  start(): void {
    this.#call.sendMetadata(this.#initialMetadata());
    this.#pump.start(this.#call);
  }

  close(): Outcome {
    const isComplete = this.#finished && !this.#outgoing.busy;
    this.#over.unsubscribe();
    this.#pump.stop();
    this.#outgoing.cancel();
    if (this.#failure) return 'failed';
    return isComplete ? 'completed' : 'cancelled';
  }

  enterInto(ledger: Ledger): void {
    ledger.add(this.#outgoing.stats());
  }

  /** An async handler that has nothing to return has done its work, but for what it has subscribed to. */
  readonly #takeLate = (result: unknown): void => {
    if (this.#outgoing.closed) return;
    if (result !== undefined) this.#pour(result);
    else this.#requests.whenLeft(() => this.#outgoing.complete());
  };

  /** What cannot be pulled is slowed by its requests: none are read while the buffer has no room for a response. */
  #pour(result: unknown): void {
    if (result === null) {
      this.fail(nothing(result));
      return;
    }
    pour(givesResponses<Out>(result) ? result : [result as Out], {
      outgoing: this.#outgoing,
      over: this.#over,
      failed: this.handlerFailed,
      gate: this.#requests.gate,
      isOwed: () => (this.#given += 1) <= this.#requests.books.routed,
    });
  }

  readonly handlerFailed = (error: unknown): void => {
    if (this.#outgoing.closed) this.#resultEnd.failedLate(error);
    else this.#end(error);
  };

  #end(error: unknown): void {
    if (this.#failure || this.#finished) return;
    this.#failure = { error };
    this.#over.unsubscribe();
    this.#outgoing.complete();
    this.#resultEnd.failed(error);
  }

  #initialMetadata(): Metadata {
    try {
      return this.#headers.initial() ?? new Metadata();
    } catch (error) {
      this.#end(error);
      return new Metadata();
    }
  }

  #finish(): void {
    this.#finished = true;
    // grpc-js sends the status of an `error` after the writes before it; `destroy` would leave the peer waiting.
    if (this.#failure) this.#call.emit('error', this.#headers.failure(this.#failure.error));
    else this.#call.end(this.#headers.trailers());
  }

  #refusalOf({ message, reason, error }: Dropped<Out>): Refusal {
    if (reason === 'unserialisable') return unserialisable(this.#whyNot(message), error);
    return tooMuch(reason === 'too-large' ? 'a response was larger than maxBytes' : tooFast);
  }
}

const tooFast = 'responses came faster than they left';
const tooMuch = (details: string): Refusal => new Refusal(status.RESOURCE_EXHAUSTED, details);

const nothing = (result: unknown): Refusal =>
  new Refusal(status.INTERNAL, `the handler returned ${String(result)}; it may give ${mayGive}`);
