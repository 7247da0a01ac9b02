import { below } from './random.js';
import type { Random } from './random.js';

/** The keys that have been created and not deleted. Each of them is found, chosen and forgotten in constant time. */
export class KnownKeys {
  readonly #keys: string[];
  readonly #places = new Map<string, number>();

  constructor(keys: string[] = []) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#places.size;
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  add(key: string): void {
    this.#places.set(key, this.#keys.push(key) - 1);
  }

  /** One of them, each as likely. There has to be one. */
  any(random: Random): string {
    return this.#keys[below(random, this.size)] as string;
  }

  /** The last one takes its place, so that none has to move up. */
  delete(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const last = this.#keys.pop() as string;
    if (last === key) return;
    this.#keys[place] = last;
    this.#places.set(last, place);
  }
}
