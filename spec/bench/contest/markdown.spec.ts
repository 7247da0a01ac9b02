import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { sectionOf, withSection } from '../../../bench/contest/markdown.js';
import { outcomeOf } from '../../../bench/contest/outcome.js';
import { launches, race } from './fixture.js';

const before = '# All\n\nWords.\n\n## swim\n\nold\n\n## race\n\nold too\n';

test('a section goes to the end, if the document has none of its subject', () => {
  assert.is(withSection('# All\n', '## race', 'new'), '# All\n\n## race\n\nnew\n\n');
});

test('a section takes the place of the older one, and of no other', () => {
  assert.is(withSection(before, '## swim', 'new'), '# All\n\nWords.\n\n\n## swim\n\nnew\n\n## race\n\nold too\n');
  assert.match(withSection(before, '## swi', 'new'), 'old\n');
});

test('a section tells the command, the date, the machine and the versions, and has every row and every verdict', () => {
  const machine = { cpu: 'Abacus', cores: 2, memoryGiB: 4, system: 'None', date: '2018-02-03', stealPercent: 0.5 };
  const made = [...launches('ours', [10]), ...launches('theirs', [30_000])];
  const outcome = outcomeOf(race, made, { machine, versions: { node: '20.19.0', rxjs: '7.8.2' } });
  const section = sectionOf(outcome, 'npm run bench -- race');
  for (const told of [
    'A race.\n',
    '`npm run bench -- race`, 2018-02-03.',
    '2 cores, Abacus, Node 20.19.0; steal 0.5 %; 4 GiB, None. node 20.19.0, rxjs 7.8.2.',
    '| long (laps/s) | median | lowest | highest | launches |\n| --- | ---: | ---: | ---: | ---: |\n',
    '| theirs | 30,000 | 30,000 | 30,000 | 1 |',
    '| vsTheirs: ours ÷ theirs, long | 0.00 | 2.00 | 3.00 | fail |',
  ])
    assert.ok(section.includes(told), told);
});

test.run();
