import fc from 'fast-check';
import { ConnectionLostError, NoReplyError, Outgoing, RxDuplexError } from 'rxduplex';
import type { Code, OutgoingOptions, Requests } from 'rxduplex';
import { config, map, retry } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Requester } from '../../lib/request/requester.js';
import { checkRequests } from '../../lib/request/options.js';
import { FakeTime } from '../support/fake-time.js';
import { seen } from '../support/marbles.js';
import { Exchange, modes, replyTo } from '../support/requests.js';
import type { Answer, Ask, Mode } from '../support/requests.js';

const eachMode = Object.keys(modes) as Mode[];

function exchange(mode: Mode, more: object = {}, outgoing: OutgoingOptions<Ask> = {}): Exchange {
  return new Exchange(new Outgoing(outgoing), { ...modes[mode], ...more });
}

function isError(code: Code, error: unknown): asserts error is RxDuplexError {
  assert.ok(RxDuplexError.is(error), String(error));
  assert.is(error.code, code);
}

for (const mode of eachMode) {
  test(`${mode}: a request is sent when it is subscribed to, gives its one reply and completes`, () => {
    const link = exchange(mode);
    const { requester, outgoing } = link;
    link.open();
    const request$ = requester.request({ body: 'a' });
    assert.is(outgoing.stats().offered, 0);
    const { values, ends } = seen(request$);
    assert.equal(
      link.take().map(({ body }) => body),
      ['a'],
    );
    link.flush();
    assert.equal([values, ends], [[], []]);
    assert.ok(link.answer());
    assert.equal(
      values.map(({ to }) => to),
      ['a'],
    );
    assert.equal(ends, ['complete']);
    assert.is(outgoing.stats().sent, 1);
  });

  test(`${mode}: each subscription is a request of its own`, () => {
    const link = exchange(mode);
    link.open();
    const request$ = link.requester.request({ body: 'a' });
    const both = [seen(request$), seen(request$)];
    for (let i = 0; i < 2; i += 1) {
      assert.is(link.take(1).length, 1);
      link.answer();
    }
    assert.equal(
      both.map(({ values }) => values.length),
      [1, 1],
    );
  });

  test(`${mode}: what begins and what ends to be pending is told`, () => {
    const link = exchange(mode);
    link.open();
    link.ask('a');
    const b = link.ask('b');
    assert.equal([link.changes, link.requester.pending], [[1], 2]);
    link.take();
    link.answer();
    assert.equal([link.changes, link.requester.pending], [[1], 1]);
    b.stop();
    assert.equal([link.changes, link.requester.pending], [[1, 0], 0]);
  });

  test(`${mode}: beyond maxPending a request is refused, unsent ones counted in`, () => {
    const link = exchange(mode, { maxPending: 2 });
    const first = link.ask('a');
    link.ask('b');
    isError('OVERFLOW', link.ask('c').ends[0]);
    assert.is(link.requester.pending, 2);
    first.stop();
    assert.equal(link.ask('d').ends, []);
  });

  test(`${mode}: no more than 1,024 may be pending by default`, () => {
    const link = exchange(mode, {}, { maxMessages: 2_000 });
    const all = Array.from({ length: 1_025 }, (_, i) => link.ask(String(i)));
    assert.is(all.filter(({ ends }) => ends.length > 0).length, 1);
    assert.is(all[1_024]?.ends.length, 1);
  });

  test(`${mode}: without a reply in time it fails with TIMEOUT, and not before`, () => {
    using time = new FakeTime();
    const link = exchange(mode);
    link.open();
    const { ends } = link.ask('a', { timeoutMs: 500 });
    const usual = seen(link.requester.request({ body: 'b' }));
    const answered = link.ask('c', { timeoutMs: 500 });
    answered.stop();
    link.take();
    time.advance(499);
    assert.equal(ends.map(String), []);
    time.advance(1);
    isError('TIMEOUT', ends[0]);
    time.advance(29_499);
    assert.equal(usual.ends, []);
    time.advance(1);
    isError('TIMEOUT', usual.ends[0]);
    assert.equal(answered.ends, []);
    assert.is(link.requester.pending, 0);
  });

  test(`${mode}: without a reply in time it tells whether the peer may have heard of it`, () => {
    using time = new FakeTime();
    const link = exchange(mode);
    link.open();
    const handed = link.ask('a', { timeoutMs: 500 });
    link.take();
    const waiting = link.ask('b', { timeoutMs: 500 });
    time.advance(500);
    for (const [{ ends }, wasHanded] of [[handed, true] as const, [waiting, false] as const]) {
      const [error] = ends;
      assert.instance(error, NoReplyError);
      assert.is((error as NoReplyError).handed, wasHanded);
    }
  });

  test(`${mode}: an abort ends it with the signal's reason, and a signal outlives many requests`, () => {
    const link = exchange(mode);
    link.open();
    const reason = new Error('enough');
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const counting = Object.assign(signal, {
      addEventListener: (...args: Parameters<AbortSignal['addEventListener']>) => {
        listeners += 1;
        EventTarget.prototype.addEventListener.apply(signal, args);
      },
      removeEventListener: (...args: Parameters<AbortSignal['removeEventListener']>) => {
        listeners -= 1;
        EventTarget.prototype.removeEventListener.apply(signal, args);
      },
    });
    for (let i = 0; i < 10; i += 1) {
      link.ask('answered', { signal: counting });
      link.take();
      link.answer();
    }
    assert.is(listeners, 0);
    const { ends } = link.ask('a', { signal });
    controller.abort(reason);
    assert.equal(ends, [reason]);
    const before = link.outgoing.stats().offered;
    assert.equal(link.ask('b', { signal }).ends, [reason]);
    assert.is(link.outgoing.stats().offered, before);
    assert.is(link.requester.pending, 0);
  });

  test(`${mode}: given up while it is queued, it is never sent, and cancelled in the books`, () => {
    const link = exchange(mode);
    const { stop } = link.ask('a');
    const b = link.ask('b');
    stop();
    assert.is(link.outgoing.stats().cancelled, 1);
    link.open();
    assert.equal(
      link.take().map(({ body }) => body),
      ['b'],
    );
    link.answer();
    assert.equal(b.ends, ['complete']);
    assert.is(link.requester.late, 0);
  });

  test(`${mode}: given up while it waits for room, it is never sent, and rejected in the books`, () => {
    const link = exchange(mode === 'lock-step' ? 'in-order' : mode, {}, { maxMessages: 1 });
    link.ask('a');
    const { stop } = link.ask('b');
    assert.is(link.outgoing.stats().waiting, 1);
    stop();
    assert.equal([link.outgoing.stats().waiting, link.outgoing.stats().rejected], [0, 1]);
    link.open();
    assert.is(link.take().length, 1);
    link.flush();
    assert.is(link.take().length, 0);
  });

  test(`${mode}: given up when it was written, its late reply is counted and goes to nobody`, () => {
    const link = exchange(mode);
    link.open();
    const a = link.ask('a');
    const b = link.ask('b');
    link.take();
    a.stop();
    assert.not(link.answer());
    assert.is(link.requester.late, 1);
    link.take();
    assert.ok(link.answer());
    assert.equal(a.values, []);
    assert.equal(
      b.values.map(({ to }) => to),
      ['b'],
    );
  });

  test(`${mode}: a call that dies fails what was written, and says whether it had been flushed`, () => {
    const link = exchange(mode === 'lock-step' ? 'in-order' : mode);
    link.open();
    const [flushed, written, queued] = [link.ask('a'), link.ask('b'), link.ask('c')];
    link.take(2);
    link.flush();
    const cause = new Error('the peer is gone');
    link.die(cause);
    for (const [{ ends }, wasFlushed] of [
      [flushed, true],
      [written, false],
    ] as const) {
      const [error] = ends;
      isError('CONNECTION_LOST', error);
      assert.ok(error instanceof ConnectionLostError);
      assert.is(error.flushed, wasFlushed);
      assert.is(error.cause, cause);
    }
    assert.equal(queued.ends, []);
    assert.is(link.requester.pending, 1);
    assert.is(link.outgoing.stats().lost, 1);
    link.open();
    link.take();
    link.answer();
    assert.equal(queued.ends, ['complete']);
  });

  test(`${mode}: a request given up on a call that then died leaves nothing for the next call`, () => {
    const link = exchange(mode);
    link.open();
    const a = link.ask('a');
    link.take();
    link.flush();
    a.stop();
    link.die();
    link.open();
    const b = link.ask('b');
    assert.is(link.take().length, 1);
    assert.ok(link.answer());
    assert.equal(b.ends, ['complete']);
    assert.is(link.requester.late, 0);
  });

  test(`${mode}: a request that is dropped by the buffer fails with OVERFLOW`, () => {
    const link = exchange(mode, {}, { maxMessages: 1, overflow: 'drop-oldest' });
    const { ends } = link.ask('a');
    link.outgoing.next({ body: 'more urgent' });
    isError('OVERFLOW', ends[0]);
    assert.is(link.requester.pending, 0);
    assert.is(link.outgoing.stats().dropped, 1);
  });

  test(`${mode}: a request that is refused by the buffer fails, and the next one is free to go`, () => {
    const link = exchange(mode, {}, { sizeOf: ({ body }) => body.length, maxBytes: 10 });
    link.open();
    isError('TOO_LARGE', link.ask('a'.repeat(11)).ends[0]);
    const { ends } = link.ask('b');
    link.take();
    link.answer();
    assert.equal(ends, ['complete']);
  });

  test(`${mode}: a request to a closed buffer fails with CLOSED`, () => {
    const link = exchange(mode);
    link.outgoing.complete();
    isError('CLOSED', link.ask('a').ends[0]);
    assert.is(link.requester.pending, 0);
  });

  test(`${mode}: an error of the buffer fails what is queued with CLOSED`, () => {
    const link = exchange(mode);
    const { ends } = link.ask('a');
    link.outgoing.error(new Error('over'));
    isError('CLOSED', ends[0]);
  });

  test(`${mode}: a request that is made again when its call dies goes to the next one`, () => {
    const link = exchange(mode);
    link.open();
    const { values, ends } = seen(link.requester.request({ body: 'a' }, { timeoutMs: Infinity }).pipe(retry(1)));
    link.take();
    link.die();
    link.open();
    assert.is(link.take().length, 1);
    link.answer();
    assert.equal([values.length, ends], [1, ['complete']]);
  });

  test(`${mode}: whoever asks again from within a reply is answered too`, () => {
    const link = exchange(mode);
    link.open();
    const answers: (string | undefined)[] = [];
    const askOn = (body: string): void => {
      link.requester.request({ body }).subscribe(({ to }) => {
        answers.push(to);
        if (answers.length < 5) askOn(`${body}a`);
      });
    };
    askOn('a');
    for (let i = 0; i < 5; i += 1) {
      assert.is(link.take().length, 1);
      assert.ok(link.answer());
    }
    assert.equal(answers, ['a', 'aa', 'aaa', 'aaaa', 'aaaaa']);
  });

  test(`${mode}: a peer that answers within the write is understood`, () => {
    const link = exchange(mode);
    const lease = link.outgoing.lease({
      wake: () => {
        for (let entry = lease.take(); entry; entry = lease.take()) link.requester.claim(replyTo(entry.message));
      },
      fail: () => undefined,
    });
    const answers: unknown[] = [];
    link.requester.request({ body: 'a' }).subscribe(({ to }) => {
      answers.push(to);
      answers.push(...link.ask('b').values.map((reply) => reply.to));
    });
    assert.equal(answers, ['a', 'b']);
    assert.equal([link.requester.pending, link.requester.late], [0, 0]);
  });

  test(`${mode}: one that is given up from within its own offer is not sent`, () => {
    const link = exchange(mode, {}, { maxMessages: 1, overflow: 'drop-oldest' });
    const controller = new AbortController();
    link.outgoing.next({ body: 'in its way' });
    link.outgoing.dropped$.subscribe(() => {
      controller.abort();
    });
    const { ends } = link.ask('a', { signal: controller.signal });
    assert.is(ends.length, 1);
    link.open();
    assert.equal(link.take(), []);
    assert.is(link.outgoing.stats().cancelled, 1);
    const next = link.ask('b');
    link.take();
    link.answer();
    assert.equal(next.ends, ['complete']);
  });
}

