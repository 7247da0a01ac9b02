import type { PeerRequest } from 'rxduplex/peer';

/**
 * - `sync`: a message is sent after the reply to the one before.
 * - `async`: all are offered at once; a reply finds its message by the id.
 * - `in-order`: one producer, which awaits the acceptance of each; replies are expected in the order of the messages.
 */
export const modes = ['sync', 'async', 'in-order'] as const;
export type Mode = (typeof modes)[number];

export const contenders = ['rxduplex', 'grpc-js'] as const;
export type ContenderName = (typeof contenders)[number];

export interface Run {
  readonly mode: Mode;
  /** For a contender that has a send buffer. */
  readonly bufferSize?: number;
  readonly messages: readonly PeerRequest[];
}

export interface Outcome {
  readonly seconds: number;
  /** Replies that came where, and when, they were expected. */
  readonly expected: number;
}

export interface Contender {
  /** Sends the messages on a call of their own, which is open before the clock starts. */
  run(run: Run): Promise<Outcome>;
  close(): void;
}

/** Runs `exchange`, which tells how many replies were as expected, against the clock. */
export async function timed(exchange: () => Promise<number>): Promise<Outcome> {
  const start = performance.now();
  const expected = await exchange();
  return { seconds: (performance.now() - start) / 1000, expected };
}
