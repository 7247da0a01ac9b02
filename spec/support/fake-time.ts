interface Timer {
  readonly at: number;
  readonly act: () => void;
  /** Whether it keeps the process alive. */
  holds: boolean;
}

/** The global timers and clock, moved by hand until they are disposed of. */
export class FakeTime implements Disposable {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #timers = new Map<object, Timer>();
  #now = 0;

  constructor() {
    const set = (act: () => void, ms = 0): object => {
      const timer: Timer = { at: this.#now + ms, act, holds: true };
      const handle = {
        unref: (): object => {
          timer.holds = false;
          return handle;
        },
      };
      this.#timers.set(handle, timer);
      return handle;
    };
    const clear = (handle: object): void => {
      this.#timers.delete(handle);
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    Object.defineProperty(performance, 'now', { configurable: true, value: () => this.#now });
  }

  /** When each timer is due that is set. */
  get waiting(): readonly number[] {
    return [...this.#timers.values()].map(({ at }) => at);
  }

  /** How many of them keep the process alive. */
  get holding(): number {
    return [...this.#timers.values()].filter(({ holds }) => holds).length;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, one], [, two]) => one.at - two.at);
      if (!next) break;
      const [handle, { at, act }] = next;
      this.#now = at;
      this.#timers.delete(handle);
      act();
    }
    this.#now = end;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    Reflect.deleteProperty(performance, 'now');
  }
}
