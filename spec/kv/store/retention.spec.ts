import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Retention } from '../../../lib/kv/store/retention.js';
import type { Kept } from '../../../lib/kv/store/retention.js';
import { seeded } from '../../support/seed.js';

const revision = (number: number, bytes: number): Kept => ({ revision: number, bytes, isOpening: false });
const opening = (number: number, bytes = 0): Kept => ({ revision: number, bytes, isOpening: true });

/** One revision after the other, from 1 on. */
const revisions = (...bytes: readonly number[]): Kept[] => bytes.map((size, at) => revision(at + 1, size));

test('whatever comes and is compacted, it keeps the newest that have room, as a list of all of them would', () => {
  const gap = fc.record({ gap: fc.integer({ min: 1, max: 1_000 }), bytes: fc.nat({ max: 20 }) });
  const group = fc.array(fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 50 }) }, { weight: 1, arbitrary: gap }), {
    maxLength: 5,
  });
  const step = fc.oneof(group, fc.record({ compact: fc.nat({ max: 2_000 }) }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.nat({ max: 200 }), fc.array(step), (maxRevisions, max, steps) => {
      const retention = new Retention({ maxRevisions, maxHistoryBytes: max });
      let list: Kept[] = [];
      let newest = 0;
      let known = 1;
      for (const what of steps) {
        const added = (Array.isArray(what) ? what : []).map((one) => {
          newest += typeof one === 'number' ? 1 : one.gap;
          return typeof one === 'number' ? revision(newest, one) : opening(newest, one.bytes);
        });
        const from = Array.isArray(what) ? 0 : what.compact;
        const gone: number[] = [];
        list.push(...added);
        const counted = (): number => list.filter((kept) => !kept.isOpening).length;
        const sum = (): number => list.reduce((bytes, kept) => bytes + kept.bytes, 0);
        const isSpare = (first: Kept): boolean =>
          counted() > 1 || (first.isOpening && list.filter((kept) => kept.isOpening).length > 1);
        for (let first = list[0]; first; first = list[0]) {
          const goes = first.revision < from || counted() > maxRevisions || (isSpare(first) && sum() > max);
          if (!goes) break;
          list = list.slice(1);
          gone.push(first.revision);
          known = first.revision + 1;
        }
        assert.equal(retention.forgettingFor(added, from), { known, gone });
        retention.advance(added, known);
        assert.is(retention.known, known);
        assert.is(retention.oldest, list.find((kept) => !kept.isOpening)?.revision ?? newest + 1);
      }
    }),
    seeded({}),
  );
});

test('what would come changes nothing before it has come', () => {
  const retention = new Retention({ maxRevisions: 2, maxHistoryBytes: 100 });
  retention.advance(revisions(1, 1), 1);
  assert.equal(retention.forgettingFor([revision(3, 1)]), { known: 2, gone: [1] });
  assert.equal(retention.forgettingFor([]), { known: 1, gone: [] });
});

test('those that were known when a store is opened begin with the first that is known', () => {
  const retention = new Retention({ maxRevisions: 10, maxHistoryBytes: 100 }, 7);
  retention.advance([revision(7, 40), revision(8, 40), revision(9, 40)], 7);
  assert.equal(retention.forgettingFor([]), { known: 8, gone: [7] });
});

test('an opening pushes no revision out, and goes with those before it', () => {
  const retention = new Retention({ maxRevisions: 2, maxHistoryBytes: 100 });
  const added = [...revisions(1, 1), opening(1_000), opening(2_000)];
  assert.equal(retention.forgettingFor(added), { known: 1, gone: [] });
  retention.advance(added, 1);
  assert.equal(retention.forgettingFor([revision(2_001, 1)]), { known: 2, gone: [1] });
  const two = [revision(2_001, 1), revision(2_002, 1)];
  assert.equal(retention.forgettingFor(two), { known: 3, gone: [1, 2] });
  retention.advance(two, 3);
  assert.equal(retention.forgettingFor([revision(2_003, 1)]), { known: 2_002, gone: [1_000, 2_000, 2_001] });
});

test('the newest revision is known over an opening, whatever it takes, and of many openings only the last has to be', () => {
  const retention = new Retention({ maxRevisions: 10, maxHistoryBytes: 100 });
  retention.advance([revision(1, 500), opening(1_000, 60), opening(2_000, 60)], 1);
  assert.equal(retention.forgettingFor([]), { known: 1, gone: [] });
  const empty = new Retention({ maxRevisions: 10, maxHistoryBytes: 100 });
  empty.advance([opening(1_000, 60), opening(2_000, 60)], 1);
  assert.equal(empty.forgettingFor([]), { known: 1_001, gone: [1_000] });
});

test.run();
