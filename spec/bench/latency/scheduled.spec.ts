import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Scheduled } from '../../../bench/latency/scheduled.js';
import { sampleCandidate } from '../../../bench/messages.js';

/** Ten messages a second, by a clock that is set by hand. */
function scheduled(fromMs = 0): { flow: Scheduled; latencies: number[]; at: (ms: number) => void } {
  let now = 5000;
  const latencies: number[] = [];
  const flow = new Scheduled(
    10,
    fromMs,
    (latencyMs) => latencies.push(latencyMs),
    () => now,
  );
  return {
    flow,
    latencies,
    at(ms) {
      now = 5000 + ms;
      flow.becomeDue();
    },
  };
}

function sent(flow: Scheduled): number {
  let count = 0;
  while (flow.next()) count += 1;
  return count;
}

test('as many are sent as are due, the first at once', () => {
  const { flow, at } = scheduled();
  const counts = [0, 50, 100, 350].map((ms) => {
    at(ms);
    return sent(flow);
  });
  assert.equal(counts, [1, 0, 1, 2]);
  assert.is(flow.unanswered, 4);
});

test('a reply is measured from when its message was due, however late that was sent', () => {
  const { flow, latencies, at } = scheduled();
  at(0);
  sent(flow);
  at(250);
  flow.replied(sampleCandidate);
  sent(flow);
  at(300);
  flow.replied(sampleCandidate);
  flow.replied(sampleCandidate);
  assert.equal(latencies, [250, 200, 100]);
});

test('what is due in the warm-up is answered, and not measured', () => {
  const { flow, latencies, at } = scheduled(150);
  at(200);
  sent(flow);
  for (let reply = 0; reply < 3; reply++) flow.replied(sampleCandidate);
  assert.equal(latencies, [0]);
  assert.is(flow.unanswered, 0);
});

test('a reply to something else is a failure', () => {
  assert.throws(() => scheduled().flow.replied('7'), 'a reply carries the candidate 7');
});

test.run();
