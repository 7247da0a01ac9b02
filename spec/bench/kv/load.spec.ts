import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { Answer, Ask } from '../../../bench/kv/contender.js';
import { measure } from '../../../bench/kv/load.js';
import { workload } from '../../../bench/kv/workload.js';
import type { Operation } from '../../../bench/kv/workload.js';

const load = { concurrency: 'free', inFlight: 5, warmUpMs: 20, ms: 60 } as const;

test('so many are in flight at any time, in the order of the workload, and what a true service says is right', async () => {
  const asked: Operation[] = [];
  let inFlight = 0;
  let most = 0;
  const answer = store();
  const figures = await measure(
    (operation, answered) => {
      asked.push(operation);
      most = Math.max(most, (inFlight += 1));
      setImmediate(() => {
        inFlight -= 1;
        answered(answer(operation));
      });
    },
    operations(),
    load,
  );
  assert.is(most, 5);
  const expected = operations();
  assert.ok(asked.every(({ kind, key }) => same({ kind, key }, expected.next().value)));
  assert.is(figures.wrong, 0);
  assert.ok(figures.answered > 0 && figures.rpcsPerSecond > 0);
});

test('refusals are counted by their kind', async () => {
  const figures = await measure(answering({ outcome: 'NOT_FOUND' }), operations(), load);
  assert.is(figures.notFound, figures.answered);
  const others = await measure(answering({ outcome: 'ALREADY_EXISTS' }), operations(), load);
  assert.is(others.alreadyExists, others.answered);
});

test('a value that nobody wrote is counted as wrong', async () => {
  const value = Buffer.from('of another');
  const figures = await measure(answering({ outcome: 'done', value }), operations(), load);
  assert.ok(figures.wrong > 0);
});

const operations = (): Generator<Operation, never, undefined> => workload({ seed: 1, valueBytes: 8 });

const answering =
  (answer: Answer): Ask =>
  (_, answered) =>
    void setImmediate(() => answered(answer));

const same = (a: Pick<Operation, 'kind' | 'key'>, b: Operation): boolean => a.kind === b.kind && a.key === b.key;

function store(): (operation: Operation) => Answer {
  const values = new Map<string, Buffer>();
  return ({ kind, key, value }) => {
    const found = values.get(key);
    if (kind === 'delete') values.delete(key);
    else if (kind === 'create' && found) return { outcome: 'ALREADY_EXISTS' };
    else if (kind !== 'create' && !found) return { outcome: 'NOT_FOUND' };
    else if (kind === 'retrieve') return { outcome: 'done', value: found as Buffer };
    else values.set(key, value);
    return { outcome: 'done' };
  };
}

test.run();
