import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { draw } from '../../../bench/kv/chart.js';
import { casesOf, plan } from '../../../bench/kv/plan.js';
import { report } from '../../../bench/kv/report.js';
import { summarise, toldIn } from '../../../bench/kv/summary.js';
import type { Measurement } from '../../../bench/kv/summary.js';

const cases = casesOf([1, 100]);
const measurements = [...plan(cases, 3)].map(({ round, ...each }): Measurement => {
  const ceiling = each.concurrency === 'global' ? 25 : 25 * each.inFlight;
  const rpcsPerSecond = ceiling * (0.9 + round / 50);
  return { ...each, rpcsPerSecond, ceiling, answered: 100, notFound: 2, alreadyExists: 1, wrong: 0 };
});
const summary = summarise(cases, measurements);

test('each way is measured in each concurrency, with each number in flight, once a round, and rounds begin elsewhere', () => {
  assert.is(cases.length, 3 * 2 * 3);
  const launches = [...plan(cases, 3)];
  for (const each of cases) {
    const own = launches.filter(({ round, ...launched }) => round > 0 && same(launched, each));
    assert.equal(own.map(({ round }) => round).sort(), [1, 2, 3]);
  }
  assert.not.equal({ ...launches[0], round: 0 }, { ...launches[cases.length], round: 0 });
});

test('a case is told by the median of its launches and their extremes, and how near it came to the ceiling', () => {
  const { runs } = summary;
  assert.is(runs.length, cases.length);
  assert.equal(runs[0], {
    contender: 'grpc-js',
    concurrency: 'global',
    inFlight: 1,
    api: 'unary',
    rpcsPerSecond: { median: 23.5, min: 23, max: 24 },
    ofCeiling: 0.94,
  });
});

test('the speedup is that over a session with most in flight, and another that of unary calls through rx', () => {
  assert.equal([summary.speedup, summary.unarySpeedup], [100, 100]);
  const slower = measurements.map((each) => ({
    ...each,
    rpcsPerSecond: each.rpcsPerSecond / (each.api === 'session' && each.concurrency === 'free' ? 2 : 1),
  }));
  assert.equal([summarise(cases, slower).speedup, summarise(cases, slower).unarySpeedup], [50, 100]);
  const without = summarise(
    cases.filter(({ concurrency }) => concurrency !== 'global'),
    measurements,
  );
  assert.equal([without.speedup, without.unarySpeedup], [null, null]);
});

test('the report has a row for each case, the ratio, the refusals, and says if a value was wrong', () => {
  const text = report(summary, toldIn(measurements));
  assert.match(text, /^free +100 +rxduplex session +2,350 +2,300 +2,400 +2,500 +0\.940 +1\.00$/m);
  assert.match(text, 'free ÷ global: 100 over a session, 100 by unary calls (the article: 101.8)');
  assert.match(text, '5,400 answers, of them 108 NOT_FOUND, 54 ALREADY_EXISTS');
  assert.match(text, 'every retrieve told what had been written');
  assert.match(report(summary, { ...toldIn(measurements), wrong: 3 }), '3 retrieves told WRONG values');
});

test('the chart is an SVG with a bar for each way in each concurrency, with most in flight', async () => {
  const svg = await draw(summary.runs, { rounds: 3, valueBytes: 65_536 });
  assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.is(svg.split('aria-roledescription="bar"').length - 1, 9);
  for (const text of ['global', 'free', 'per-key', 'rxduplex session', 'RPCs per second', '2,350', '65,536 bytes'])
    assert.match(svg, text);
});

const same = (a: object, b: object): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

const sorted = (value: object): unknown => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));

test.run();
