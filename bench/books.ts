import type { Inbound, Outbound } from 'rxduplex';

export const offeredBalances = (books: Outbound): boolean =>
  books.offered === books.waiting + books.rejected + books.accepted;

export function acceptedBalances(books: Outbound): boolean {
  const { queued, inFlight, sent, dropped, lost, cancelled, undelivered } = books;
  return books.accepted === queued + inFlight + sent + dropped + lost + cancelled + undelivered;
}

export const receivedBalances = ({ received, routed, unrouted, invalid }: Inbound): boolean =>
  received === routed + unrouted + invalid;
