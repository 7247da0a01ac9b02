/** Where a `Remote` stands. gRPC's own words (IDLE, READY …) are left to its channels. */
export type Status =
  /** No call, and no reason for one. */
  | { readonly state: 'idle' }
  /** Attempt number `attempt` since the last proof of life is being made. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /** Call number `connection` of this `Remote` is open. */
  | { readonly state: 'open'; readonly connection: number; readonly peer: string }
  /** Attempt number `attempt` will be made after `delayMs`; `cause` is the error, if one ended the call before. */
  | { readonly state: 'reconnecting'; readonly attempt: number; readonly delayMs: number; readonly cause?: unknown }
  /** Takes no more; what is queued is being sent. */
  | { readonly state: 'draining' }
  /** Final. */
  | {
      readonly state: 'closed';
      /** `closed`: by `close`. `completed`: all that was offered before `complete` was sent. `failed`: see `error`. */
      readonly reason: 'closed' | 'completed' | 'failed';
      readonly error?: unknown;
    };

export type State = Status['state'];

/** From each state, the states that may follow. */
export const legal: Readonly<Record<State, readonly State[]>> = {
  idle: ['connecting', 'draining', 'closed'],
  connecting: ['connecting', 'open', 'reconnecting', 'idle', 'draining', 'closed'],
  open: ['connecting', 'reconnecting', 'idle', 'draining', 'closed'],
  reconnecting: ['connecting', 'idle', 'draining', 'closed'],
  draining: ['closed'],
  closed: [],
};

export const mayFollow = (from: State, to: State): boolean => legal[from].includes(to);
