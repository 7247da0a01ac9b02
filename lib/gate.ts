/**
 * Counts those who ask a stream to stand still. It stands while anybody holds it, and goes on when the last of them has
 * let go.
 */
export class Gate {
  readonly #changed: (held: boolean) => void;
  #holds = 0;

  constructor(changed: (held: boolean) => void) {
    this.#changed = changed;
  }

  get held(): boolean {
    return this.#holds > 0;
  }

  /** Holds the gate until the function that it gives is called; calling that again does nothing. */
  hold(): () => void {
    let holding = true;
    this.#holds += 1;
    if (this.#holds === 1) this.#changed(true);
    return () => {
      if (!holding) return;
      holding = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#changed(false);
    };
  }
}
