import fc from 'fast-check';
import { Gate, RxDuplexError, consume } from 'rxduplex';
import type { ConsumeOptions, Handled } from 'rxduplex';
import { EMPTY, NEVER, Observable, Subject, concat, from, map, of, range, take, throwError } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { gateOf } from '../../lib/gate.js';
import { seeded } from '../support/seed.js';
import { changesOf, counting, under } from '../support/gates.js';
import { marbles, seen } from '../support/marbles.js';
import type { Seen } from '../support/marbles.js';
import { turns, until } from '../support/peer.js';

const failed = new Error('failed');
const codeOfEnd = ({ ends }: { readonly ends: readonly unknown[] }): unknown => (ends[0] as { code?: unknown }).code;

/** Handlers whose results come when the spec says so. */
function byHand(): {
  readonly handler: (value: string) => Observable<string>;
  readonly begun: Map<string, Subject<string>>;
} {
  const begun = new Map<string, Subject<string>>();
  const handler = (value: string): Observable<string> => {
    const results = new Subject<string>();
    begun.set(value, results);
    return results;
  };
  return { handler, begun };
}

test('a source that never emits gives nothing, holds nothing, and is left with its reader', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  -----');
    const unsub = '        ---! ';
    const subs = '         ^--! ';
    const expected = '     -----';
    const held = '         -----';
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(under(gate, source).pipe(consume(() => 'x')), unsub).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('an empty source completes at once', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  --|');
    const subs = '         ^-!';
    const expected = '     --|';
    const held = '         ---';
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(under(gate, source).pipe(consume(() => 'x'))).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('the gate is held while a value is being handled, and let go after it', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  a-----b-----|');
    const work = '          ---x|      ';
    const subs = '         ^-----------!';
    const expected = '     ---x-----x--|';
    const held = '         h---g-h---g--';
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(under(gate, source).pipe(consume(() => cold(work)))).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('what was on its way when the gate was held is handled in its turn, before it is let go', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  abc--------|');
    const work = { a: '     --a|', b: ' --b|', c: ' --c|' };
    const subs = '         ^----------!';
    const expected = '     --a--b--c--|';
    const held = '         h--------g--';
    const stream$ = under(gate, source).pipe(consume((value) => cold(work[value as 'a'].trim())));
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(stream$).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('a source that ends is completed after what is at hand has been handled', () => {
  marbles(({ cold, expectObservable }) => {
    const gate = new Gate();
    const source = cold('  ab|       ');
    const work = '         ---(x|)   ';
    const expected = '     ---x--(x|)';
    const held = '         h-----g---';
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(under(gate, source).pipe(consume(() => cold(work)))).toBe(expected);
  });
});

test('as many values are handled at once as may be, and the gate is held by the last of them', () => {
  marbles(({ cold, expectObservable }) => {
    const gate = new Gate();
    const source = cold('  ab-c-----|');
    // `c` came while both were busy: it is begun as `a` ends, so that the gate is held until `b` has ended.
    const work = '         ----(x|)  ';
    const expected = '     ----ab--c|';
    const held = '         -h---g----';
    const handler = (value: string): Observable<string> => cold(work).pipe(map(() => value));
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(under(gate, source).pipe(consume(handler, { concurrency: 2 }))).toBe(expected);
  });
});

test('an error of the source comes at once, leaves what is being handled, and lets the gate go', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  a--#', undefined, failed);
    const work = cold('    -----x|');
    const subs = '         ^--!';
    const expected = '     ---#';
    const held = '         h--g';
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(under(gate, source).pipe(consume(() => work))).toBe(expected, undefined, failed);
    expectSubscriptions(source.subscriptions).toBe(subs);
    expectSubscriptions(work.subscriptions).toBe(subs);
  });
});

test('an endless source is left in the middle, with its handlers, and the gate let go', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const gate = new Gate();
    const source = cold('  a-b-c-d-e-');
    const work = cold('    x---------');
    const unsub = '        -----!    ';
    const subs = '         ^----!    ';
    const expected = '     x-----    ';
    const held = '         h----g    ';
    expectObservable(changesOf(gate)).toBe(held);
    expectObservable(under(gate, source).pipe(consume(() => work)), unsub).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
    expectSubscriptions(work.subscriptions).toBe(subs);
  });
});

