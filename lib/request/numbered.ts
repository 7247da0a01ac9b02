/** What can be given a number for an id. */
export interface Identified {
  id: string;
}

const fewest = 32;
/** So many slots are worth being given back when nothing is pending any more. */
const many = 16_384;

/**
 * Items under the numbers they are given, which grow. Each is added, found and taken out in constant time.
 *
 * It is no `Map`, for the reason that `LiveCalls` is no `Set`: its tables would make whatever is in them old.
 */
export class Numbered<T extends Identified> {
  /** The number of an item tells its slot. Never more than half of them are taken. */
  #slots = slots<T>(fewest);
  #size = 0;
  #last = 0;

  /** The last number that was given; 0 at first. */
  get last(): number {
    return this.#last;
  }

  /** Numbers whose slots are taken are left out. */
  add(item: T): void {
    if (this.#size * 2 === this.#slots.length) this.#grow();
    do this.#last += 1;
    while (this.#slots[this.#slotOf(this.#last)]);
    item.id = String(this.#last);
    this.#slots[this.#slotOf(this.#last)] = item;
    this.#size += 1;
  }

  get(id: string): T | undefined {
    const item = this.#slots[this.#slotOf(Number(id))];
    return item?.id === id ? item : undefined;
  }

  /** Does nothing if it is not there. */
  remove(item: T): void {
    const slot = this.#slotOf(Number(item.id));
    if (this.#slots[slot] !== item) return;
    this.#slots[slot] = undefined;
    this.#size -= 1;
    if (this.#size === 0 && this.#slots.length >= many) this.#slots = slots(fewest);
  }

  #slotOf(number: number): number {
    return number & (this.#slots.length - 1);
  }

  #grow(): void {
    const items = this.#slots;
    this.#slots = slots(2 * items.length);
    for (const item of items) if (item) this.#slots[this.#slotOf(Number(item.id))] = item;
  }
}

const slots = <T>(count: number): (T | undefined)[] => new Array<T | undefined>(count).fill(undefined);
