import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { plan } from '../../../bench/contest/plan.js';

const contenders = ['a', 'b', 'c'];
const launches = [...plan(contenders, 4)];
const rounds = [1, 2, 3, 4].map((round) => launches.filter((launch) => launch.round === round));

test('every round launches every contender once', () => {
  for (const round of rounds) assert.equal(round.map(({ contender }) => contender).sort(), contenders);
});

test('the rounds follow one another, and the launches of one contender are never in one block', () => {
  assert.equal(launches, rounds.flat());
});

test('no round begins as the one before', () => {
  assert.equal(
    rounds.map(([first]) => first?.contender),
    ['a', 'b', 'c', 'a'],
  );
});

test.run();
