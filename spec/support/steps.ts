import { turns, until } from './peer.js';

const limitMs = 300_000;

/** What was written for each of several slow readers and what it handled, counted at every step of both. */
export class Steps {
  /** By how much the writer of any of them was ahead, at most. */
  most = 0;
  handled = 0;
  #written = 0;
  #ending = false;
  #failure: Error | undefined;
  readonly #ahead: number[];
  readonly #slack: number;
  #begin: () => void = () => undefined;
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  /** A writer that is ahead by more than the slack fails what waits here, and none writes more: it would fill the memory. */
  constructor(readers: number, slack: number) {
    this.#ahead = Array<number>(readers).fill(0);
    this.#slack = slack;
  }

  /** Whether one more is to be written for a reader: then it counts as written. */
  readonly more = (reader: number): boolean => {
    if (this.#ending) return false;
    this.#written += 1;
    this.most = Math.max(this.most, this.#move(reader, 1));
    if (this.most > this.#slack) this.fail(new Error(`a writer is ${this.most} messages ahead, of ${this.#slack}`));
    return true;
  };

  /** It cannot go on: nothing waits here any longer. */
  readonly fail = (error: Error): void => {
    this.#failure ??= error;
    this.#ending = true;
  };

  /** One was handled. The first is held in the hand until all readers begin. */
  readonly done = async (reader: number): Promise<void> => {
    await this.#begun;
    this.handled += 1;
    this.#move(reader, -1);
  };

  /** Lets the readers begin when every writer has written so many, and what it can. */
  async begin(full: number): Promise<void> {
    await this.#until('all writers to be ahead', () => this.#ahead.every((ahead) => ahead >= full));
    for (let before = -1; before !== this.#written;) {
      before = this.#written;
      await turns(60);
    }
    this.#begin();
  }

  /** Waits for so many more to be handled. */
  async take(count: number): Promise<void> {
    const enough = this.handled + count;
    await this.#until(`${enough} messages to be handled`, () => this.handled >= enough);
  }

  /** No more is written; waits for the rest to be handled, and tells how much that was in all. */
  async end(): Promise<number> {
    this.#ending = true;
    await this.#until('the rest to be handled', () => this.handled === this.#written);
    return this.handled;
  }

  #until(what: string, isSo: () => boolean): Promise<void> {
    const check = (): boolean => {
      if (this.#failure) throw this.#failure;
      return isSo();
    };
    return until(what, check, limitMs);
  }

  #move(reader: number, by: number): number {
    return (this.#ahead[reader] = (this.#ahead[reader] ?? 0) + by);
  }
}
