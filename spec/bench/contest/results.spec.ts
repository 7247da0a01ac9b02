import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { draw } from '../../../bench/contest/chart.js';
import { find } from '../../../bench/contest/ratios.js';
import { report } from '../../../bench/contest/report.js';
import { results } from '../../../bench/contest/results.js';
import { launches, race } from './fixture.js';

const machine = { cpu: 'Abacus', cores: 2, memoryGiB: 4, system: 'None', date: '2018-02-03', stealPercent: 0.5 };
const made = [...launches('ours', [30_000, 10_000, 20_000]), ...launches('theirs', [5_000], 20)];
const ratios = find(race.ratios, made);
const found = results(race, made, ratios, { machine, versions: { node: '20.19.0' } });

test('the results are the rows of the first load, the ratios that could be formed, and the other loads', () => {
  assert.equal(found, {
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

test('the report has a table for each load, the ratios, and the machine with its steal', () => {
  const text = report(race, found, ratios, false);
  assert.match(text, /^long \(laps\/s\) +median +lowest +highest +launches$/m);
  assert.match(text, /^ours +20,000 +10,000 +30,000 +3$/m);
  assert.match(text, /^short +median/m);
  assert.match(text, /^vsTheirs: ours ÷ theirs, long +4\.00 +2\.00 +3\.00$/m);
  assert.not.match(text, 'vsGuest');
  assert.match(text, /^2 cores, Abacus, Node 20\.19\.0; steal 0\.5 %$/m);
});

test('a check is told with its value, must and aim, and one that could not be made with that', () => {
  const text = report(race, found, ratios, true);
  assert.match(text, /^vsTheirs: ours ÷ theirs, long +4\.00 +2\.00 +3\.00 +pass$/m);
  assert.match(text, /^shortVsTheirs: ours ÷ theirs, short +0\.50 +1\.00 +fail$/m);
  const alone = find(race.ratios, launches('ours', [1]));
  assert.match(report(race, found, alone, true), /^vsTheirs: .* +2\.00 +3\.00 +fail: not measured$/m);
});

test('the chart is an SVG with a bar and its extremes for each contender, the best above', async () => {
  const svg = await draw(race, found);
  assert.match(svg, /^<svg /);
  assert.is(svg.split('aria-roledescription="bar"').length - 1, 2);
  for (const word of ['A race', 'laps/s', 'Abacus', '3 interleaved launches']) assert.match(svg, word);
  assert.ok(svg.indexOf('>ours<') < svg.indexOf('>theirs<'));
});

test.run();
