import fc from 'fast-check';
import { map, merge, mergeMap, of, share } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Gate, Gated, gateOf } from '../lib/gate.js';

function told(): { gate: Gate; changes: boolean[] } {
  const changes: boolean[] = [];
  const gate = new Gate();
  gate.watch((held) => changes.push(held));
  return { gate, changes };
}

test('a gate that nobody holds lets everything go', () => {
  const { gate, changes } = told();
  assert.not(gate.held);
  assert.equal(changes, []);
});

test('it is held from the first hold until the last is let go, and both are told once', () => {
  const { gate, changes } = told();
  const letGo = [gate.hold(), gate.hold(), gate.hold()];
  for (const one of letGo) {
    assert.ok(gate.held);
    assert.equal(changes, [true]);
    one();
  }
  assert.not(gate.held);
  assert.equal(changes, [true, false]);
});

test('letting go twice lets go of nobody else', () => {
  const { gate, changes } = told();
  const first = gate.hold();
  gate.hold();
  first();
  first();
  assert.ok(gate.held);
  assert.equal(changes, [true]);
});

test('a gate that follows another is held while the other is, and by whoever else holds it', () => {
  const [leader, { gate, changes }] = [new Gate(), told()];
  gate.follow(leader);
  assert.equal(changes, []);
  const letGo = leader.hold();
  assert.equal(changes, [true]);
  const own = gate.hold();
  letGo();
  assert.ok(gate.held);
  own();
  leader.hold();
  assert.equal(changes, [true, false, true]);
});

test('it is held at once by one that is held already, and follows no more when it is told so', () => {
  const [leader, { gate, changes }] = [new Gate(), told()];
  const letGo = leader.hold();
  const leave = gate.follow(leader);
  assert.equal(changes, [true]);
  leave();
  assert.equal(changes, [true, false]);
  letGo();
  leader.hold();
  assert.not(gate.held);
});

test('who no longer watches is told of nothing', () => {
  const gate = new Gate();
  const changes: boolean[] = [];
  const stop = gate.watch((held) => changes.push(held));
  const letGo = gate.hold();
  stop();
  letGo();
  assert.equal(changes, [true]);
});

test('a gated stream keeps its gate through every stage of its pipe, whatever they are, and its values', () => {
  const gate = new Gate();
  const numbers$ = new Gated<number>(gate, (subscriber) => {
    subscriber.next(1);
    subscriber.next(2);
    subscriber.complete();
  });
  const values: number[] = [];
  const piped$ = numbers$.pipe(
    map((value) => value * 10),
    share(),
    mergeMap((value) => of(value, value + 1)),
  );
  assert.is(gateOf(piped$), gate);
  assert.is(gateOf(piped$.pipe()), gate);
  assert.is(gateOf(merge(numbers$, numbers$)), undefined);
  piped$.subscribe((value) => values.push(value));
  assert.equal(values, [10, 11, 20, 21]);
});

test('it can be held again', () => {
  const { gate, changes } = told();
  gate.hold()();
  gate.hold()();
  assert.equal(changes, [true, false, true, false]);
});

test('whoever is told of a change finds it made, and may make another', () => {
  const seen: boolean[] = [];
  const gate = new Gate();
  gate.watch((held) => {
    seen.push(held === gate.held);
    if (!held && seen.length < 4) gate.hold()();
  });
  gate.hold()();
  assert.equal(seen, [true, true, true, true]);
});

test('holds are counted, in whatever order they come and go', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), (steps) => {
      const { gate, changes } = told();
      const holds: (() => void)[] = [];
      const open = new Set<() => void>();
      for (const step of steps) {
        const one = holds[step];
        if (one) {
          one();
          open.delete(one);
        } else {
          const hold = gate.hold();
          holds.push(hold);
          open.add(hold);
        }
        assert.is(gate.held, open.size > 0);
        assert.is(changes.at(-1) ?? false, gate.held);
      }
      assert.ok(changes.every((held, i) => held === (i % 2 === 0)));
    }),
    { seed: 5 },
  );
});

test.run();
