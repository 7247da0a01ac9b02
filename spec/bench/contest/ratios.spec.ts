import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { find, passed, verdictOf } from '../../../bench/contest/ratios.js';
import { cost } from '../../../bench/cost/subject.js';
import { latency } from '../../../bench/latency/subject.js';
import { memory } from '../../../bench/memory/subject.js';
import { request } from '../../../bench/request/subject.js';
import { stream } from '../../../bench/stream/subject.js';
import { launches, race } from './fixture.js';

const ours = launches('ours', [60, 10, 50]);

const subjects = [stream, request, latency, memory, cost];

test('a ratio is that of the medians by its own measure', () => {
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

test('a ratio may be over a number, and have a most that it may be', () => {
  const ratio = { name: 'weight', measure: 'long', of: 'ours', over: 100, most: 0.5 };
  assert.equal(find([ratio], ours), [{ ...ratio, value: 0.5 }]);
  assert.equal(find([ratio, { ...ratio, over: 99 }], ours).map(verdictOf), ['pass', 'fail']);
  assert.is(verdictOf(ratio), 'fail: not measured');
});

test('who did not measure something has no row in it', () => {
  const found = find([{ name: 'r', measure: 'far', of: 'ours', over: 1 }], ours);
  assert.not('value' in (found[0] ?? {}));
});

test('every ratio is between contenders that there are, by a measure that there is', () => {
  for (const { contenders, measures, ratios } of subjects) {
    for (const { of, over, measure } of ratios) {
      const known = contenders.includes(of) && (typeof over === 'number' || contenders.includes(over));
      assert.ok(known && measures.some(({ name }) => name === measure), `${of} ${over} ${measure}`);
    }
  }
});

test('what is drawn is measured, and no two measures or ratios of a subject have one name', () => {
  for (const { measures, drawn, ratios } of subjects) {
    const names = measures.map(({ name }) => name);
    assert.ok(drawn.every((name) => names.includes(name)));
    for (const all of [names, ratios.map(({ name }) => name)]) assert.is(new Set(all).size, all.length);
  }
});

test('what has to be reached', () => {
  const ratios = subjects.flatMap((subject) => subject.ratios);
  assert.equal(
    ratios.flatMap(({ name, must }) => (must === undefined ? [] : [[name, must]])),
    [
      ['vsA', 10],
      ['vsA1', 4],
      ['vsCoalesced', 0.85],
      ['batchVsHttp2', 1],
      ['toGrpcJsVsA1', 1.2],
      ['burstVsA', 3],
      ['singleVsA', 0.9],
      ['vsUnary', 6],
    ],
  );
  assert.equal(
    ratios.flatMap(({ name, most }) => (most === undefined ? [] : [[name, most]])),
    [
      ['heapVsBound', 1],
      ['dropOldestHeapVsBound', 1],
      ['depthGrowth', 10],
      ['subscribersGrowth', 10],
      ['typesGrowth', 10],
    ],
  );
});

test.run();
