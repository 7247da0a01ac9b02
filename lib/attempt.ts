let offered: Attempt | undefined;

/**
 * One attempt of a reconnecting stream, as the policy above and the call below know it. Between the two stand any
 * operators of the user's, and a pipe operator can only resubscribe through them: so the attempt travels with the
 * subscription itself, which goes down the pipe synchronously, and the first call subscribed on the way claims it.
 */
export class Attempt {
  readonly number: number;
  /** Set by the call: what it failed of will not happen again, and is worth another attempt whatever it was. */
  passing = false;
  readonly #opened: () => void;
  #leave: (() => void) | undefined;

  constructor(number: number, opened: () => void) {
    this.number = number;
    this.#opened = opened;
  }

  /** Said by the call: the peer has answered, or has taken something. */
  opened(): void {
    this.#opened();
  }

  /** Said by the call: how to end it without losing what it has taken. */
  onLeave(leave: () => void): void {
    this.#leave = leave;
  }

  /** Asks the call to take no more, to half-close and to be read to its end; false when there is no such call. */
  leave(): boolean {
    this.#leave?.();
    return this.#leave !== undefined;
  }
}

/** Subscribes to what may claim `attempt`. */
export function offerAttempt(attempt: Attempt, subscribe: () => void): void {
  const outer = offered;
  offered = attempt;
  try {
    subscribe();
  } finally {
    offered = outer;
  }
}

/** The attempt under which the caller is being subscribed; a call without a policy is its own first attempt. */
export function claimAttempt(): Attempt {
  const attempt = offered ?? new Attempt(1, () => undefined);
  offered = undefined;
  return attempt;
}
