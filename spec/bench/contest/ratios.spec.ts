import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { find, passed, verdictOf } from '../../../bench/contest/ratios.js';
import { request } from '../../../bench/request/subject.js';
import { stream } from '../../../bench/stream/subject.js';
import { launches, race } from './fixture.js';

const ours = launches('ours', [60, 10, 50]);

test('a ratio is that of the medians under its own load', () => {
  const found = find(race.ratios, [...ours, ...launches('theirs', [20, 30], 40), ...launches('guest', [3])]);
  assert.equal(
    found.map(({ name, value }) => [name, value]),
    [
      ['vsTheirs', 2],
      ['vsGuest', 16.67],
      ['shortVsTheirs', 0.25],
    ],
  );
});

test('a ratio to somebody who did not run has no value', () => {
  for (const ratio of find(race.ratios, ours)) assert.not('value' in ratio);
});

test('what reaches its must passes, whatever the aim, and what has no must is not judged', () => {
  const found = find(race.ratios, [...ours, ...launches('theirs', [25]), ...launches('guest', [500])]);
  assert.equal(found.map(verdictOf), ['pass', undefined, 'pass']);
  assert.ok(passed(found));
});

test('what is below its must fails, and so does what was not measured', () => {
  const below = find(race.ratios, [...ours, ...launches('theirs', [26])]);
  assert.equal(below.map(verdictOf), ['fail', undefined, 'pass']);
  assert.not(passed(below));

  const unmeasured = find(race.ratios, ours);
  assert.equal(unmeasured.map(verdictOf), ['fail: not measured', undefined, 'fail: not measured']);
  assert.not(passed(unmeasured));
});

test('every ratio is between contenders that there are, under a load that there is', () => {
  for (const { contenders, loads, ratios } of [stream, request]) {
    for (const { of, over, load } of ratios) {
      assert.ok(contenders.includes(of) && contenders.includes(over) && loads.includes(load), `${of} ${over} ${load}`);
    }
  }
});

test('what has to be reached', () => {
  const musts = [...stream.ratios, ...request.ratios].filter(({ must }) => must !== undefined);
  assert.equal(
    musts.map(({ name, must }) => [name, must]),
    [
      ['vsA', 10],
      ['vsA1', 4],
      ['vsCoalesced', 0.85],
      ['toGrpcJsVsA1', 1.2],
      ['burstVsA', 3],
      ['singleVsA', 0.9],
      ['vsUnary', 6],
    ],
  );
});

test.run();
