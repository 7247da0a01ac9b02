import type { Gate } from '../gate.js';
import type { Inbound, Ledger } from '../stats.js';

/** The inbound half of a call: one request, or a stream of them. */
export interface Requests<Input> {
  /** What the handler is given. */
  readonly input: Input;
  /** Slows the client while it is held, if anything can. */
  readonly gate: Gate | undefined;
  readonly books: Readonly<Inbound>;
  /** Whether the handler has subscribed to them. */
  readonly subscribed: boolean;
  /** Calls `read` once all requests have been given to a subscriber, or are not wanted any more. */
  whenRead(read: () => void): void;
  /** Calls `left` once nobody is subscribed. */
  whenLeft(left: () => void): void;
  /** The handler will want no more of them than those who are subscribed do: the rest is read and counted. */
  leave(): void;
  /** Completes them: the call is drained, or has ended as its handler wanted. */
  end(): void;
  /** Fails them: the call has ended otherwise, and the requests may be incomplete. */
  cancel(): void;
}

/** The way in which a call has ended. */
export type Outcome = 'completed' | 'failed' | 'cancelled';

/** The outbound half of a call: one response, or a stream of them. Nothing is sent before `start`. */
export interface Responses {
  /** Takes what the handler has returned. */
  take(result: unknown): void;
  /** Ends the call with the status of `error`, after the responses before it. Does nothing when the result has ended. */
  fail(error: unknown): void;
  /** The same for what the handler has failed with, which is reported also when the result has ended. */
  handlerFailed(error: unknown): void;
  /** Sends the initial metadata, then the responses. */
  start(): void;
  /** The call is over, whether or not all responses were sent. */
  close(): Outcome;
  /** Adds what has become of the responses to the books of several calls. */
  enterInto(ledger: Ledger): void;
}

/** What is done about the end of a handler's result. */
export interface ResultEnd {
  /** The result has ended: there will be no more responses. */
  readonly completed: () => void;
  /** The handler, or the library in its stead, has failed, and the call ends with the status of `error`. */
  readonly failed: (error: unknown) => void;
  /** The handler has failed when its call had ended already. */
  readonly failedLate: (error: unknown) => void;
}
