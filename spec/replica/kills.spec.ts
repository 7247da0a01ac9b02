// time limit: 300 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { replicas } from '../../bench/replicas/replicas.js';

/** The full run is `KILLS=20`. */
const kills = Number(process.env['KILLS'] ?? 3);

test(`${String(kills)} times kill -9 of any of three replicas: the books of every link balance, all that is queued arrives, and a question is answered while one link stays open`, async () => {
  const { links, queued, questions, broken } = await replicas({ kills, seconds: 1 }, () => undefined);
  assert.equal(broken, []);
  assert.equal(
    links.map(({ from, to, balanced }) => `${from} ${to} ${String(balanced)}`),
    ['a b true', 'a c true', 'b a true', 'b c true', 'c a true', 'c b true'],
  );
  assert.ok(links.some(({ reconnects }) => reconnects > 0));
  assert.ok(queued > 0, 'there was something that could have been lost');
  const { asked, owed, answered } = questions;
  assert.ok(owed > 0, 'a question was asked with a link that stayed open');
  assert.ok(owed <= asked && owed <= answered);
});

test.run();
