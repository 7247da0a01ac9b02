import { below, seeded } from './random.js';
import type { Random } from './random.js';

const size = 8 * 1024 * 1024;

/** Random bytes, made once: a piece from anywhere in them costs nothing, and differs from any other. */
export class Noise {
  readonly #bytes: Buffer;
  readonly #random: Random;

  constructor(seed: number) {
    const fill = seeded(~seed);
    const words = Uint32Array.from({ length: size / 4 }, () => fill() * 2 ** 32);
    this.#bytes = Buffer.from(words.buffer);
    this.#random = seeded(seed ^ 0x5bd1e995);
  }

  piece(length: number): Buffer {
    const from = below(this.#random, size - length);
    return this.#bytes.subarray(from, from + length);
  }
}
