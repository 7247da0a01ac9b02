import { status } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import { Subscription } from 'rxjs';
import type { ObservableInput } from 'rxjs';
import type { Gate } from '../gate.js';
import type { Dropped } from '../outgoing/entry.js';
import type { OutgoingOptions } from '../outgoing/options.js';
import { Outgoing } from '../outgoing/outgoing.js';
import { pour } from '../outgoing/pour.js';
import type { Ledger } from '../stats.js';
import type { Packing } from '../wire/joining.js';
import { Pump } from '../wire/pump.js';
import type { Sender, Writing } from '../wire/pump.js';
import type { Context } from './context.js';
import { statusOf, unserialisable } from './failure.js';
import type { Refusal } from './failure.js';
import type { Responses } from './halves.js';

/** What both a server's stream and its duplex are to the one who answers by them. */
export interface Answering extends Sender {
  sendMetadata(metadata: Metadata): void;
  end(trailers?: Metadata): unknown;
  emit(event: 'error', error: object): boolean;
}

/** How responses are written, and how several are packed for a peer that has agreed to it. */
export interface Posting<Out> extends Writing<Out> {
  readonly packing: Packing<Out> | undefined;
}

/** A stream of responses. Its initial metadata is sent at once, so that a client knows its call accepted. */
export class Outbox<Out> implements Responses<ObservableInput<Out>> {
  failure: { readonly error: unknown } | undefined;
  readonly #call: Answering;
  readonly #context: Context;
  readonly #outgoing: Outgoing<Out>;
  readonly #pump: Pump<Out>;
  readonly #over = new Subscription();
  #finished = false;

  constructor(call: Answering, context: Context, options: OutgoingOptions<Out>, { packing, ...writing }: Posting<Out>) {
    this.#call = call;
    this.#context = context;
    this.#outgoing = new Outgoing<Out>(options);
    this.#pump = new Pump(this.#outgoing, {
      ...writing,
      finish: () => {
        this.#finish();
      },
      failed: () => undefined,
    });
    if (packing) this.#pump.packBy(packing);
    this.#outgoing.dropped$.subscribe((dropped) => {
      if (dropped.outcome === 'rejected') this.fail(refusalOf(dropped));
    });
  }

  /** What cannot be pulled is slowed by its requests: none are read while the buffer has no room for a response. */
  take(responses: ObservableInput<Out>, gate: Gate | undefined): void {
    pour(responses, { outgoing: this.#outgoing, over: this.#over, failed: this.fail, gate });
  }

  readonly fail = (error: unknown): void => {
    if (this.#outgoing.closed) return;
    this.failure = { error };
    this.#over.unsubscribe();
    this.#outgoing.complete();
  };

  start(): void {
    this.#call.sendMetadata(this.#context.initialMetadata);
    this.#pump.start(this.#call);
  }

  close(): boolean {
    const complete = this.#finished && !this.#outgoing.busy;
    this.#over.unsubscribe();
    this.#pump.stop();
    this.#outgoing.error(undefined);
    return complete;
  }

  enterInto(ledger: Ledger): void {
    ledger.add(this.#outgoing.stats());
  }

  #finish(): void {
    this.#finished = true;
    const { trailers } = this.#context.used;
    // grpc-js sends the status of an `error` after the writes before it; `destroy` would leave the peer waiting.
    if (this.failure) this.#call.emit('error', statusOf(this.failure.error, trailers));
    else this.#call.end(trailers);
  }
}

function refusalOf({ reason }: Dropped<unknown>): Refusal {
  if (reason === 'unserialisable') return unserialisable;
  const details =
    reason === 'too-large' ? 'a response was larger than maxBytes' : 'responses came faster than they left';
  return { code: status.RESOURCE_EXHAUSTED, details };
}
