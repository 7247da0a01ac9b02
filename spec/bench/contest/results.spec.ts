import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { draw } from '../../../bench/contest/chart.js';
import { outcomeOf } from '../../../bench/contest/outcome.js';
import { report } from '../../../bench/contest/report.js';
import { results } from '../../../bench/contest/results.js';
import { bytes } from '../../../bench/contest/units.js';
import { launches, race } from './fixture.js';

const machine = { cpu: 'Abacus', cores: 2, memoryGiB: 4, system: 'None', date: '2018-02-03', stealPercent: 0.5 };
const made = [...launches('ours', [30_000, 10_000, 20_000]), ...launches('theirs', [5_000], 20)];
const circumstances = { machine, versions: { node: '20.19.0' } };
const outcome = outcomeOf(race, made, circumstances);

test('the results are the rows by the first measure, the ratios that could be formed, and those by the others', () => {
  assert.equal(results(outcome), {
    subject: 'race',
    machine,
    versions: { node: '20.19.0' },
    rows: [
      { contender: 'ours', perSecond: { median: 20_000, min: 10_000, max: 30_000 }, launches: 3 },
      { contender: 'theirs', perSecond: { median: 5_000, min: 5_000, max: 5_000 }, launches: 1 },
    ],
    ratios: { vsTheirs: 4, shortVsTheirs: 0.5 },
    loads: {
      short: {
        rows: [
          { contender: 'ours', perSecond: { median: 10, min: 10, max: 10 }, launches: 3 },
          { contender: 'theirs', perSecond: { median: 20, min: 20, max: 20 }, launches: 1 },
        ],
      },
    },
  });
});

test('the report has a table for each measure, the ratios, and the machine with its steal', () => {
  const text = report(outcome, false);
  assert.match(text, /^long \(laps\/s\) +median +lowest +highest +launches$/m);
  assert.match(text, /^ours +20,000 +10,000 +30,000 +3$/m);
  assert.match(text, /^short \(laps\/s\) +median/m);
  assert.match(text, /^vsTheirs: ours ÷ theirs, long +4\.00 +2\.00 +3\.00$/m);
  assert.not.match(text, 'vsGuest');
  assert.match(text, /^2 cores, Abacus, Node 20\.19\.0; steal 0\.5 %$/m);
});

test('a check is told with its value, must and aim, and one that could not be made with that', () => {
  const text = report(outcome, true);
  assert.match(text, /^vsTheirs: ours ÷ theirs, long +4\.00 +2\.00 +3\.00 +pass$/m);
  assert.match(text, /^shortVsTheirs: ours ÷ theirs, short +0\.50 +1\.00 +fail$/m);
  const alone = outcomeOf(race, launches('ours', [1]), circumstances);
  assert.match(report(alone, true), /^vsTheirs: .* +2\.00 +3\.00 +fail: not measured$/m);
});

test('each number is written under the name of its unit', () => {
  const sizes = { ...race, measures: [{ name: 'heap', ...bytes }] as const, ratios: [] };
  const made = [{ contender: 'ours', figures: { heap: 7 } }];
  assert.equal(results(outcomeOf(sizes, made, circumstances)).rows, [
    { contender: 'ours', bytes: { median: 7, min: 7, max: 7 }, launches: 1 },
  ]);
});

test('what nobody measured has no table', () => {
  const text = report(outcomeOf(race, [{ contender: 'ours', figures: { short: 1 } }], circumstances), false);
  assert.not.match(text, 'long (laps/s)');
  assert.match(text, 'short (laps/s)');
});

test('the chart is an SVG with a bar and its extremes for each contender, the best above', async () => {
  const svg = await draw(outcome);
  assert.match(svg, /^<svg /);
  assert.is(svg.split('aria-roledescription="bar"').length - 1, 2);
  for (const word of ['A race', 'laps/s', 'Abacus', '3 interleaved launches']) assert.match(svg, word);
  assert.ok(svg.indexOf('>ours<') < svg.indexOf('>theirs<'));
});

test.run();
