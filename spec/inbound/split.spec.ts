import {
  EMPTY,
  NEVER,
  Observable,
  Subject,
  config,
  from,
  groupBy,
  map,
  merge,
  mergeMap,
  pipe,
  range,
  repeat,
  retry,
  startWith,
  take,
  tap,
  throwError,
} from 'rxjs';
import fc from 'fast-check';
import { Gate, Gated, by, consume, split } from 'rxduplex';
import type { Invalid } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { gateOf } from '../../lib/gate.js';
import { marbles, seen } from '../support/marbles.js';

interface Message {
  readonly type: PropertyKey | undefined;
  readonly value: number;
}

const message = (type: PropertyKey | undefined, value = 0): Message => ({ type, value });
const select = ({ type, value }: Message): readonly [PropertyKey, number] | undefined =>
  type === undefined ? undefined : [type, value];

/** A source that tells how often it was subscribed to, and how many are subscribed now. */
function counted<T>(source: Observable<T>): { source$: Observable<T>; made: number; live: number } {
  const counts = {
    made: 0,
    live: 0,
    source$: new Observable<T>((subscriber) => {
      counts.made += 1;
      counts.live += 1;
      subscriber.add(() => (counts.live -= 1));
      source.subscribe(subscriber);
    }),
  };
  return counts;
}

const failed = new Error('the source has failed');

// In diagrams a message is a letter, which is its type: lower case ones are events, `?` is none, `!` cannot be read.
const letter = (text: string): readonly [type: string, value: string] | undefined => {
  if (text === 'X') throw failed;
  return text === '?' ? undefined : [text, text];
};