test('results come as they are ready, or in the order of their values', () => {
  marbles(({ cold, expectObservable }) => {
    const source = '  abc---------|';
    const asReady = ' --b-ca-A----|';
    const inOrder = ' -----a-A(bc)|';
    const works: Readonly<Record<string, string>> = { a: '-----1-2|', b: '-1|', c: '--1|' };
    const names = { a: 'a1', A: 'a2', b: 'b1', c: 'c1' };
    const consumed = (ordered: boolean): Observable<string> =>
      cold(source).pipe(
        consume((value) => cold(works[value] ?? '').pipe(map((part) => value + part)), {
          concurrency: 3,
          ordered,
          gate: 'none',
        }),
      );
    expectObservable(consumed(false)).toBe(asReady, names);
    expectObservable(consumed(true)).toBe(inOrder, names);
  });
});

test('the gate is held before the handler is called', () => {
  const gate = new Gate();
  const held: boolean[] = [];
  const source = counting(gate, 3);
  seen(source.pipe(consume(() => held.push(gate.held))));
  assert.equal(held, [true, true, true]);
  assert.not(gate.held);
});

test('with room for more the gate is not held', () => {
  const gate = new Gate();
  const source = counting(gate);
  const stream = seen(source.pipe(consume(() => NEVER, { concurrency: 5 })));
  assert.is(source.given, 5);
  assert.ok(gate.held);
  stream.stop();
  assert.not(gate.held);
  assert.is(source.subscribers, 0);
});

test('a source that heeds its gate is never a value ahead, however it is let go', async () => {
  const gate = new Gate();
  const source = counting(gate, 1000);
  let handled = 0;
  let most = 0;
  const stream = seen(
    source.pipe(
      consume(async () => {
        most = Math.max(most, source.given - handled);
        if (handled % 3 > 0) await Promise.resolve();
        handled += 1;
      }),
    ),
  );
  await until('the end', () => stream.ends.length > 0);
  assert.equal([handled, most, stream.ends], [1000, 1, ['complete']]);
  assert.not(gate.held);
});

test('a handler gives an Observable, a promise, an async iterable or a plain value, which a string and an array are', async () => {
  async function* letters(): AsyncGenerator<string> {
    yield await Promise.resolve('y');
    yield 'z';
  }
  const given: readonly (() => Handled<unknown>)[] = [
    () => of('a', 'b'),
    () => EMPTY,
    () => Promise.resolve('promised'),
    letters,
    () => 'text',
    () => ['an', 'array'],
    () => new Set(['set']),
    () => 0,
    () => null,
    () => undefined,
  ];
  const stream = seen(from(given).pipe(consume((handler) => handler(), { gate: 'none' })));
  await until('the end', () => stream.ends.length > 0);
  assert.equal(stream.ends, ['complete']);
  assert.equal(stream.values, [
    ...['a', 'b', 'promised', 'y', 'z', 'text'],
    ...[['an', 'array'], new Set(['set']), 0, null, undefined],
  ]);
});

const failures: Readonly<Record<string, () => Handled<never>>> = {
  throws: () => {
    throw failed;
  },
  rejects: () => Promise.reject(failed),
  errors: () => throwError(() => failed),
  'throws in the middle of its async iterable': () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failed) }),
  }),
};
for (const [how, handler] of Object.entries(failures)) {
  test(`a handler that ${how} ends the stream with its error, lets the gate go, and no value is handled after it`, async () => {
    const gate = new Gate();
    const source = counting(gate, 10);
    let calls = 0;
    const consumed$ = source.pipe(
      consume(() => {
        calls += 1;
        return handler();
      }),
    );
    const stream = seen(consumed$);
    await until('the end', () => stream.ends.length > 0);
    assert.equal([stream.values, stream.ends, calls], [[], [failed], 1]);
    assert.not(gate.held);
    assert.is(source.subscribers, 0);
  });
}

test('one handler of several that fails leaves the others, and what is in the queue', () => {
  const gate = new Gate();
  const source = new Subject<string>();
  const { handler, begun } = byHand();
  const stream = seen(under(gate, source).pipe(consume(handler, { concurrency: 2 })));
  for (const value of ['a', 'b', 'c', 'd']) source.next(value);
  assert.equal([...begun.keys()], ['a', 'b']);
  begun.get('b')?.error(failed);
  assert.equal(stream.ends, [failed]);
  assert.equal([...begun.keys()], ['a', 'b']);
  assert.not(begun.get('a')?.observed);
  assert.not(source.observed);
  assert.not(gate.held);
});

test('who unsubscribes while it holds lets go, and what comes of that goes to the others only', () => {
  const gate = new Gate();
  const source = counting(gate);
  let calls = 0;
  const stop = seen(
    source.pipe(
      consume(() => {
        calls += 1;
        return NEVER;
      }),
    ),
  ).stop;
  stop();
  assert.not(gate.held);
  assert.equal([calls, source.given, source.subscribers], [1, 1, 0]);
});

