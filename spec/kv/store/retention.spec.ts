import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Retention } from '../../../lib/kv/store/retention.js';
import { seeded } from '../../support/seed.js';

test('whatever comes and is compacted, it keeps the newest that have room, as a list of all of them would', () => {
  const step = fc.oneof(fc.array(fc.nat({ max: 50 }), { maxLength: 5 }), fc.record({ compact: fc.nat({ max: 200 }) }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.nat({ max: 200 }), fc.array(step), (maxRevisions, max, steps) => {
      const retention = new Retention({ maxRevisions, maxHistoryBytes: max });
      const all: number[] = [];
      let oldest = 1;
      for (const what of steps) {
        const added = Array.isArray(what) ? what : [];
        all.push(...added);
        const known = (): number[] => all.slice(oldest - 1);
        const sum = (sizes: readonly number[]): number => sizes.reduce((one, other) => one + other, 0);
        while (known().length > maxRevisions || (known().length > 1 && sum(known()) > max)) oldest += 1;
        assert.is(retention.oldestWith(added), oldest);
        if (!Array.isArray(what)) oldest = Math.min(Math.max(oldest, what.compact), all.length + 1);
        retention.advance(added, oldest);
        assert.is(retention.oldest, oldest);
      }
    }),
    seeded({}),
  );
});

test('what would come changes nothing before it has come', () => {
  const retention = new Retention({ maxRevisions: 2, maxHistoryBytes: 100 });
  retention.advance([1, 1], 1);
  assert.is(retention.oldestWith([1]), 2);
  assert.is(retention.oldestWith([]), 1);
});

test('those that were known when a store is opened begin with its oldest', () => {
  const retention = new Retention({ maxRevisions: 10, maxHistoryBytes: 100 }, 7);
  retention.advance([40, 40, 40], 7);
  assert.is(retention.oldestWith([]), 8);
});

test.run();