test('by-id: replies may come in any order, and each finds its own request', () => {
  const link = exchange('by-id');
  link.open();
  const all = ['a', 'b', 'c', 'd'].map((body) => link.ask(body));
  assert.equal(
    link.take().map(({ id }) => id),
    ['1', '2', '3', '4'],
  );
  for (const index of [2, 0, 1, 0]) assert.ok(link.answer(index));
  assert.equal(
    all.map(({ values }) => values[0]?.to),
    ['a', 'b', 'c', 'd'],
  );
});

test('by-id: a second reply to one request is late, and changes nothing', () => {
  const link = exchange('by-id');
  link.open();
  const a = link.ask('a');
  const [ask] = link.take();
  assert.ok(ask);
  assert.ok(link.requester.claim(replyTo(ask)));
  assert.not(link.requester.claim(replyTo(ask)));
  assert.is(link.requester.late, 1);
  assert.is(a.values.length, 1);
});

test('by-id: an id that was never given, or belongs to a request not sent yet, is no reply, and not late', () => {
  const link = exchange('by-id');
  link.ask('a');
  for (const id of [
    undefined,
    '',
    '0',
    '1',
    '2',
    '-1',
    '01',
    '1.0',
    'x',
    '__proto__',
    'constructor',
    '99999999999999999999',
  ]) {
    assert.not(link.requester.claim(id === undefined ? {} : { id }));
  }
  assert.equal([link.requester.late, link.requester.pending], [0, 1]);
});