test('a source that emits on subscription is left in the middle of it', () => {
  const gate = new Gate();
  let calls = 0;
  const stream = seen(
    range(0, 1000).pipe(
      consume((value) => (calls += 1) && value, { gate }),
      take(2),
    ),
  );
  assert.equal([stream.values, stream.ends, calls], [[0, 1], ['complete'], 2]);
  assert.not(gate.held);
});

test('a handler that emits on subscription is left in the middle of it', () => {
  const gate = new Gate();
  let given = 0;
  const endless$ = new Observable<number>((subscriber) => {
    while (!subscriber.closed && given < 1000) subscriber.next((given += 1));
  });
  const stream = seen(
    of('a', 'b').pipe(
      consume(() => endless$, { gate }),
      take(3),
    ),
  );
  assert.equal([stream.values, given], [[1, 2, 3], 3]);
  assert.not(gate.held);
});

test('each subscription consumes by itself, and two hold the gate each for itself', () => {
  const gate = new Gate();
  const source = new Subject<string>();
  const { handler, begun } = byHand();
  const consumed$ = under(gate, source).pipe(consume(handler));
  const streams: Seen<string>[] = [seen(consumed$), seen(consumed$.pipe(take(5)))];
  source.next('a');
  streams[0]?.stop();
  assert.ok(gate.held);
  begun.get('a')?.complete();
  assert.not(gate.held);
});

test('without a gate it fails with NO_GATE when it is subscribed, before its source is', () => {
  let subscribed = 0;
  const source = new Observable<string>(() => void (subscribed += 1));
  const consumed$ = source.pipe(consume(() => 'x'));
  const stream = seen(consumed$);
  assert.is(codeOfEnd(stream), 'NO_GATE');
  assert.ok(RxDuplexError.is(stream.ends[0]));
  assert.is(subscribed, 0);
});

test("with gate: 'none' it reads what cannot be slowed, and what comes too fast waits its turn", () => {
  const source = new Subject<string>();
  const { handler, begun } = byHand();
  const stream = seen(source.pipe(consume(handler, { gate: 'none' })));
  const values = Array.from({ length: 50 }, (_, i) => String(i));
  for (const value of values) source.next(value);
  source.complete();
  for (const value of values) {
    assert.is(begun.size, Number(value) + 1);
    begun.get(value)?.next(value);
    begun.get(value)?.complete();
  }
  assert.equal([stream.values, stream.ends], [values, ['complete']]);
});

test("a gate that is given goes before the source's own", () => {
  const own = new Gate();
  const given = new Gate();
  seen(
    concat(of('a'), NEVER)
      .pipe((source) => under(own, source))
      .pipe(consume(() => NEVER, { gate: given })),
  );
  assert.equal([own.held, given.held], [false, true]);
  seen(under(own, of('a')).pipe(consume(() => NEVER, { gate: 'none' })));
  assert.not(own.held);
});

test('what it gives is gated as its source is, so that a second reader can follow the first', async () => {
  const gate = new Gate();
  const source = counting(gate, 20);
  const twice$ = source.pipe(
    consume((value) => Promise.resolve(value * 2)),
    consume((value) => Promise.resolve(value + 1)),
  );
  assert.is(gateOf(twice$), gate);
  const stream = seen(twice$);
  await until('the end', () => stream.ends.length > 0);
  assert.equal(
    stream.values,
    Array.from({ length: 20 }, (_, i) => i * 2 + 1),
  );
  assert.not(gate.held);
});

test('a late result of what was left changes nothing', async () => {
  const gate = new Gate();
  let settle: (value: string) => void = () => undefined;
  const promised = new Promise<string>((resolve) => (settle = resolve));
  const stream = seen(under(gate, concat(of('a'), NEVER)).pipe(consume(() => promised)));
  stream.stop();
  const another = gate.hold();
  settle('late');
  await turns(2);
  assert.equal([stream.values, stream.ends, gate.held], [[], [], true]);
  another();
});

