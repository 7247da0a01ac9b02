import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { eased } from '../../../bench/contest/eased.js';
import { race } from './fixture.js';

test('of an eased subject only some run, and only what is between them is asked', () => {
  const { name, contenders, ratios } = eased(race, ['ours', 'theirs'], 1);
  assert.is(name, 'race');
  assert.equal(contenders, ['ours', 'theirs']);
  assert.equal(
    ratios,
    race.ratios.filter(({ name }) => name !== 'vsGuest'),
  );
});

test('what must be reached is a part of what it was, and what may be reached a multiple', () => {
  const weight = { name: 'weight', measure: 'long', of: 'ours', over: 8, most: 3 };
  const { ratios } = eased({ ...race, ratios: [...race.ratios, weight] }, race.contenders, 0.5);
  assert.equal(
    ratios.map(({ must, most }) => must ?? most),
    [1, undefined, 0.5, 6],
  );
  assert.is(ratios[0]?.aim, 3);
});

test.run();
