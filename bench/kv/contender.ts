import type { Operation } from './workload.js';

export const concurrencies = ['global', 'free', 'per-key'] as const;
export type Concurrency = (typeof concurrencies)[number];

/** Who asks, and how. */
export interface Way {
  readonly contender: 'grpc-js' | 'rxduplex';
  readonly api: 'unary' | 'session';
}

export const ways: readonly Way[] = [
  { contender: 'grpc-js', api: 'unary' },
  { contender: 'rxduplex', api: 'unary' },
  { contender: 'rxduplex', api: 'session' },
];

/** What became of an operation. Nothing else may become of it. */
export type Answer =
  { readonly outcome: 'done'; readonly value?: Uint8Array } | { readonly outcome: 'NOT_FOUND' | 'ALREADY_EXISTS' };

export type Ask = (operation: Operation, answered: (answer: Answer) => void) => void;

/** A client of the service that listens on `port`; nobody asks it for more than `inFlight` at once. */
export type Connect = (port: number, inFlight: number) => Ask;