test('whether a write was flushed is known also to whoever hears of the death before the buffer does', () => {
  const link = exchange('by-id');
  link.open();
  const both = [link.ask('a'), link.ask('b')];
  link.take();
  link.flush();
  link.requester.connectionLost();
  const told = both.map(({ ends: [error] }) => error instanceof ConnectionLostError && error.flushed);
  assert.equal(told, [true, false]);
  link.die();
  assert.equal(
    both.map(({ ends }) => ends.length),
    [1, 1],
  );
});

test('in-order: what is no reply goes past the requests', () => {
  const link = exchange('in-order');
  link.open();
  const a = link.ask('a');
  link.take();
  assert.not(link.requester.claim({}));
  assert.equal(a.values, []);
  assert.ok(link.answer());
});

test('in-order: without isReply every message is a reply, while one is awaited', () => {
  const link = new Exchange(new Outgoing<Ask>(), { mode: 'in-order' });
  link.open();
  assert.not(link.requester.claim({}));
  const a = link.ask('a');
  assert.not(link.requester.claim({}), 'the request was not written yet');
  link.take();
  assert.ok(link.requester.claim({}));
  assert.equal(a.values, [{}]);
  assert.not(link.requester.claim({}));
  assert.is(link.requester.late, 0);
});

test('in-order: messages that are no requests do not disturb the order', () => {
  const link = exchange('in-order');
  link.open();
  link.outgoing.next({ body: 'said' });
  const a = link.ask('a');
  link.outgoing.next({ body: 'said' });
  const b = link.ask('b');
  link.take();
  link.unanswered = link.unanswered.filter(({ body }) => body !== 'said');
  link.answer();
  link.answer();
  assert.equal([a.values[0]?.to, b.values[0]?.to], ['a', 'b']);
});

