import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Gathering } from '../../../lib/kv/level/gathering.js';
import { turns } from '../../support/peer.js';

test('a group that fails, which it is not to, keeps no other from its turn, and ends no process', async () => {
  const groups: number[][] = [];
  const gathering = new Gathering<{ readonly id: number; readonly bytes: number }>((group) => {
    groups.push(group.map(({ id }) => id));
    return Promise.reject(new Error('a bug'));
  }, 10);
  for (const id of [1, 2, 3]) gathering.add({ id, bytes: 5 });
  await gathering.idle();
  gathering.add({ id: 4, bytes: 5 });
  await gathering.idle();
  await turns(2);
  assert.equal(groups, [[1, 2], [3], [4]]);
});

test.run();
