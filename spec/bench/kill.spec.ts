import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { audit } from '../../bench/kill/audit.js';
import type { Kill } from '../../bench/kill/kill.js';
import { report } from '../../bench/kill/report.js';
import { Tally, writeDown } from '../../bench/kill/tally.js';
import type { Seen } from '../../bench/kill/tally.js';
import { kinds } from '../../bench/messages.js';

test('a tally gives what was written down, in order', () => {
  using tally = new Tally();
  assert.equal(tally.read(), []);
  const seen: Seen[] = [
    { kind: 'beat', id: 4_000_000_000 },
    { kind: 'vote', id: 1 },
  ];
  for (const message of seen) writeDown(tally.file, message);
  assert.equal(tally.read(), seen);
});

test('after a kill that lost messages on their way all claims hold', () => {
  assert.equal(brokenBy({}), []);
});

test('books that do not add up are found', () => {
  assert.equal(brokenBy({ books: { outbound: outbound({ offered: 13 }), inbound } }), [
    'offered = waiting + rejected + accepted',
    'every message was offered, and was sent or lost; the last call ended with OK',
  ]);
  assert.equal(brokenBy({ books: { outbound: outbound({ dropped: 1 }), inbound } }), [
    'accepted = queued + inFlight + sent + dropped + lost + cancelled + undelivered',
  ]);
  assert.equal(brokenBy({ books: { outbound: outbound({}), inbound: { ...inbound, unrouted: 1 } } }), [
    'received = routed + unrouted + invalid',
  ]);
});

test('books in bytes are checked as those in messages', () => {
  const bytes = { ...outbound({}).bytes, accepted: 1 };
  assert.is(brokenBy({ books: { outbound: { ...outbound({}), bytes }, inbound } }).length, 2);
});

test('a subscriber that counted otherwise than the books is found', () => {
  assert.equal(brokenBy({ delivered: { vote: 4, append: 3, beat: 3 } }), [
    'what the books call routed is what the subscribers were given',
    'of no kind was more delivered than the servers saw',
  ]);
});

test('a queued message that was not seen, or was seen twice, is found', () => {
  const broken = [
    'the second server saw what was queued at the kill, each message once and in order',
    'replies came once and in order, only to what a server saw, and to all that the second one saw',
  ];
  assert.equal(brokenBy({ saw: [seen(1, 5), seen(9, 12)] }).slice(0, 2), broken);
  assert.equal(brokenBy({ saw: [seen(1, 5), [...seen(8, 12), ...seen(12, 12)]] }).slice(0, 2), broken);
});

test('a server that saw more than was handed to its call is found', () => {
  assert.ok(
    brokenBy({ saw: [seen(1, 8), seen(8, 12)] }).includes(
      'the first server saw the messages from the first on without a gap, no more than were handed to its call',
    ),
  );
});

test('a reply that came twice, or out of order, is found', () => {
  const broken = ['replies came once and in order, only to what a server saw, and to all that the second one saw'];
  assert.equal(brokenBy({ replies: [1, 2, 2, 4, 8, 9, 10, 11, 12] }), broken);
  assert.equal(brokenBy({ replies: [1, 2, 4, 3, 8, 9, 10, 11, 12] }), broken);
});

test('the report names what does not hold', () => {
  const kill = made({});
  assert.match(report(kill, audit(kill)), 'The books balance, and agree with the independent counts.');
  assert.match(report(kill, audit(kill)), '2 never seen by a server, 1 seen and not answered');
  assert.match(report(kill, [{ claim: 'two is one', holds: false }]), 'This does not hold:\n  two is one');
});

const inbound = { received: 9, routed: 9, unrouted: 0, invalid: 0 };

/** Of 12 messages 7 were handed to the first call, the first server saw 5 of them, and 4 were answered. */
function made(otherwise: Partial<Kill>): Kill {
  return {
    messages: 12,
    pids: [1, 2],
    signal: 'SIGKILL',
    recoveryMs: 100,
    books: { outbound: outbound({}), inbound },
    confirmed: true,
    handedBefore: 7,
    queuedBefore: 3,
    delivered: { vote: 3, append: 3, beat: 3 },
    replies: [1, 2, 3, 4, 8, 9, 10, 11, 12],
    firstReplyAt: 0,
    saw: [seen(1, 5), seen(8, 12)],
    ...otherwise,
  };
}

function brokenBy(otherwise: Partial<Kill>): string[] {
  return audit(made(otherwise)).flatMap(({ claim, holds }) => (holds ? [] : claim));
}

function outbound(otherwise: Partial<Record<'offered' | 'dropped', number>>): Kill['books']['outbound'] {
  const none = { waiting: 0, rejected: 0, queued: 0, inFlight: 0, dropped: 0, cancelled: 0, undelivered: 0 };
  return {
    ...{ ...none, offered: 12, accepted: 12, sent: 10, lost: 2 },
    ...otherwise,
    bytes: { ...none, offered: 120, accepted: 120, sent: 100, lost: 20 },
  };
}

function seen(from: number, to: number): Seen[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const id = from + index;
    return { id, kind: kinds[(id - 1) % kinds.length] ?? 'vote' };
  });
}

test.run();