test('lock-step: a request is sent only after the reply to the one before', () => {
  const link = exchange('lock-step');
  link.open();
  const all = ['a', 'b', 'c'].map((body) => link.ask(body));
  for (const body of ['a', 'b', 'c']) {
    assert.equal(link.take(), [{ body }]);
    assert.is(link.outgoing.stats().queued, 0);
    link.answer();
  }
  assert.ok(all.every(({ ends }) => ends[0] === 'complete'));
});

test('lock-step: a request that is given up still keeps its place until the reply, or the end of the call', () => {
  const link = exchange('lock-step');
  link.open();
  const a = link.ask('a');
  link.take();
  a.stop();
  const b = link.ask('b');
  assert.equal(link.take(), []);
  assert.not(link.answer());
  assert.equal(link.take(), [{ body: 'b' }]);
  b.stop();
  link.ask('c');
  assert.equal(link.take(), []);
  link.die();
  link.open();
  assert.equal(link.take(), [{ body: 'c' }]);
});

test('lock-step: one that is given up while it stands in line is never sent', () => {
  const link = exchange('lock-step');
  link.open();
  link.ask('a');
  const b = link.ask('b');
  link.ask('c');
  link.take();
  b.stop();
  link.answer();
  assert.equal(link.take(), [{ body: 'c' }]);
  assert.is(link.outgoing.stats().offered, 2);
});

