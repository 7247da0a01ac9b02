/** A write that may be what a reader sees. */
interface Written {
  /** Nothing, if the value was taken away. */
  readonly value: Buffer | undefined;
  readonly beganAt: number;
  endedAt: number;
  refused: boolean;
}

type Register = readonly Written[];

/** What has begun, to be told how it ended. */
export interface Writing {
  done(): void;
  refused(): void;
}

export interface Reading {
  /** Whether somebody who reads what nobody else writes could have found this. */
  couldFind(value: Uint8Array | undefined): boolean;
}

/**
 * What each key may hold, in the eyes of the only one who writes: what was written last, and what was being written
 * while it was read.
 */
export class Registers {
  readonly #registers = new Map<string, Register>();
  readonly #readers = new Map<string, Set<Written[]>>();
  #now = 0;

  /** A write that begins. */
  write(key: string, value: Buffer | undefined): Writing {
    const written: Written = { value, beganAt: this.#tick(), endedAt: Infinity, refused: false };
    this.#set(key, [...this.#get(key), written]);
    for (const seen of this.#readers.get(key) ?? []) seen.push(written);
    return {
      done: () => {
        written.endedAt = this.#tick();
        this.#set(
          key,
          this.#get(key).filter(({ endedAt }) => endedAt > written.beganAt),
        );
      },
      refused: () => {
        written.refused = true;
        this.#set(
          key,
          this.#get(key).filter((other) => other !== written),
        );
      },
    };
  }

  /** A read that begins. It is to be asked once, when it has ended. */
  read(key: string): Reading {
    const seen = [...this.#get(key)];
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers.add(seen));
    return {
      couldFind: (found) => {
        readers.delete(seen);
        if (readers.size === 0) this.#readers.delete(key);
        return seen.some(({ value, refused }) => !refused && same(value, found));
      },
    };
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#registers.size;
  }

  #get(key: string): Register {
    return this.#registers.get(key) ?? untouched;
  }

  /** What holds nothing for certain needs no memory. */
  #set(key: string, register: Register): void {
    const [only] = register;
    if (register.length === 1 && only?.value === undefined && only?.endedAt !== Infinity) this.#registers.delete(key);
    else this.#registers.set(key, register);
  }

  #tick(): number {
    this.#now += 1;
    return this.#now;
  }
}

const untouched: Register = [{ value: undefined, beganAt: 0, endedAt: 0, refused: false }];

function same(a: Buffer | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
