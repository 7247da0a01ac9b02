export interface Sized {
  readonly bytes: number;
}

/** Those that come while a group is under way make up the next. The first of a turn wait for the others of it. */
export class Gathering<T extends Sized> {
  readonly #run: (group: readonly T[]) => Promise<void>;
  readonly #maxBytes: number;
  #waiting: T[] = [];
  #running: Promise<void> | undefined;

  /** `run` tells those in the group what became of them, and is not to fail. A group is of at most so many bytes, or of one. */
  constructor(run: (group: readonly T[]) => Promise<void>, maxBytes: number) {
    this.#run = run;
    this.#maxBytes = maxBytes;
  }

  add(item: T): void {
    this.#waiting.push(item);
    this.#running ??= this.#runAll();
  }

  /** Done when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      try {
        await this.#run(this.#next());
      } catch {
        // Nobody awaits this, and the next group must not be kept from its turn.
      }
    }
    this.#running = undefined;
  }

  #next(): readonly T[] {
    let bytes = 0;
    const over = this.#waiting.findIndex((item, index) => (bytes += item.bytes) > this.#maxBytes && index > 0);
    const group = over < 0 ? this.#waiting : this.#waiting.slice(0, over);
    this.#waiting = over < 0 ? [] : this.#waiting.slice(over);
    return group;
  }
}