test('in order, results that wait for a slow one count as being handled: they are bounded too', () => {
  const gate = new Gate();
  const source = new Subject<number>();
  const slow = new Subject<string>();
  const begun: number[] = [];
  const results: string[] = [];
  under(gate, source)
    .pipe(
      consume(
        (value) => {
          begun.push(value);
          return value === 0 ? slow : of(String(value));
        },
        { concurrency: 3, ordered: true },
      ),
    )
    .subscribe((result) => results.push(result));
  for (const value of [0, 1, 2, 3, 4]) source.next(value);
  assert.equal([begun, results, gate.held], [[0, 1, 2], [], true]);
  slow.next('first');
  slow.complete();
  assert.equal([begun, results, gate.held], [[0, 1, 2, 3, 4], ['first', '1', '2', '3', '4'], false]);
});

test('bad options are refused at the door', () => {
  const bad: readonly [unknown, object][] = [
    [undefined, {}],
    ['handler', {}],
    [() => 1, { concurrency: 0 }],
    [() => 1, { concurrency: 1.5 }],
    [() => 1, { concurrency: NaN }],
    [() => 1, { ordered: 'yes' }],
    [() => 1, { gate: 'no' }],
    [() => 1, { gate: null }],
  ];
  for (const [handler, options] of bad) {
    assert.throws(
      () => consume(handler as () => number, options as ConsumeOptions),
      (error: unknown) => RxDuplexError.is(error) && error.code === 'BAD_OPTION',
    );
  }
  consume(() => 1, { concurrency: Infinity });
});

/** What a subscriber does when it is given a result: it makes handlers give another result, or end. */
interface Reaction {
  readonly to: number;
  readonly handler: number;
  readonly ends: boolean;
}

const reactions = fc.array(fc.record({ to: fc.nat(40), handler: fc.nat(7), ends: fc.boolean() }), { maxLength: 30 });
const script = fc.array(fc.record({ handler: fc.nat(7), ends: fc.boolean() }), { maxLength: 30 });

for (const ordered of [true, false]) {
  test(`${ordered ? 'in order' : 'as they come'}: handlers that give results and end in reaction to one lose and reorder nothing`, () => {
    fc.assert(
      fc.property(reactions, script, fc.integer({ min: 1, max: 8 }), (answers, steps, concurrency) => {
        const handlers: Subject<string>[] = [];
        const given: string[][] = [];
        const ended = new Set<number>();
        const give = (handler: number, ends: boolean): void => {
          const subject = handlers[handler];
          if (!subject || ended.has(handler)) return;
          if (ends) {
            ended.add(handler);
            subject.complete();
          } else {
            const result = `${handler}/${String(given[handler]?.length)}`;
            given[handler]?.push(result);
            subject.next(result);
          }
        };
        const source = new Subject<number>();
        const results: string[] = [];
        let completed = false;
        const handler = (): Subject<string> => {
          const subject = new Subject<string>();
          handlers.push(subject);
          given.push([]);
          return subject;
        };
        source.pipe(consume(handler, { concurrency, ordered, gate: 'none' })).subscribe({
          next: (result) => {
            const to = results.push(result) - 1;
            for (const answer of answers.filter((each: Reaction) => each.to === to)) give(answer.handler, answer.ends);
          },
          complete: () => (completed = true),
        });
        for (let value = 0; value < 8; value += 1) source.next(value);
        for (const step of steps) give(step.handler, step.ends);
        source.complete();
        while (ended.size < handlers.length) {
          for (const index of handlers.keys()) give(index, true);
        }
        assert.ok(completed);
        assert.is(handlers.length, 8);
        if (ordered) assert.equal(results, given.flat());
        else assert.equal([...results].sort(), given.flat().sort());
      }),
      seeded({ numRuns: 2_000 }),
    );
  });
}

test('in order: results that a reaction completes are emitted in their order, and the stream ends after the last', () => {
  const work = new Map<string, Subject<string>>();
  const handler = (value: string): Subject<string> => {
    const subject = new Subject<string>();
    work.set(value, subject);
    return subject;
  };
  const source = new Subject<string>();
  const results: string[] = [];
  source.pipe(consume(handler, { concurrency: 4, ordered: true, gate: 'none' })).subscribe({
    next: (result) => {
      results.push(result);
      if (result !== 'b1') return;
      work.get('c')?.next('c1');
      work.get('c')?.complete();
    },
    complete: () => results.push('end'),
  });
  for (const value of 'abcd') source.next(value);
  for (const [value, result] of [
    ['b', 'b1'],
    ['b', 'b2'],
    ['b', ''],
    ['a', 'a1'],
    ['a', ''],
    ['d', 'd1'],
    ['d', ''],
  ] as const) {
    if (result) work.get(value)?.next(result);
    else work.get(value)?.complete();
  }
  source.complete();
  assert.equal(results, ['a1', 'b1', 'b2', 'c1', 'd1', 'end']);
});

test.run();
