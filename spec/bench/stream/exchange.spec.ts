import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { sampleCandidate } from '../../../bench/messages.js';
import type { Flow, StreamContender } from '../../../bench/stream/contender.js';
import { Exchange } from '../../../bench/stream/exchange.js';

test('a stream has carried a message there and back before it counts as open', async () => {
  const { contender, unanswered, answer } = slow();
  const opening = Exchange.open(contender, 0);
  assert.is(unanswered(), 1);
  answer();
  const { replies } = await opening;
  assert.is(replies, 1);
});

test('it sends as many as it is told, and waits for all replies', async () => {
  const { contender, unanswered, answer } = slow();
  const opening = Exchange.open(contender, 0);
  answer();
  const exchange = await opening;
  const sent = exchange.send(3);
  assert.is(unanswered(), 3);
  answer();
  await sent;
  assert.is(exchange.replies, 4);
});

test('a stopped one sends no more, and waits for the rest of the replies', async () => {
  const { contender, unanswered, answer } = slow(2);
  const opening = Exchange.open(contender, 0);
  answer();
  const exchange = await opening;
  const sent = exchange.send(Infinity);
  exchange.stop();
  assert.is(unanswered(), 2);
  answer();
  await sent;
  assert.is(unanswered(), 0);
});

test('a reply to something else is a failure', () => {
  const { contender, answer } = slow();
  void Exchange.open(contender, 0);
  assert.throws(() => answer('7'), 'a reply carries the candidate 7');
});

/** A contender that has room for so many messages, and answers when it is told to. */
function slow(room = Infinity): {
  contender: StreamContender;
  unanswered: () => number;
  answer: (candidate?: string) => void;
} {
  let flow: Flow | undefined;
  let unanswered = 0;
  const contender: StreamContender = {
    serve: () => Promise.resolve(0),
    open: (_, opened) => {
      flow = opened;
      return () => {
        while (unanswered < room && opened.next()) unanswered += 1;
      };
    },
  };
  return {
    contender,
    unanswered: () => unanswered,
    answer(candidate = sampleCandidate) {
      for (; unanswered > 0; unanswered--) flow?.replied(candidate);
    },
  };
}

test.run();
