import { grouped, table } from '../table.js';
import type { LinkOutcome, Outcome } from './outcome.js';

const accounts = ['offered', 'sent', 'lost', 'cancelled'] as const;

/** The links and their books, and whether what everybody counted agrees. */
export function report({ messagesPerSecond, kills, links, queued, questions, broken }: Outcome): string {
  const { asked, owed, answered } = questions;
  return [
    table([['link', ...accounts, 'replies', 'reconnects', 'balanced'], ...links.map(row)]),
    '',
    `${grouped(messagesPerSecond)} messages/s between three processes, each answered, before the first of ${kills} kills.`,
    `Queued for those that were killed: ${grouped(queued)}.`,
    `Questions to two peers, of which one has to answer: ${grouped(asked)}; answered: ${grouped(answered)}; the link`,
    `to one and the same peer open for the whole of it: ${grouped(owed)}.`,
    ...(broken.length === 0
      ? ['The books of every link balance, agree with the independent counts, and all that was queued arrived.']
      : ['This does not hold:', ...broken.map((claim) => `  ${claim}`)]),
  ].join('\n');
}

function row({ from, to, books, balanced, reconnects }: LinkOutcome): string[] {
  const { outbound, inbound } = books;
  return [
    `${from} → ${to}`,
    ...accounts.map((account) => grouped(outbound[account])),
    grouped(inbound.received),
    grouped(reconnects),
    balanced ? 'yes' : 'no',
  ];
}
