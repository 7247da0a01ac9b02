interface Line<T> {
  /** When each falls due. */
  readonly items: Map<T, number>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Deadlines for many, on few timers: what is given the same time falls due in the order in which it came, so that one
 * timer serves all of it, and is set anew only when it has run down. The timers keep no process alive by themselves.
 */
export class Deadlines<T> {
  readonly #due: (item: T) => void;
  readonly #lines = new Map<number, Line<T>>();

  constructor(due: (item: T) => void) {
    this.#due = due;
  }

  set(item: T, ms: number): void {
    if (ms === Infinity) return;
    let line = this.#lines.get(ms);
    if (!line) {
      line = { items: new Map(), timer: undefined };
      this.#lines.set(ms, line);
    }
    line.items.set(item, performance.now() + ms);
    if (!line.timer) this.#wait(line, ms, ms);
  }

  clear(item: T, ms: number): void {
    if (ms !== Infinity) this.#lines.get(ms)?.items.delete(item);
  }

  #wait(line: Line<T>, ms: number, delay: number): void {
    line.timer = setTimeout(() => {
      line.timer = undefined;
      this.#expire(line, ms);
    }, delay).unref();
  }

  #expire(line: Line<T>, ms: number): void {
    const now = performance.now();
    for (const [item, due] of line.items) {
      const left = due - now;
      if (left > 0) {
        // Whoever was told of a deadline may have set another, and with it the timer.
        if (!line.timer) this.#wait(line, ms, left);
        return;
      }
      line.items.delete(item);
      this.#due(item);
    }
    if (line.items.size === 0) this.#lines.delete(ms);
  }
}
