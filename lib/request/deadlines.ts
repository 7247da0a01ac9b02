import { Queue } from '../queue.js';
import type { Linked } from '../queue.js';

/** When something falls due. */
export class Deadline<T> implements Linked<Deadline<T>> {
  readonly item: T;
  readonly due: number;
  /** With those of the same time; out of it when it has been cleared, or is over. */
  line: Line<T> | undefined;
  before: Deadline<T> | undefined;
  after: Deadline<T> | undefined;

  constructor(item: T, due: number, line: Line<T>) {
    this.item = item;
    this.due = due;
    this.line = line;
  }
}

/** Deadlines in the order in which they fall due. */
interface Line<T> {
  readonly ms: number;
  readonly deadlines: Queue<Deadline<T>>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Deadlines for many, on few timers: what is given the same time falls due in the order in which it came, so that one
 * timer serves all of it, and is set anew only when it has run down. The timers keep no process alive by themselves.
 */
export class Deadlines<T> {
  readonly #due: (item: T, since: number) => void;
  readonly #lines = new Map<number, Line<T>>();

  /** `due` is called with an item and with the moment at which it was set, in milliseconds of `performance.now()`. */
  constructor(due: (item: T, since: number) => void) {
    this.#due = due;
  }

  set(item: T, ms: number): Deadline<T> | undefined {
    if (ms === Infinity) return undefined;
    let line = this.#lines.get(ms);
    if (!line) {
      line = { ms, deadlines: new Queue(), timer: undefined };
      this.#lines.set(ms, line);
    }
    const deadline = new Deadline(item, performance.now() + ms, line);
    line.deadlines.push(deadline);
    if (!line.timer) this.#wait(line, ms);
    return deadline;
  }

  clear(deadline: Deadline<T>): void {
    deadline.line?.deadlines.remove(deadline);
    deadline.line = undefined;
  }

  #wait(line: Line<T>, delay: number): void {
    line.timer = setTimeout(() => {
      line.timer = undefined;
      this.#expire(line);
    }, delay).unref();
  }

  #expire(line: Line<T>): void {
    const now = performance.now();
    for (let first = line.deadlines.first; first; first = line.deadlines.first) {
      const left = first.due - now;
      if (left > 0) {
        // Whoever was told of a deadline may have set another, and with it the timer.
        if (!line.timer) this.#wait(line, left);
        return;
      }
      this.clear(first);
      this.#due(first.item, first.due - line.ms);
    }
    if (!line.timer) this.#lines.delete(line.ms);
  }
}
