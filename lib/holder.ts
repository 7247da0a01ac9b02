/** One who may hold a gate, and holds it once at most. */
export class Holder {
  readonly #hold: () => () => void;
  #letGo: (() => void) | undefined;

  constructor(hold: () => () => void) {
    this.#hold = hold;
  }

  get holds(): boolean {
    return this.#letGo !== undefined;
  }

  hold(): void {
    this.#letGo ??= this.#hold();
  }

  /** What was held may come at once, and have the gate held again before it has been let go. */
  release(): void {
    const letGo = this.#letGo;
    this.#letGo = undefined;
    letGo?.();
  }
}