test('lock-step: what stands in line when the requests are closed fails with CLOSED, what was sent may be answered', () => {
  const link = exchange('lock-step');
  link.open();
  const [a, b, c] = [link.ask('a'), link.ask('b'), link.ask('c')];
  link.take();
  link.outgoing.complete();
  link.requester.close(false);
  isError('CLOSED', b.ends[0]);
  isError('CLOSED', c.ends[0]);
  assert.equal(a.ends, []);
  assert.ok(link.answer());
  assert.equal(a.ends, ['complete']);
  assert.is(link.requester.pending, 0);
});

test('each of many requests has a timeout of its own, whatever the others were given and whoever is answered', () => {
  const step = fc.record({ after: fc.nat(40), timeoutMs: fc.constantFrom(0, 10, 10, 25, 100), answered: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      using time = new FakeTime();
      const link = exchange('by-id', { maxPending: 100 });
      link.open();
      let now = 0;
      const asked: { ends: readonly unknown[]; due: number; over: boolean }[] = [];
      const advance = (ms: number): void => {
        time.advance(ms);
        now += ms;
        for (const { ends, due, over } of asked) assert.is(ends.length, over || due <= now ? 1 : 0);
      };
      for (const { after, timeoutMs, answered } of steps) {
        const { ends } = link.ask('a', { timeoutMs });
        asked.push({ ends, due: now + timeoutMs, over: answered });
        link.take();
        if (answered) link.answer(link.unanswered.length - 1);
        advance(after);
      }
      advance(100);
      assert.is(link.requester.pending, 0);
      assert.equal(time.waiting, []);
    }),
    { seed: 6, numRuns: 300 },
  );
});

test('timeouts share timers, which keep no process alive', () => {
  using time = new FakeTime();
  const link = exchange('by-id');
  link.open();
  for (let i = 0; i < 1_000; i += 1) {
    link.ask('a', { timeoutMs: 500 });
    link.take();
    link.answer();
  }
  assert.equal([time.waiting.length, time.holding], [1, 0]);
  time.advance(500);
  assert.equal(time.waiting, []);
});

test('what set throws fails that request alone', () => {
  const thrown = new Error('a mistake of the user');
  const set = (ask: Ask, id: string): Ask => {
    if (ask.body === 'bad') throw thrown;
    return { ...ask, id };
  };
  const link = exchange('by-id', { set });
  link.open();
  assert.equal(link.ask('bad').ends, [thrown]);
  assert.is(link.requester.pending, 0);
  const { ends } = link.ask('good');
  link.take();
  link.answer();
  assert.equal(ends, ['complete']);
});

