import type { Gate } from '../gate.js';
import type { Inbound, Ledger } from '../stats.js';

/** The inbound half of a call: one request, or a stream of them. */
export interface Requests<Input> {
  /** What the handler is given. */
  readonly input: Input;
  /** What slows the peer, if anything can. */
  readonly gate: Gate | undefined;
  readonly books: Readonly<Inbound>;
  /** There will be no more: the call is being drained, or has ended by the handler's own doing. */
  end(): void;
  /** The call was given up: what came is no complete conversation. */
  cancel(): void;
}

/** The outbound half of a call: one response, or a stream of them. Nothing leaves before `start`. */
export interface Responses<Result> {
  /** Takes what the handler has given. */
  take(result: Result, gate: Gate | undefined): void;
  /** Ends the call with the status of `error`, after the responses before it; too late, it does nothing. */
  fail(error: unknown): void;
  /** Sends the initial metadata, then what there is to send. */
  start(): void;
  /** The call is over. Tells whether all that there was to send has left. */
  close(): boolean;
  /** What it was ended with, if that was an error. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Enters what has become of them into the books of more. */
  enterInto(ledger: Ledger): void;
}
