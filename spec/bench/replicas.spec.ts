import type { OutboundStats } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { auditInheritance, auditLink, brokenOf } from '../../bench/replicas/audit.js';
import type { Link } from '../../bench/replicas/audit.js';
import type { Account, Books, QueueNews } from '../../bench/replicas/news.js';
import { Questions } from '../../bench/replicas/outcome.js';
import type { Outcome } from '../../bench/replicas/outcome.js';
import { readings } from '../../bench/replicas/reading.js';
import type { Reading } from '../../bench/replicas/reading.js';
import { report } from '../../bench/replicas/report.js';
import { statuses } from '../../bench/replicas/statuses.js';
import { Records, writeRecord } from '../../bench/records.js';

test('records are read by who sent the messages, in ranges of numbers, with the questions counted', () => {
  using records = new Records();
  assert.is(records.count, 0);
  for (const number of [1, 2, 0, 3, 7, 8, 8]) writeRecord(records.file, [4, number]);
  writeRecord(records.file, [1, 4_000_000_000]);
  assert.is(records.count, 8);
  const read = readings(records);
  assert.equal(read.get(4), { count: 7, ranges: [range(1, 3), range(7, 8), range(8, 8)] });
  assert.equal(read.get(1), { count: 1, ranges: [range(4_000_000_000, 4_000_000_000)] });
  assert.is(read.get(2), undefined);
});

test('after a kill that lost messages on their way all claims hold', () => {
  assert.equal(brokenBy({}), []);
  assert.equal(brokenLeft({}), []);
});

test('a link on which no call has died owes every message and every reply', () => {
  const unbroken = { connections: 1, numbered: 12, told: {}, replies: 13, books: booksOf({ lost: 0, sent: 13 }, 13) };
  const whole = { left: [], reads: [{ count: 13, ranges: [range(1, 12)] }] };
  assert.equal(brokenBy(unbroken, whole), []);
  const claim = 'no more was received than sent, and no more answered; as much where no call has died';
  assert.equal(brokenBy({ ...unbroken, replies: 12, books: booksOf({ lost: 0, sent: 13 }, 12) }, whole), [claim]);
  assert.equal(brokenBy(unbroken, { ...whole, reads: [{ count: 12, ranges: [range(1, 12)] }] }), [claim]);
});

test('books that do not add up are found, in bytes too', () => {
  const bytes = { ...outbound({}).bytes, accepted: 1 };
  const claim = 'the books balance, in messages and in bytes';
  assert.equal(brokenBy({ books: { ...booksOf({}), outbound: { ...outbound({}), bytes } } }), [claim]);
  assert.equal(brokenBy({ books: booksOf({ accepted: 12 }) }), [claim]);
  assert.equal(brokenBy({ books: { ...booksOf({}), inbound: { received: 9, routed: 9, unrouted: 1, invalid: 0 } } }), [
    claim,
  ]);
});

test('books that balance with themselves and not with what was counted are found', () => {
  assert.equal(brokenBy({ asked: 2 }), ['all that was offered is what the sender has counted']);
  const told = 'what was not sent was told, and nothing was left over; the last call ended with OK';
  assert.equal(brokenBy({ told: { lost: 2 } }), [told]);
  assert.equal(brokenBy({ confirmed: false }), [told]);
  assert.equal(brokenBy({ books: booksOf({ sent: 9, undelivered: 1 }) }), [told]);
  assert.equal(brokenBy({ replies: 8 }), ['every reply was given to the subscriber']);
});

test('a message that came twice, out of order or not at all is found', () => {
  const order = 'the receiver had each message once and in order, up to the last';
  const gap = 'what the receiver never had was handed to a call that died';
  assert.equal(brokenBy({}, { reads: [had(1, 5), had(8, 12), had(12, 12)] }), [order]);
  assert.equal(brokenBy({}, { reads: [had(8, 12), had(1, 5)] }), [order]);
  assert.equal(brokenBy({}, { reads: [had(1, 5), had(8, 11)] }), [order]);
  assert.equal(brokenBy({}, { reads: [had(1, 5), had(9, 12)] }), [gap]);
  assert.equal(brokenBy({}, { left: [] }), [gap]);
});

