import { kinds } from '../messages.js';
import { grouped, table } from '../table.js';
import { countsOf, total } from './audit.js';
import type { Claim, Counts } from './audit.js';
import type { Kill } from './kill.js';

/** The kill as a story: what was done, what everybody counted, and whether it agrees. */
export function report(kill: Kill, claims: readonly Claim[]): string {
  const { messages, pids, signal, recoveryMs, queuedBefore, saw, delivered, replies, books } = kill;
  const { outbound, inbound } = books;
  const unseen = messages - saw.flat().length;
  const unanswered = messages - unseen - replies.length;
  const broken = claims.filter(({ holds }) => !holds);
  return [
    `Process ${pids[0]}, the server, was killed in the middle of ${grouped(messages)} messages and ended by ${signal};`,
    `process ${pids[1]} took its place on the same port. First reply of the new connection: ${recoveryMs} ms after the kill.`,
    '',
    table([
      ['counted by', ...kinds, 'total'],
      [`server ${pids[0]}`, ...row(countsOf(saw[0]))],
      [`server ${pids[1]}`, ...row(countsOf(saw[1]))],
      ['subscribers', ...row(delivered)],
    ]),
    '',
    'The books of the client:',
    line('offered', outbound.offered, pick(outbound, 'waiting', 'rejected', 'accepted')),
    line(
      'accepted',
      outbound.accepted,
      pick(outbound, 'queued', 'inFlight', 'sent', 'dropped', 'lost', 'cancelled', 'undelivered'),
    ),
    line('received', inbound.received, pick(inbound, 'routed', 'unrouted', 'invalid')),
    '',
    `Handed to the call that died: ${grouped(unseen)} never seen by a server, ${grouped(unanswered)} seen and not answered.`,
    `Queued for the next one: ${grouped(queuedBefore)}.`,
    ...(broken.length === 0
      ? ['The books balance, and agree with the independent counts.']
      : ['This does not hold:', ...broken.map(({ claim }) => `  ${claim}`)]),
  ].join('\n');
}

const row = (counts: Counts): string[] => [...kinds.map((kind) => grouped(counts[kind])), grouped(total(counts))];

function line(name: string, sum: number, parts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(parts).map(([part, value]) => `${part} ${grouped(value)}`);
  return `  ${name} ${grouped(sum)} = ${shown.join(' + ')}`;
}

function pick<T, K extends keyof T & string>(books: T, ...names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, books[name]])) as Pick<T, K>;
}
