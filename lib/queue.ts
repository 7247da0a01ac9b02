/** What a `Queue` links: the neighbours live in the item, so that it can leave from any place without a search. */
export interface Linked<T> {
  before: T | undefined;
  after: T | undefined;
}

/**
 * A first-in-first-out list whose items know their neighbours. Everything takes the same time however long it is,
 * also taking an item out of the middle, and nothing is allocated: a cancelled message, a replaced one and the
 * oldest one all leave at once, without tombstones.
 */
export class Queue<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;

  get first(): T | undefined {
    return this.#first;
  }

  push(item: T): void {
    item.before = this.#last;
    if (this.#last) this.#last.after = item;
    else this.#first = item;
    this.#last = item;
  }

  shift(): T | undefined {
    const item = this.#first;
    if (item) this.remove(item);
    return item;
  }

  remove(item: T): void {
    if (item.before) item.before.after = item.after;
    else this.#first = item.after;
    if (item.after) item.after.before = item.before;
    else this.#last = item.before;
    item.before = item.after = undefined;
  }

  /** From the first to the last; who removes some meanwhile takes a copy. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let item = this.#first; item; item = item.after) yield item;
  }

  /** Puts `item` where `old` stands. */
  replace(old: T, item: T): void {
    item.before = old.before;
    item.after = old.after;
    if (old.before) old.before.after = item;
    else this.#first = item;
    if (old.after) old.after.before = item;
    else this.#last = item;
    old.before = old.after = undefined;
  }
}