test('what get or isReply throws is thrown to whoever brings the message, and the request stays', () => {
  const thrown = new Error('a mistake of the user');
  const bad = { to: 'bad' };
  const throws = (answer: Answer): never | string | undefined => {
    if (answer === bad) throw thrown;
    return answer.id;
  };
  const byId = exchange('by-id', { get: throws });
  const inOrder = exchange('in-order', { isReply: (answer: Answer) => throws(answer) ?? true });
  for (const link of [byId, inOrder]) {
    link.open();
    const { ends } = link.ask('a');
    link.take();
    assert.throws(
      () => link.requester.claim(bad),
      (error: unknown) => error === thrown,
    );
    assert.is(link.requester.pending, 1);
    link.answer();
    assert.equal(ends, ['complete']);
  }
});

test('a bad option is refused at the door, by name', () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ['requests', 'by-id'],
    ['requests.mode', {}],
    ['requests.mode', { mode: 'async' }],
    ['requests.set', { mode: 'by-id', get: () => '1' }],
    ['requests.get', { mode: 'by-id', set: () => ({}) }],
    ['requests.isReply', { mode: 'in-order', isReply: true }],
    ['requests.maxPending', { mode: 'lock-step', maxPending: 0 }],
  ];
  for (const [name, requests] of bad) {
    assert.throws(
      () => checkRequests(requests as Requests<Ask, Answer>),
      (error: Error) => error.message.startsWith(`BAD_OPTION: ${name} must be `),
      name,
    );
  }
  const { requester } = exchange('by-id');
  for (const timeoutMs of [-1, NaN, 2 ** 31]) {
    assert.throws(() => requester.request({ body: 'a' }, { timeoutMs }), /^BAD_OPTION: timeoutMs must be /);
  }
  assert.instance(requester, Requester);
});

const action = fc.record({
  what: fc.constantFrom(
    'ask',
    'ask',
    'ask',
    'give up',
    'open',
    'take',
    'take',
    'flush',
    'answer',
    'answer',
    'answer',
    'noise',
    'die',
  ),
  which: fc.nat(7),
});

for (const mode of eachMode) {
  test(`${mode}: whatever happens in whatever order, a reply goes to its own request or to nobody`, () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), fc.integer({ min: 1, max: 4 }), (actions, maxMessages) => {
        const link = exchange(mode, {}, { maxMessages });
        const asked: { body: string; given: ReturnType<Exchange['ask']>; expected: unknown[]; over: boolean }[] = [];
        const taken = new Map<string, boolean>();
        let late = 0;
        const pending = (): (typeof asked)[number][] => asked.filter(({ over }) => !over);
        for (const { what, which } of actions) {
          if (what === 'ask') {
            const body = String(asked.length);
            asked.push({ body, given: link.ask(body), expected: [], over: false });
          } else if (what === 'give up') {
            const one = pending()[which];
            one?.given.stop();
            if (one) one.over = true;
          } else if (what === 'open') {
            if (!link.isOpen) link.open();
          } else if (what === 'take') {
            for (const { body } of link.take(which)) taken.set(body, false);
          } else if (what === 'flush') {
            const next = [...taken].find(([, flushed]) => !flushed);
            link.flush();
            if (next) taken.set(next[0], true);
          } else if (what === 'noise') {
            assert.not(link.requester.claim({ id: '9999' }));
          } else if (what === 'answer') {
            const index = mode === 'by-id' ? which % Math.max(link.unanswered.length, 1) : 0;
            const ask = link.unanswered[index];
            if (!ask) continue;
            const one = asked[Number(ask.body)];
            assert.ok(one);
            assert.is(link.answer(index), !one.over);
            if (one.over) late += 1;
            else one.expected.push(ask.body, 'complete');
            one.over = true;
          } else {
            link.die();
            for (const [body, flushed] of taken) {
              const one = asked[Number(body)];
              if (!one || one.over) continue;
              one.expected.push(`lost, ${flushed ? 'flushed' : 'not flushed'}`);
              one.over = true;
            }
            taken.clear();
          }
          for (const { given, expected } of asked) {
            const ends = given.ends.map((end) =>
              end instanceof ConnectionLostError ? `lost, ${end.flushed ? 'flushed' : 'not flushed'}` : end,
            );
            assert.equal([...given.values.map(({ to }) => to), ...ends], expected);
          }
          assert.is(link.requester.pending, pending().length);
          assert.is(link.requester.late, late);
          const { queued, waiting, inFlight, ...books } = link.outgoing.stats();
          assert.is(books.offered, waiting + books.rejected + books.accepted);
          assert.is(books.accepted, queued + inFlight + books.sent + books.cancelled + books.lost);
          if (mode === 'lock-step') assert.ok(queued + waiting + link.unanswered.length <= 1, 'two are on their way');
        }
      }),
      { seed: 4, numRuns: 1_000 },
    );
  });
}

