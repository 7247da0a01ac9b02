import { Ledger, addTo, inbound } from '../stats.js';
import type { CallBooks, Inbound } from '../stats.js';

/** What became of the messages of several calls. */
export class Books {
  readonly requests: Inbound = inbound();
  readonly responses: Ledger = new Ledger();

  copy(): Books {
    const books = new Books();
    addTo(books.requests, this.requests);
    books.responses.add(this.responses.stats());
    return books;
  }

  stats(): CallBooks {
    return { inbound: { ...this.requests }, outbound: this.responses.stats() };
  }
}
