import { acceptedBalances, offeredBalances, receivedBalances } from '../books.js';
import { kinds } from '../messages.js';
import type { Kind } from '../messages.js';
import type { Kill } from './kill.js';
import type { Seen } from './tally.js';

export type Counts = Readonly<Record<Kind, number>>;

export interface Claim {
  readonly claim: string;
  readonly holds: boolean;
}

/**
 * What must hold after a kill, and whether it does. The books are the client's; the servers and the subscribers have
 * counted for themselves.
 */
export function audit({ messages, books, confirmed, handedBefore, delivered, replies, saw }: Kill): Claim[] {
  const { outbound, inbound } = books;
  const [first, second] = saw;
  const seen = countsOf(saw.flat());
  const queuedAtTheKill = range(handedBefore + 1, messages);
  const answeredByFirst = replies.length - second.length;
  return [
    {
      claim: 'offered = waiting + rejected + accepted',
      holds: offeredBalances(outbound) && offeredBalances(outbound.bytes),
    },
    {
      claim: 'accepted = queued + inFlight + sent + dropped + lost + cancelled + undelivered',
      holds: acceptedBalances(outbound) && acceptedBalances(outbound.bytes),
    },
    { claim: 'received = routed + unrouted + invalid', holds: receivedBalances(inbound) },
    {
      claim: 'every message was offered, and was sent or lost; the last call ended with OK',
      holds: outbound.offered === messages && outbound.sent + outbound.lost === messages && confirmed,
    },
    {
      claim: 'what the books call routed is what the subscribers were given',
      holds: inbound.routed === total(delivered) && inbound.received === replies.length,
    },
    {
      claim: 'the first server saw the messages from the first on without a gap, no more than were handed to its call',
      holds: isSame(idsOf(first), range(1, first.length)) && first.length <= handedBefore,
    },
    {
      claim: 'the second server saw what was queued at the kill, each message once and in order',
      holds: isSame(idsOf(second), queuedAtTheKill),
    },
    {
      claim: 'replies came once and in order, only to what a server saw, and to all that the second one saw',
      holds: answeredByFirst <= first.length && isSame(replies, [...range(1, answeredByFirst), ...queuedAtTheKill]),
    },
    {
      claim: 'of no kind was more delivered than the servers saw',
      holds: kinds.every((kind) => delivered[kind] <= seen[kind]),
    },
  ];
}

export function countsOf(seen: readonly Seen[]): Counts {
  const counts: Record<Kind, number> = { vote: 0, append: 0, beat: 0 };
  for (const { kind } of seen) counts[kind] += 1;
  return counts;
}

export const total = (counts: Counts): number => counts.vote + counts.append + counts.beat;

const idsOf = (seen: readonly Seen[]): number[] => seen.map(({ id }) => id);

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);