/** A stream on which a request was sent and then given up, in 10 ms of which its reply may still come. */
function givenUp(mode: 'in-order' | 'lock-step') {
  const link = exchange(mode);
  link.open();
  const left = link.ask('a', { timeoutMs: 10 });
  link.take();
  left.stop();
  return link;
}

for (const mode of ['in-order', 'lock-step'] as const) {
  test(`${mode}: a request that was sent and has no reply in time restarts the call, once for all whose time is up`, async () => {
    using time = new FakeTime();
    const link = exchange(mode);
    link.open();
    const asked = ['a', 'b'].map((body) => link.ask(body, { timeoutMs: 10 }));
    link.take();
    time.advance(10);
    await microtask();
    assert.equal(link.restarts.length, 1);
    assert.match(link.restarts[0] ?? '', 'TIMEOUT: a request was not answered in time');
    for (const { ends } of asked) isError('TIMEOUT', ends[0]);
  });

  test(`${mode}: one that was given up restarts the call as well, when its reply has not come in its time`, async () => {
    using time = new FakeTime();
    const link = givenUp(mode);
    time.advance(9);
    await microtask();
    assert.equal(link.restarts, []);
    time.advance(1);
    await microtask();
    assert.is(link.restarts.length, 1);
  });

  test(`${mode}: a reply in time, or a late one of a request that was given up, restarts nothing`, async () => {
    using time = new FakeTime();
    const link = givenUp(mode);
    link.answer();
    const next = link.ask('b', { timeoutMs: 10 });
    link.take();
    link.answer();
    assert.equal(next.ends, ['complete']);
    time.advance(100);
    await microtask();
    assert.equal(link.restarts, []);
  });

  test(`${mode}: with restartOnTimeout: false the call goes on`, async () => {
    using time = new FakeTime();
    const link = exchange(mode, { restartOnTimeout: false });
    link.open();
    const { ends } = link.ask('a', { timeoutMs: 10 });
    link.take();
    time.advance(10);
    await microtask();
    isError('TIMEOUT', ends[0]);
    assert.equal(link.restarts, []);
  });

  test(`${mode}: more requests given up than may be pending restart the call`, async () => {
    const link = exchange(mode, { maxPending: 3 });
    link.open();
    for (let count = 0; count < 4; count += 1) {
      const asked = link.ask('a', { timeoutMs: Infinity });
      link.take();
      asked.stop();
    }
    await microtask();
    assert.is(link.restarts.length, mode === 'in-order' ? 1 : 0);
  });
}

