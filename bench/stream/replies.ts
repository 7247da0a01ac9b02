/** As many as a buffer of ours holds by default. */
const many = 1024;

/** What a server has yet to write. While it is much, nothing is read. */
export class Replies {
  readonly #reader: { pause(): unknown; resume(): unknown };
  readonly #waiting: Buffer[] = [];
  #paused = false;

  constructor(reader: { pause(): unknown; resume(): unknown }) {
    this.#reader = reader;
  }

  push(reply: Buffer): void {
    if (this.#waiting.push(reply) < many || this.#paused) return;
    this.#paused = true;
    this.#reader.pause();
  }

  readonly next = (): Buffer | undefined => {
    const reply = this.#waiting.shift();
    if (this.#paused && this.#waiting.length === 0) {
      this.#paused = false;
      this.#reader.resume();
    }
    return reply;
  };
}