test('a source that never emits gives nothing to anybody, and is left with the last of them', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('  -----');
    const unsubA = '       --!  ';
    const unsubB = '       ---! ';
    const subs = '         ^--! ';
    const expected = '     -----';
    const { on } = split(source, letter);
    expectObservable(on('a'), unsubA).toBe(expected);
    expectObservable(on('b'), unsubB).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('the end of an empty source is that of all its streams', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('  --|');
    const subs = '         ^-!';
    const expected = '     --|';
    const { on, unrouted$, invalid$ } = split(source, letter);
    for (const stream$ of [on('a'), on('b'), unrouted$, invalid$]) expectObservable<unknown>(stream$).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('each message goes to the subscribers of its type, or is unrouted, or invalid', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('  ab?aXcb|');
    const subs = '         ^------!';
    const expectedA = '    a--a---|';
    const expectedB = '    -b----b|';
    const unrouted = '     --?--c-|';
    const invalid = '      ----x--|';
    const { on, unrouted$, invalid$ } = split(source, letter);
    expectObservable(on('a')).toBe(expectedA);
    expectObservable(on('b')).toBe(expectedB);
    expectObservable(on('b')).toBe(expectedB);
    expectObservable(unrouted$).toBe(unrouted);
    expectObservable(invalid$).toBe(invalid, { x: { message: 'X', error: failed } });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('an error of the source is that of all its streams', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('  ab-#', undefined, failed);
    const subs = '         ^--!';
    const expectedA = '    a--#';
    const expectedB = '    -b-#';
    const unrouted = '     ---#';
    const { on, unrouted$, invalid$ } = split(source, letter);
    expectObservable(on('a')).toBe(expectedA, undefined, failed);
    expectObservable(on('b')).toBe(expectedB, undefined, failed);
    expectObservable(unrouted$).toBe(unrouted, undefined, failed);
    expectObservable(invalid$).toBe(unrouted, undefined, failed);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('an endless source is subscribed to once, from the first subscriber to the last', () => {
  marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot('  -a-b-a-b-a-b-a-');
    const subsA = '       --^---!        ';
    const subsB = '       ----^----!     ';
    const subs = '        --^------!     ';
    const expectedA = '   -----a----     ';
    const expectedB = '   -----a-b--     ';
    const { on, unrouted$ } = split(source, letter);
    expectObservable(on('a'), subsA).toBe(expectedA);
    expectObservable(merge(on('a'), on('b')), subsB).toBe(expectedB);
    expectSubscriptions(source.subscriptions).toBe(subs);
    assert.ok(unrouted$);
  });
});

test('an early unsubscribe ends one subscriber alone, and a later one takes part again', () => {
  marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot('  -a-a-a-a-a-a-a|');
    const subs1 = '       ^---!          ';
    const subs2 = '       ^---------!    ';
    const subs3 = '       ------^        ';
    const subs = '        ^-------------!';
    const expected1 = '   -a-a-          ';
    const expected2 = '   -a-a-a-a-a     ';
    const expected3 = '   -------a-a-a-a|';
    const { on } = split(source, letter);
    const a$ = on('a');
    expectObservable(a$, subs1).toBe(expected1);
    expectObservable(a$, subs2).toBe(expected2);
    expectObservable(a$, subs3).toBe(expected3);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test('whoever subscribes after the last has left, or after the end, subscribes to the source anew', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('  a-a|        ');
    const subs1 = '        ^!          ';
    const subs2 = '        ---^        ';
    const subs3 = '        --------^   ';
    const expected1 = '    a-          ';
    const expected2 = '    ---a-a|     ';
    const expected3 = '    --------a-a|';
    const made = ['        ^!          ', '---^--!', '--------^--!'];
    const { on } = split(source, letter);
    expectObservable(on('a'), subs1).toBe(expected1);
    expectObservable(on('a'), subs2).toBe(expected2);
    expectObservable(on('a'), subs3).toBe(expected3);
    expectSubscriptions(source.subscriptions).toBe(made);
  });
});

test('the source is subscribed to by any of its streams, and by none before that', () => {
  for (const name of ['on', 'unrouted$', 'invalid$'] as const) {
    const source = counted(NEVER);
    const streams = split(source.source$, select);
    const stream$: Observable<unknown> = name === 'on' ? streams.on('a') : streams[name];
    assert.is(source.made, 0);
    const { stop } = seen(stream$);
    assert.equal([source.made, source.live], [1, 1]);
    const other = seen(streams.on('b'));
    stop();
    assert.equal([source.made, source.live], [1, 1]);
    other.stop();
    assert.equal([source.made, source.live], [1, 0]);
  }
});

test('a stream exists before its first message, and misses none', () => {
  const source = new Subject<Message>();
  const { on } = split(source, select);
  const late$ = on('late');
  const late = seen(late$);
  for (let i = 0; i < 100; i += 1) source.next(message('other', i));
  source.next(message('late', 1));
  assert.equal(late.values, [1]);
});

test('what is selected is told once a message, however many listen', () => {
  const source = new Subject<Message>();
  let selected = 0;
  const { on } = split(source, (m: Message) => {
    selected += 1;
    return select(m);
  });
  const all = Array.from({ length: 50 }, (_, i) => seen(on(i % 5)));
  for (let i = 0; i < 1_000; i += 1) source.next(message(i % 10, i));
  assert.is(selected, 1_000);
  assert.is(
    all.reduce((sum, { values }) => sum + values.length, 0),
    5 * 10 * 100,
  );
});

test('any name can be a type, and is told apart from all others', () => {
  const names: readonly PropertyKey[] = [
    ...Object.getOwnPropertyNames(Object.prototype),
    ...['__proto__', 'constructor', 'prototype', 'then', '', ' ', '0', '1', 'NaN', 'undefined', 'null'],
    ...[0, 1, -1, NaN, Infinity, 1.5],
    ...[Symbol('one'), Symbol('one'), Symbol.iterator],
  ];
  const types = [...new Set(names)];
  const source = new Subject<Message>();
  const { on, unrouted$, stats } = split(source, select);
  const unrouted = seen(unrouted$);
  types.forEach((type, i) => source.next(message(type, i)));
  assert.is(unrouted.values.length, types.length);
  const all = types.map((type) => seen(on(type)));
  types.forEach((type, i) => source.next(message(type, i)));
  all.forEach(({ values }, i) => assert.equal(values, [i]));
  assert.equal(stats(), { received: 2 * types.length, routed: types.length, unrouted: types.length, invalid: 0 });
});

test('a value may be anything, also undefined', () => {
  const source = new Subject<unknown>();
  const { on, unrouted$ } = split(source, (value: unknown) => ['any', value]);
  const any = seen(on('any'));
  const unrouted = seen(unrouted$);
  for (const value of [undefined, null, 0, '', NaN]) source.next(value);
  assert.equal(any.values, [undefined, null, 0, '', NaN]);
  assert.equal(unrouted.values, []);
});

test('a function that gives null, as JavaScript may, finds no event', () => {
  const source = new Subject<Message>();
  const { on, unrouted$ } = split(source, (() => null) as unknown as typeof select);
  const unrouted = seen(unrouted$);
  const any = seen(on('a'));
  source.next(message('a'));
  assert.equal([unrouted.values.length, any.values.length], [1, 0]);
});

test('the books say what was routed, unrouted and invalid, whether or not anybody listens to that', () => {
  const kinds = fc.constantFrom<PropertyKey | undefined>('a', 'b', 'c', undefined, 'bad');
  const step = fc.oneof(
    { weight: 3, arbitrary: kinds.map((type) => ({ send: type })) },
    fc.nat(5).map((toggle) => ({ toggle })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const source = new Subject<Message>();
      const { on, unrouted$, invalid$, stats } = split(source, (m: Message) => {
        if (m.type === 'bad') throw failed;
        return select(m);
      });
      const expected = { received: 0, routed: 0, unrouted: 0, invalid: 0 };
      const streams: readonly Observable<unknown>[] = [on('a'), on('b'), on('a'), on('c'), unrouted$, invalid$];
      const types = ['a', 'b', 'a', 'c', undefined, undefined];
      const listening = new Map<number, () => void>();
      for (const step of steps) {
        if ('toggle' in step) {
          const { toggle } = step;
          const stop = listening.get(toggle);
          stop?.();
          if (stop) listening.delete(toggle);
          else listening.set(toggle, seen(streams[toggle] ?? EMPTY).stop);
        } else {
          const type = step.send;
          const heard = listening.size > 0;
          const listened = type !== undefined && [...listening.keys()].some((i) => types[i] === type);
          source.next(message(type));
          if (!heard) continue;
          expected.received += 1;
          expected[type === 'bad' ? 'invalid' : listened ? 'routed' : 'unrouted'] += 1;
        }
        assert.equal(stats(), expected);
      }
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('an invalid message is told with its error, and the stream goes on', () => {
  const source = new Subject<Message>();
  const { on, invalid$, stats } = split(source, (m: Message) => {
    if (m.value < 0) throw failed;
    return select(m);
  });
  const a = seen(on('a'));
  source.next(message('a', -1));
  const invalid = seen<Invalid<Message>>(invalid$);
  source.next(message('a', -2));
  source.next(message('a', 3));
  assert.equal(a.values, [3]);
  assert.equal(invalid.values, [{ message: message('a', -2), error: failed }]);
  assert.equal(stats(), { received: 3, routed: 1, unrouted: 0, invalid: 2 });
});

test('a subscriber that throws fails alone, and hears of what comes after', async () => {
  const source = new Subject<Message>();
  const { on, stats } = split(source, select);
  const reported: unknown[] = [];
  const before = seen(on('a'));
  const heard: number[] = [];
  on('a').subscribe((value) => {
    heard.push(value);
    throw failed;
  });
  const after = seen(on('a'));
  config.onUnhandledError = (error: unknown) => reported.push(error);
  try {
    source.next(message('a', 1));
    source.next(message('a', 2));
    await new Promise((resolve) => setTimeout(resolve));
  } finally {
    config.onUnhandledError = null;
  }
  assert.equal(
    [before.values, heard, after.values],
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
  );
  assert.equal(reported, [failed, failed]);
  assert.is(stats().routed, 2);
});

test('a message is given to all subscribers of its type before the next one is read', () => {
  const source = new Subject<Message>();
  const { on } = split(source, select);
  const log: string[] = [];
  for (const name of ['one', 'two']) {
    on('a').subscribe((value) => log.push(`${name} ${value}`));
  }
  from([message('a', 1), message('a', 2)]).subscribe(source);
  assert.equal(log, ['one 1', 'two 1', 'one 2', 'two 2']);
});

test('a source that emits while it is being subscribed to gives all to its first subscriber', () => {
  const source = counted(from([message('a', 1), message('b', 2), message('a', 3)]));
  const { on, stats } = split(source.source$, select);
  const { values, ends } = seen(on('a'));
  assert.equal(values, [1, 3]);
  assert.equal(ends, ['complete']);
  assert.equal([source.made, source.live], [1, 0]);
  assert.equal(stats(), { received: 3, routed: 2, unrouted: 1, invalid: 0 });
});

test('a source that emits without end while it is being subscribed to can be left', () => {
  const { on, stats } = split(range(0, Infinity), (i: number) => [i % 2 ? 'odd' : 'even', i]);
  const { values, ends } = seen(on('odd').pipe(take(3)));
  assert.equal(values, [1, 3, 5]);
  assert.equal(ends, ['complete']);
  assert.is(stats().received, 6);
});

test('a source that fails while it is being subscribed to fails its subscriber, and the next one anew', () => {
  const source = counted(throwError(() => failed));
  const { on } = split(source.source$, select);
  assert.equal(seen(on('a')).ends, [failed]);
  assert.equal(seen(on('a')).ends, [failed]);
  assert.equal([source.made, source.live], [2, 0]);
});

test('those who subscribe again at the end share one new subscription, while the others are still being told', () => {
  for (const again of ['repeat', 'retry'] as const) {
    const sources: Subject<Message>[] = [];
    const source = new Observable<Message>((subscriber) => {
      const subject = new Subject<Message>();
      sources.push(subject);
      return subject.subscribe(subscriber);
    });
    const { on } = split(source, select);
    const operator = again === 'repeat' ? repeat<number>() : retry<number>();
    const first = seen(on('a').pipe(operator));
    const plain = seen(on('a'));
    const second = seen(on('b').pipe(operator));
    for (let round = 1; round <= 3; round += 1) {
      sources.at(-1)?.next(message('a', round));
      sources.at(-1)?.next(message('b', -round));
      if (again === 'repeat') sources.at(-1)?.complete();
      else sources.at(-1)?.error(failed);
      assert.is(sources.length, round + 1);
      assert.ok(sources.at(-1)?.observed);
      assert.not(sources.at(-2)?.observed);
    }
    assert.equal(first.values, [1, 2, 3]);
    assert.equal(second.values, [-1, -2, -3]);
    assert.equal([plain.values.length, plain.ends.length], [1, 1]);
    first.stop();
    second.stop();
    assert.not(sources.at(-1)?.observed);
  }
});

test('A5: a type takes room only while somebody listens to it, unlike the groups of groupBy', () => {
  const types = 100_000;
  const source = counted(new Subject<Message>());
  const subject = new Subject<Message>();
  const { on, stats } = split(merge(source.source$, subject), select);
  const keep = seen(on('kept'));
  const all = Array.from({ length: types }, (_, i) => seen(on(i)));
  for (let i = 0; i < types; i += 1) subject.next(message(i, i));
  assert.is(stats().routed, types);
  assert.ok(all.every(({ values }, i) => values.length === 1 && values[0] === i));
  all.forEach(({ stop }) => stop());
  for (let i = 0; i < types; i += 1) subject.next(message(i, i));
  assert.equal(stats(), { received: 2 * types, routed: types, unrouted: types, invalid: 0 });
  assert.is(source.live, 1);
  keep.stop();
  assert.is(source.live, 0);

  const groups: Observable<Message>[] = [];
  const grouped = new Subject<Message>();
  grouped
    .pipe(
      groupBy(({ type }) => type),
      tap((group) => groups.push(group)),
      mergeMap((group) => group.pipe(take(1))),
    )
    .subscribe();
  for (let i = 0; i < 10; i += 1) grouped.next(message(i));
  grouped.next(message(3));
  assert.is(groups.length, 10);
});

test('A5: whoever comes late to a hot stream misses its beginning, and nothing after', () => {
  const source = new Subject<Message>();
  const { on, unrouted$ } = split(source, select);
  const unrouted = seen(unrouted$);
  source.next(message('a', 1));
  const a = seen(on('a'));
  source.next(message('a', 2));
  assert.equal([a.values, unrouted.values], [[2], [message('a', 1)]]);
});

test('A5: ten thousand subscribers of one type all hear of it, and are all gone at the end', () => {
  const sources = [new Subject<Message>(), new Subject<Message>()] as const;
  let made = 0;
  const source = new Observable<Message>((subscriber) => sources[made++]?.subscribe(subscriber));
  const { on, stats } = split(source, select);
  const a$ = on('a');
  let heard = 0;
  for (let i = 0; i < 10_000; i += 1) a$.subscribe(() => (heard += 1));
  sources[0].next(message('a'));
  assert.is(heard, 10_000);
  sources[0].complete();
  assert.not(sources[0].observed);
  const other = seen(on('b'));
  sources[1].next(message('a'));
  assert.equal(stats(), { received: 2, routed: 1, unrouted: 1, invalid: 0 });
  assert.equal(other.values, []);
  assert.is(heard, 10_000);
});

test('A5: thousands of subscribers of one type are all gone when they leave', () => {
  const source = new Subject<Message>();
  const { on, stats } = split(source, select);
  const other = seen(on('b'));
  const a$ = on('a');
  const all = Array.from({ length: 10_000 }, () => seen(a$));
  all.forEach(({ stop }) => stop());
  source.next(message('a'));
  assert.equal(stats(), { received: 1, routed: 0, unrouted: 1, invalid: 0 });
  other.stop();
  assert.not(source.observed);
});

test('whoever leaves or takes another away while a message is being given changes nothing for the rest', () => {
  const source = new Subject<Message>();
  const { on } = split(source, select);
  const a$ = on('a');
  const log: string[] = [];
  const first = a$.subscribe((value) => {
    log.push(`first ${value}`);
    first.unsubscribe();
    second.unsubscribe();
  });
  const second = a$.subscribe((value) => log.push(`second ${value}`));
  a$.subscribe((value) => log.push(`third ${value}`));
  source.next(message('a', 1));
  source.next(message('a', 2));
  assert.equal(log, ['first 1', 'third 1', 'third 2']);
});

test('whoever subscribes while a message is being given hears the next one', () => {
  const source = new Subject<Message>();
  const { on } = split(source, select);
  const values: (readonly number[])[] = [];
  on('a').subscribe((value) => {
    if (value > 2) return;
    values.push(seen(on('a')).values, seen(on('b')).values);
  });
  for (const m of [message('a', 1), message('a', 2), message('b', 3)]) source.next(m);
  assert.equal(values, [[2], [3], [], [3]]);
});

test('whoever leaves as the last and comes back while a message is being given subscribes to the source anew', () => {
  const sources: Subject<Message>[] = [];
  const source = new Observable<Message>((subscriber) => {
    const subject = new Subject<Message>();
    sources.push(subject);
    return subject.subscribe(subscriber);
  });
  const { on } = split(source, select);
  let again: readonly number[] = [];
  const first = on('a').subscribe(() => {
    first.unsubscribe();
    again = seen(on('a')).values;
  });
  for (let i = 1; i <= 3; i += 1) sources.forEach((subject) => subject.next(message('a', i)));
  assert.equal(again, [2, 3]);
  assert.equal(
    sources.map(({ observed }) => observed),
    [false, true],
  );
});

test('two splits of one stream know nothing of each other', () => {
  const source = new Subject<Message>();
  const [one, two] = [split(source, select), split(source, by('type'))];
  const a = seen(one.on('a'));
  const b = seen(two.on('a'));
  source.next(message('a', 1));
  a.stop();
  source.next(message('a', 2));
  assert.equal([a.values, b.values.length], [[1], 2]);
  assert.equal([one.stats().received, two.stats().received], [1, 2]);
});

test('streams of a source that nothing can slow are no more gated than it is: a reader says so', () => {
  const endless$ = new Observable<number>((subscriber) => {
    for (let value = 0; !subscriber.closed && value < 100; value += 1) subscriber.next(value);
  });
  const { on, unrouted$, invalid$ } = split(merge(endless$, NEVER), (value) => ['x', value]);
  for (const stream$ of [on('x'), unrouted$, invalid$] as Observable<unknown>[]) {
    assert.is(gateOf(stream$), undefined);
    const { ends } = seen(stream$.pipe(consume(() => NEVER)));
    assert.match(String(ends[0]), /NO_GATE/);
  }
});

test('a reusable operator that is put together with pipe of RxJS keeps the gate, and slows the source', () => {
  const gate = new Gate();
  const source = new Gated<number>(gate, (subscriber) => NEVER.pipe(startWith(1)).subscribe(subscriber));
  const save = pipe(
    map((value: number) => value),
    consume(() => NEVER),
  );
  const { ends } = seen(
    split(source, (value) => ['x', value])
      .on('x')
      .pipe(save),
  );
  assert.equal([ends, gate.held], [[], true]);
});

test.run();