test('lock-step: a request that times out behind one that was given up restarts the call', async () => {
  using time = new FakeTime();
  const link = exchange('lock-step');
  link.open();
  const left = link.ask('a', { timeoutMs: 1_000 });
  link.take();
  left.stop();
  const { ends } = link.ask('b', { timeoutMs: 10 });
  time.advance(10);
  await microtask();
  isError('TIMEOUT', ends[0]);
  assert.is(link.restarts.length, 1);
});

test('lock-step: a request that times out behind one that is only slow restarts nothing', async () => {
  using time = new FakeTime();
  const link = exchange('lock-step');
  link.open();
  link.ask('a', { timeoutMs: 1_000 });
  link.take();
  const { ends } = link.ask('b', { timeoutMs: 10 });
  time.advance(10);
  await microtask();
  isError('TIMEOUT', ends[0]);
  assert.equal(link.restarts, []);
});

test('by-id: a request without a reply restarts nothing', async () => {
  using time = new FakeTime();
  const link = exchange('by-id');
  link.open();
  link.ask('a', { timeoutMs: 10 });
  link.take();
  time.advance(10);
  await microtask();
  assert.equal(link.restarts, []);
});

test('GATE_HELD is said only if the gate was held all the time that the request has waited', () => {
  using time = new FakeTime();
  const link = exchange('by-id');
  link.open();
  const early = link.ask('a', { timeoutMs: 50 });
  link.take();
  time.advance(10);
  const release = link.gate.hold();
  const inside = link.ask('b', { timeoutMs: 50 });
  link.take();
  time.advance(100);
  isError('TIMEOUT', early.ends[0]);
  isError('GATE_HELD', inside.ends[0]);
  const interrupted = link.ask('c', { timeoutMs: 50 });
  link.take();
  time.advance(10);
  release();
  link.gate.hold();
  time.advance(50);
  isError('TIMEOUT', interrupted.ends[0]);
});

for (const [what, of] of [
  ['a number', Number],
  ['a bigint', BigInt],
  ['a Long', (id: string) => ({ toString: () => id })],
] as const) {
  test(`by-id: an id that is ${what} finds its request`, () => {
    const link = exchange('by-id', { get: ({ id }: Answer) => (id === undefined ? undefined : of(id)) });
    link.open();
    const { ends } = link.ask('a');
    link.take();
    assert.ok(link.answer());
    assert.equal(ends, ['complete']);
  });
}

test('an end that was asked for is nothing to a request that is subscribed to without an error function', async () => {
  const unhandled: unknown[] = [];
  config.onUnhandledError = (error) => void unhandled.push(error);
  try {
    const link = exchange('lock-step');
    link.open();
    const { signal } = new AbortController();
    for (const body of ['written', 'in line'])
      link.requester
        .request({ body }, { signal })
        .pipe(map(({ to }) => to))
        .subscribe();
    link.take();
    const told = link.ask('told');
    link.outgoing.cancel();
    link.requester.close(true);
    link.requester.connectionLost(undefined, true);
    link.requester.request({ body: 'late' }).subscribe(() => undefined);
    isError('CLOSED', told.ends[0]);
    const aborting = new AbortController();
    exchange('by-id').requester.request({ body: 'aborted' }, aborting).subscribe();
    aborting.abort();
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(unhandled, []);
  } finally {
    config.onUnhandledError = null;
  }
});

test('any other end of a request is reported by RxJS when there is no error function', async () => {
  const unhandled: unknown[] = [];
  config.onUnhandledError = (error) => void unhandled.push(error);
  try {
    const link = exchange('by-id');
    link.open();
    link.requester.request({ body: 'lost' }).subscribe();
    link.take();
    link.requester.connectionLost(new Error('died'));
    link.outgoing.error(new Error('failed'));
    link.requester.request({ body: 'late' }).subscribe();
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(
      unhandled.map((error) => (error as RxDuplexError).code),
      ['CONNECTION_LOST', 'CLOSED'],
    );
  } finally {
    config.onUnhandledError = null;
  }
});

const microtask = (): Promise<void> => Promise.resolve();

test.run();
