import type { Entry, Page, PageSize } from './store.js';

/** A page that is being filled. The first entry has room in any case. */
export class Filling {
  readonly #size: PageSize;
  readonly #entries: Entry[] = [];
  #bytes = 0;
  #more = false;

  constructor(size: PageSize) {
    this.#size = size;
  }

  /** False if there is no room for it: the page is done. */
  add(entry: Entry): boolean {
    this.#bytes += entry.key.length + entry.value.length;
    const full = this.#entries.length >= this.#size.entries || this.#bytes > this.#size.bytes;
    this.#more = full && this.#entries.length > 0;
    if (!this.#more) this.#entries.push(entry);
    return !this.#more;
  }

  page(revision: number): Page {
    return { entries: this.#entries, more: this.#more, revision };
  }
}
