import { causeOf, familyOf } from './transient.js';
import type { Failure } from './transient.js';

/** Failures of one family that follow each other. */
interface Row {
  count: number;
  readonly since: number;
}

/** The attempts of a reconnecting stream that have ended, as far as the next decision depends on them. */
export class Failures {
  readonly #minUptimeMs: number;
  readonly #rows = new Map<unknown, Row>();
  /** How many attempts have ended since the last proof of life. */
  #unproven = 0;
  /** The same for the backoff: a call that lived for a part of `minUptimeMs` has taken that part of it back. */
  #weight = 0;

  constructor(minUptimeMs: number) {
    this.#minUptimeMs = minUptimeMs;
  }

  get unproven(): number {
    return this.#unproven;
  }

  /** How many attempts the backoff is to reckon with. */
  get weight(): number {
    return Math.ceil(this.#weight);
  }

  /** A call is over that was open for so long. */
  lived(uptimeMs: number): void {
    if (uptimeMs < this.#minUptimeMs) {
      this.#weight *= 1 - uptimeMs / this.#minUptimeMs;
      return;
    }
    this.#weight = this.#unproven = 0;
    this.#rows.clear();
  }

  /** An attempt has ended, and nobody had asked it to. */
  ended(): void {
    this.#unproven += 1;
    this.#weight += 1;
  }

  /** It has failed of `error`. What may pass by itself makes one row, whatever fails between. */
  failed(error: unknown, now: number): Omit<Failure, 'patienceMs'> {
    const family = familyOf(causeOf(error));
    for (const other of this.#rows.keys()) if (other !== family && other !== 'MAY_PASS') this.#rows.delete(other);
    const row = this.#rows.get(family) ?? { count: 0, since: now };
    row.count += 1;
    this.#rows.set(family, row);
    return { inARow: row.count, sinceMs: now - row.since };
  }
}
