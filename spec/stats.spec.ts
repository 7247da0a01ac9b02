import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Ledger, inbound } from '../lib/stats.js';

const zeroes = {
  offered: 0,
  waiting: 0,
  rejected: 0,
  accepted: 0,
  queued: 0,
  inFlight: 0,
  sent: 0,
  dropped: 0,
  lost: 0,
  cancelled: 0,
  undelivered: 0,
};

test('new books are all zero, in messages and in bytes', () => {
  assert.equal(new Ledger().stats(), { ...zeroes, bytes: zeroes });
  assert.equal(inbound(), { received: 0, routed: 0, unrouted: 0, invalid: 0 });
});

for (const account of Object.keys(zeroes) as (keyof typeof zeroes)[]) {
  test(`a message that enters ${account} is counted there and nowhere else, with its size`, () => {
    const ledger = new Ledger();
    ledger[account].enter(7);
    ledger[account].enter(0);
    assert.equal(ledger.stats(), { ...zeroes, [account]: 2, bytes: { ...zeroes, [account]: 7 } });
  });
}

test('a message that moves leaves one account and enters the other', () => {
  const ledger = new Ledger();
  ledger.queued.enter(7);
  ledger.queued.moveTo(ledger.inFlight, 7);
  assert.equal(ledger.stats(), { ...zeroes, inFlight: 1, bytes: { ...zeroes, inFlight: 7 } });
  ledger.inFlight.leave(7);
  assert.equal(ledger.stats(), { ...zeroes, bytes: zeroes });
});

test('what stats() gave does not change afterwards, and changing it changes no books', () => {
  const ledger = new Ledger();
  const before = ledger.stats();
  ledger.sent.enter(7);
  assert.equal(before, { ...zeroes, bytes: zeroes });
  (ledger.stats().bytes as { sent: number }).sent = 9;
  assert.is(ledger.stats().bytes.sent, 7);
});

test('two ledgers keep books of their own', () => {
  const [one, other] = [new Ledger(), new Ledger()];
  one.sent.enter(1);
  assert.is(other.stats().sent, 0);
});

test.run();
