import { acceptedBalances, offeredBalances, receivedBalances } from '../books.js';
import type { Claim } from '../kill/audit.js';
import type { Account, Books, QueueNews } from './news.js';
import type { Reading } from './reading.js';

/** What a call to a peer that was killed left behind, and what each run of that peer wrote down, in their order. */
export interface Inheritance {
  readonly left: QueueNews;
  readonly reads: readonly Reading[];
}

/** One direction of a link between two replicas that were alive at the end. */
export interface Link {
  readonly account: Account;
  /** What the sender told of each call that had died. */
  readonly left: readonly QueueNews[];
  /** What each run of the receiver wrote down of this sender, in the order of the runs. */
  readonly reads: readonly Reading[];
}

/** What must hold of what a call left behind, and whether it does. */
export function auditInheritance({ left: { from, to, lastLost, books }, reads }: Inheritance): Claim[] {
  const had = reads.flatMap(({ ranges }) => ranges);
  return [
    { claim: 'the books balanced when a call had died', holds: balance(books) },
    { claim: 'nothing that was queued when a call died was lost', holds: lastLost < from },
    {
      claim: 'all that was queued when a call died came to the next run of the peer, in one piece',
      holds: from > to || had.some((range) => range.from <= from && to <= range.to),
    },
  ];
}

/** What must hold of a link at its end, and whether it does. The peers have counted for themselves. */
export function auditLink({ account, left, reads }: Link): Claim[] {
  const { books, connections, confirmed, numbered, asked, told, replies } = account;
  const { outbound, inbound } = books;
  const ranges = reads.flatMap((read) => read.ranges);
  const read = reads.reduce((sum, { count }) => sum + count, 0);
  const gaps = ranges.map(({ from }, index) => ({ from: (ranges[index - 1]?.to ?? 0) + 1, to: from - 1 }));
  return [
    { claim: 'the books balance, in messages and in bytes', holds: balance(books) },
    { claim: 'all that was offered is what the sender has counted', holds: outbound.offered === numbered + asked },
    {
      claim: 'what was not sent was told, and nothing was left over; the last call ended with OK',
      holds:
        confirmed &&
        (['rejected', 'cancelled', 'lost'] as const).every((outcome) => outbound[outcome] === (told[outcome] ?? 0)) &&
        (['waiting', 'queued', 'inFlight', 'dropped', 'undelivered'] as const).every((name) => outbound[name] === 0),
    },
    {
      claim: 'the receiver had each message once and in order, up to the last',
      holds: gaps.every(({ from, to }) => from <= to + 1) && (ranges.at(-1)?.to ?? 0) === numbered,
    },
    {
      claim: 'what the receiver never had was handed to a call that died',
      holds: gaps.every(({ from, to }) => from > to || left.some((queue) => from < queue.from && to < queue.from)),
    },
    {
      claim: 'no more was received than sent, and no more answered; as much where no call has died',
      holds: isUpTo(read, outbound.sent + outbound.lost, connections) && isUpTo(inbound.received, read, connections),
    },
    { claim: 'every reply was given to the subscriber', holds: inbound.received === replies },
  ];
}

const isUpTo = (count: number, limit: number, connections: number): boolean =>
  connections === 1 ? count === limit : count <= limit;

const balance = ({ outbound, inbound }: Books): boolean =>
  offeredBalances(outbound) &&
  offeredBalances(outbound.bytes) &&
  acceptedBalances(outbound) &&
  acceptedBalances(outbound.bytes) &&
  receivedBalances(inbound);

/** The claims that do not hold, each with what it is about. */
export const brokenOf = (subject: string, claims: readonly Claim[]): string[] =>
  claims.flatMap(({ claim, holds }) => (holds ? [] : `${subject}: ${claim}`));