test('a queued message that the successor never had, and one that was lost though it was queued, are found', () => {
  const claim = 'all that was queued when a call died came to the next run of the peer, in one piece';
  assert.equal(brokenLeft({}, [had(1, 5)]), [claim]);
  assert.equal(brokenLeft({}, [had(1, 5), had(9, 12)]), [claim]);
  assert.equal(brokenLeft({}, [{ count: 4, ranges: [range(8, 8), range(10, 12)] }]), [claim]);
  assert.equal(brokenLeft({ from: 11 }, [had(1, 5)]), []);
  assert.equal(brokenLeft({ lastLost: 8 }), ['nothing that was queued when a call died was lost']);
  assert.equal(brokenLeft({ books: booksOf({ accepted: 1 }) }), ['the books balanced when a call had died']);
});

test('a question that was not answered counts against nobody, unless a link stayed open', () => {
  const questions = new Questions();
  questions.count({ news: 'asked', owed: true });
  questions.count({ news: 'asked', owed: false, failure: 'nobody was there' });
  assert.equal(countsOf(questions), [2, 1, 1, []]);
  questions.count({ news: 'asked', owed: true, failure: 'silent' });
  assert.equal(countsOf(questions), [3, 1, 2, ['silent']]);
});

test('of the attempts towards a peer that is down the first is told', () => {
  const lines: string[] = [];
  const show = statuses((line) => lines.push(line.replace(/^ *[\d.]+ s {2}/, '')));
  for (const state of ['idle', 'connecting', 'open', 'reconnecting'] as const) show('a', 'b', state);
  for (const state of ['connecting', 'reconnecting', 'connecting', 'open'] as const) show('a', 'b', state);
  show('b', 'a', 'open');
  assert.equal(lines, [
    'a → b  idle',
    'a → b  connecting',
    'a → b  open',
    'a → b  reconnecting',
    'a → b  open',
    'b → a  open',
  ]);
});

test('the report names what does not hold', () => {
  const outcome: Outcome = {
    messagesPerSecond: 12_345,
    kills: 2,
    links: [{ from: 'a', to: 'b', books: booksOf({}), balanced: true, reconnects: 1 }],
    queued: 1_234,
    questions: new Questions(),
    broken: [],
  };
  assert.match(report(outcome), '12,345 messages/s between three processes');
  assert.match(report(outcome), /^a → b +13 +10 +2 +1 +9 +1 +yes$/m);
  assert.match(report(outcome), 'The books of every link balance');
  assert.match(report({ ...outcome, broken: ['two is one'] }), 'This does not hold:\n  two is one');
});

const countsOf = ({ asked, answered, owed, failures }: Questions): unknown[] => [asked, answered, owed, failures];

const range = (from: number, to: number): Reading['ranges'][number] => ({ from, to });

const had = (from: number, to: number): Reading => ({ count: to - from + 1, ranges: [range(from, to)] });

/**
 * Of 12 messages and a question, which was withdrawn, 7 messages were handed to the first call; 2 of these were told to
 * be lost. The first run of the receiver had 5, of which 4 were answered; the second one had the rest.
 */
function brokenBy(account: Partial<Account>, link: Partial<Omit<Link, 'account'>> = {}): string[] {
  const made: Link = {
    account: {
      peer: 'b',
      books: booksOf({}),
      connections: 2,
      confirmed: true,
      numbered: 12,
      asked: 1,
      told: { lost: 2, cancelled: 1 },
      replies: 9,
      ...account,
    },
    left: [left],
    reads: [had(1, 5), had(8, 12)],
    ...link,
  };
  return brokenOf('link', auditLink(made)).map((line) => line.replace('link: ', ''));
}

const brokenLeft = (news: Partial<QueueNews>, reads: readonly Reading[] = [had(1, 5), had(8, 12)]): string[] =>
  brokenOf('link', auditInheritance({ left: { ...left, ...news }, reads })).map((line) => line.replace('link: ', ''));

function booksOf(otherwise: Partial<OutboundStats>, received = 9): Books {
  return { outbound: outbound(otherwise), inbound: { received, routed: received, unrouted: 0, invalid: 0 } };
}

function outbound(otherwise: Partial<OutboundStats>): OutboundStats {
  const none = { waiting: 0, rejected: 0, queued: 0, inFlight: 0, dropped: 0, undelivered: 0 };
  const { sent = 10, lost = 2 } = otherwise;
  return {
    ...{ ...none, offered: 13, accepted: 13, sent, lost, cancelled: 13 - sent - lost - (otherwise.undelivered ?? 0) },
    ...otherwise,
    bytes: { ...none, offered: 130, accepted: 130, sent: 100, lost: 20, cancelled: 10 },
  };
}

const left: QueueNews = { news: 'queue', peer: 'b', from: 8, to: 10, lastLost: 7, books: booksOf({}) };

test.run();
