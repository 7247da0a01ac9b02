import type { Gate } from '../gate.js';

/** What both a client's and a server's call are to the one who reads them. */
export interface Source<In> {
  on(event: 'data', listener: (message: In) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** The messages of an envelope; nothing for a message that is none. */
export type Unpack<In> = (message: In) => readonly In[] | null | undefined;

export interface Readings<In> {
  readonly next: (message: In) => void;
  /** A message could not be taken apart, and is given to nobody. */
  readonly failed: (error: unknown) => void;
  /** All there was has been given. */
  readonly end: () => void;
}

/** Gives what comes of one call, a message at a time, and nothing while the gate is held: the peer is slowed then. */
export class Reader<In> {
  readonly #call: Source<In>;
  readonly #gate: Gate;
  readonly #readings: Readings<In>;
  readonly #unwatch: () => void;
  #unpack: Unpack<In> | undefined;
  /** The messages of one envelope, and how many of them were given. */
  #several: readonly In[] = [];
  #given = 0;
  #giving = false;
  #endWaits = false;

  constructor(call: Source<In>, gate: Gate, readings: Readings<In>) {
    this.#call = call;
    this.#gate = gate;
    this.#readings = readings;
    call.on('data', (message) => {
      this.#read(message);
    });
    call.on('end', () => {
      if (this.#rest) this.#endWaits = true;
      else readings.end();
    });
    if (gate.held) call.pause();
    this.#unwatch = gate.watch((held) => {
      if (held) call.pause();
      else this.#goOn();
    });
  }

  /** From now on a message may be an envelope of several. */
  unpackBy(unpack: Unpack<In>): void {
    this.#unpack = unpack;
  }

  /** Gives no more; what still comes is nobody's. */
  stop(): void {
    this.#unwatch();
    this.#several = [];
  }

  get #rest(): boolean {
    return this.#given < this.#several.length;
  }

  #read(message: In): void {
    let several: readonly In[] | null | undefined;
    try {
      several = this.#unpack?.(message);
    } catch (error) {
      this.#readings.failed(error);
      return;
    }
    if (!several) {
      this.#readings.next(message);
      return;
    }
    this.#several = several;
    this.#given = 0;
    this.#goOn();
  }

  /** The gate may be let go by somebody to whom a message is being given: then its giver goes on. */
  #goOn(): void {
    if (this.#giving) return;
    this.#giving = true;
    while (this.#rest && !this.#gate.held) {
      this.#given += 1;
      this.#readings.next(this.#several[this.#given - 1] as In);
    }
    this.#giving = false;
    if (this.#rest || this.#gate.held) return;
    this.#call.resume();
    if (!this.#endWaits) return;
    this.#endWaits = false;
    this.#readings.end();
  }
}
