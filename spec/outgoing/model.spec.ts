// time limit: 300 s
import { inspect, isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { RxDuplexError, codeOf } from '../../lib/errors.js';
import type { Dropped, Entry, Follower } from '../../lib/outgoing/entry.js';
import type { OutgoingOptions } from '../../lib/outgoing/options.js';
import { Outgoing } from '../../lib/outgoing/outgoing.js';
import type { Lease } from '../../lib/outgoing/lease.js';
import { OutgoingModel, nothingTold } from '../support/outgoing-model.js';
import type { ModelBounds, ModelMessage, Told } from '../support/outgoing-model.js';
import { seeded } from '../support/seed.js';
import { balanced } from '../support/told.js';

const operationsEach = 100_000;

type Content = Omit<ModelMessage, 'id'>;

/** `which` chooses among those there are. */
type Operation =
  | ({ readonly name: 'next' | 'offer' } & Content)
  | ({ readonly name: 'send' | 'put'; readonly gaveUp: boolean } & Content)
  | { readonly name: 'abort' | 'withdraw'; readonly which: number }
  | { readonly name: 'take'; readonly limit: number }
  | { readonly name: 'flushed'; readonly count: number }
  | { readonly name: 'discard' | 'release' | 'return' | 'lease' | 'stale' | 'complete' | 'error' | 'cancel' };

const content = {
  size: fc.nat(13),
  key: fc.nat(3),
  bad: fc.nat(19).map((n) => n === 19),
};
const gaveUp = fc.nat(9).map((n) => n === 9);
const which = fc.nat(200);
const limit = fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, { weight: 1, arbitrary: fc.nat(13) });
const count = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ name: fc.constantFrom('next'), ...content }) },
  { weight: 4, arbitrary: fc.record({ name: fc.constantFrom('send'), gaveUp, ...content }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constantFrom('put'), gaveUp, ...content }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constantFrom('offer'), ...content }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constantFrom('abort', 'withdraw'), which }) },
  { weight: 6, arbitrary: fc.record({ name: fc.constantFrom('take'), limit }) },
  { weight: 6, arbitrary: fc.record({ name: fc.constantFrom('flushed'), count }) },
  {
    weight: 3,
    arbitrary: fc.record({ name: fc.constantFrom('discard', 'release', 'return', 'lease', 'lease', 'stale') }),
  },
);
const ending: fc.Arbitrary<Operation> = fc.record({ name: fc.constantFrom('complete', 'error', 'cancel') });

const bounds = {
  maxMessages: fc.integer({ min: 1, max: 6 }),
  maxBytes: fc.integer({ min: 1, max: 12 }),
  maxWaiting: fc.nat(3),
  maxWaitingBytes: fc.oneof(fc.constant(1000), fc.nat(20)),
};
const life = fc.array(operation, { maxLength: 400, size: 'max' });
const afterlife = fc.array(fc.oneof({ weight: 9, arbitrary: operation }, { weight: 1, arbitrary: ending }), {
  maxLength: 40,
  size: 'max',
});

for (const overflow of ['block', 'error', 'drop-newest', 'drop-oldest', 'latest'] as const) {
  test(`${overflow}: answers, order, tellings and books are those of the model after every operation`, async () => {
    let operations = 0;
    const property = fc.asyncProperty(
      fc.record({ ...bounds, measured: fc.constantFrom('encode', 'sizeOf', 'nothing') }),
      life,
      ending,
      afterlife,
      async ({ measured, ...given }, before, end, after) => {
        const both = new Both({ overflow, ...given, measured: measured !== 'nothing' }, measured);
        const all = [...before, end, ...after];
        operations += all.length;
        for (const [at, step] of all.entries()) await both.run(step, at);
        await both.drain(all.length);
      },
    );
    await fc.assert(property, seeded({ numRuns: 550 }));
    assert.ok(operations >= operationsEach, `only ${operations} operations`);
  });
}

test('the model itself refuses what it should', () => {
  const model = new OutgoingModel({
    overflow: 'block',
    maxMessages: 1,
    maxBytes: 9,
    maxWaiting: 0,
    maxWaitingBytes: 9,
    measured: true,
  });
  const [one, two] = [1, 2].map((id) => ({ id, size: 5, key: 0, bad: false })) as [ModelMessage, ModelMessage];
  model.next(one);
  model.next(two);
  assert.equal(model.told.answers, [true, false]);
  assert.equal(model.told.dropped, ['2 rejected overflow']);
  const { offered, rejected, queued, bytes } = model.books();
  assert.equal({ offered, rejected, queued }, { offered: 2, rejected: 1, queued: 1 });
  assert.equal(bytes.queued, 5);
});

/** An `Outgoing` and its model, going the same way. */
class Both {
  readonly #model: OutgoingModel;
  readonly #outgoing: Outgoing<ModelMessage>;
  readonly #bounds: ModelBounds;
  #told: Told = nothingTold();
  #lease: Lease<ModelMessage> | undefined;
  #stale: Lease<ModelMessage> | undefined;
  readonly #unflushed: Entry<ModelMessage>[] = [];
  readonly #senders: { readonly id: number; readonly controller: AbortController }[] = [];
  readonly #entries: Entry<ModelMessage>[] = [];
  #id = 0;

  constructor(bounds: ModelBounds, measure: 'encode' | 'sizeOf' | 'nothing') {
    this.#bounds = measure === 'nothing' ? { ...bounds, maxBytes: Infinity } : bounds;
    this.#model = new OutgoingModel(this.#bounds);
    this.#outgoing = new Outgoing<ModelMessage>(optionsOf(bounds, measure));
    const { taken$, dropped$, ready$, busy$ } = this.#outgoing;
    const completed = (name: string) => (): void => void this.#told.completed.push(name);
    taken$.subscribe({ next: ({ id }) => void this.#told.taken.push(id), complete: completed('taken$') });
    dropped$.subscribe({
      next: (dropped) => void this.#told.dropped.push(`${dropped.message.id} ${wordsOf(dropped)}`),
      complete: completed('dropped$'),
    });
    ready$.subscribe({ next: () => void this.#told.ready.push('ready'), complete: completed('ready$') });
    busy$.subscribe({ next: (busy) => void this.#told.busy.push(busy), complete: completed('busy$') });
  }

  async run(step: Operation, at: number): Promise<void> {
    this.#told = nothingTold();
    this.#model.told = nothingTold();
    this.#perform(step);
    // The promises that were settled tell it now, those of messages refused at once some microtasks later.
    for (let microtask = 0; microtask < 6; microtask += 1) await Promise.resolve();
    this.#compare(at, step);
  }

  /** Takes and flushes all that is left, after which everything must have ended. */
  async drain(at: number): Promise<void> {
    await this.run({ name: 'release' }, at);
    await this.run({ name: 'lease' }, at);
    while (this.#lease && !this.#outgoing.finished) {
      await this.run({ name: 'take', limit: Infinity }, at);
      await this.run({ name: 'flushed', count: 1 }, at);
    }
    assert.ok(this.#outgoing.finished && !this.#outgoing.busy);
  }

  #perform(step: Operation): void {
    switch (step.name) {
      case 'next': {
        const message = this.#message(step);
        this.#model.next(message);
        this.#told.answers.push(this.#outgoing.next(message));
        return;
      }
      case 'send':
      case 'put':
        this.#send(this.#message(step), step.name === 'put', step.gaveUp);
        return;
      case 'offer': {
        const message = this.#message(step);
        this.#model.offer(message);
        this.#entries.push(this.#outgoing.offer(message, this.#followerOf(message)));
        return;
      }
      case 'abort': {
        const sender = this.#senders[step.which % this.#senders.length];
        if (!sender) return;
        this.#model.abort(sender.id);
        sender.controller.abort(new Error('gave up'));
        return;
      }
      case 'withdraw': {
        const entry = this.#entries[step.which % this.#entries.length];
        if (!entry) return;
        this.#model.withdraw(entry.message.id);
        this.#told.answers.push(this.#outgoing.withdraw(entry, new Error('gave up')));
        return;
      }
      case 'stale':
        // A lease that is over: the model knows nothing of it.
        assert.is(this.#stale?.take(), undefined);
        this.#stale?.flushed();
        this.#stale?.release(new Error('stale'));
        if (this.#unflushed[0]) this.#stale?.discard(this.#unflushed[0], new Error('stale'));
        return;
      case 'lease':
        this.#model.lease();
        this.#openLease();
        return;
      case 'take': {
        this.#model.take(step.limit);
        const entry = this.#lease?.take(step.limit);
        if (entry) this.#unflushed.push(entry);
        this.#told.answers.push(entry?.message.id);
        return;
      }
      case 'flushed':
        this.#model.flushed(step.count);
        this.#lease?.flushed(step.count);
        this.#unflushed.splice(0, step.count);
        return;
      case 'discard': {
        const entry = this.#unflushed.pop();
        this.#model.discard();
        if (entry) this.#lease?.discard(entry, new Error('cannot be written'));
        return;
      }
      case 'release':
      case 'return':
        this.#model.release(step.name === 'return');
        this.#lease?.release(new Error('broken'), step.name === 'return');
        this.#stale = this.#lease ?? this.#stale;
        this.#lease = undefined;
        this.#unflushed.length = 0;
        return;
      case 'complete':
        this.#model.complete();
        this.#outgoing.complete();
        return;
      case 'error':
        this.#model.error();
        this.#outgoing.error(new Error('ended'));
        return;
      case 'cancel':
        this.#model.error();
        this.#outgoing.cancel(new Error('ended'));
    }
  }

  #message({ size, key, bad }: Content): ModelMessage {
    return { id: this.#id++, size, key, bad };
  }

  #send(message: ModelMessage, patient: boolean, aborted: boolean): void {
    const { id } = message;
    const controller = new AbortController();
    const { signal } = controller;
    this.#senders.push({ id, controller });
    if (aborted) controller.abort(new Error('gave up'));
    this.#model.send(message, { patient, gaveUp: aborted });
    // A promise that is settled before anybody has seen it is heard of last.
    const isNew = (words: string): number => Number(words.startsWith(`${id} `));
    this.#model.told.settled.sort((one, other) => isNew(one) - isNew(other));
    const sending = patient ? this.#outgoing.put(message, true, signal) : this.#outgoing.send(message, { signal });
    sending.then(
      () => this.#told.settled.push(`${id} taken`),
      (error: unknown) => this.#told.settled.push(`${id} ${RxDuplexError.is(error) ? error.code : textOf(error)}`),
    );
  }

  #followerOf({ id }: ModelMessage): Follower {
    const follow = (event: string): void => void this.#told.followed.push(`${id} ${event}`);
    return {
      accepted: () => follow('accepted'),
      taken: () => follow('taken'),
      returned: () => follow('returned'),
      flushed: () => follow('flushed'),
      ended: (dropped) => follow(wordsOf(dropped)),
    };
  }

  #openLease(): void {
    const taker = {
      wake: () => void (this.#told.call.woken = true),
      fail: () => void (this.#told.call.failed = true),
    };
    try {
      this.#lease = this.#outgoing.lease(taker);
    } catch (error) {
      this.#told.answers.push(codeOf(error));
    }
  }

  #compare(at: number, operation: Operation): void {
    const books = this.#outgoing.stats();
    const step = `operation ${at}, ${operation.name}`;
    same(this.#told, this.#model.told, step);
    same(books, this.#model.books(), step);
    assert.is(this.#outgoing.finished, this.#model.finished, step);
    const { maxMessages, maxBytes, maxWaiting, maxWaitingBytes } = this.#bounds;
    assert.is(this.#outgoing.full, this.#model.full, step);
    assert.ok(books.queued + books.inFlight <= maxMessages, step);
    assert.ok(books.bytes.queued + books.bytes.inFlight <= maxBytes, step);
    assert.ok(books.waiting <= maxWaiting && books.bytes.waiting <= maxWaitingBytes, step);
    assert.ok(balanced(books) && balanced(books.bytes), step);
  }
}

function optionsOf(bounds: ModelBounds, measure: 'encode' | 'sizeOf' | 'nothing'): OutgoingOptions<ModelMessage> {
  const { overflow, maxMessages, maxBytes, maxWaiting, maxWaitingBytes } = bounds;
  const size = ({ size: bytes, bad }: ModelMessage): number => {
    if (bad) throw new Error('bad');
    return bytes;
  };
  return {
    maxMessages,
    maxWaiting,
    maxWaitingBytes,
    ...(overflow === 'latest' ? { overflow, key: ({ key }: ModelMessage) => key } : { overflow }),
    ...(measure === 'encode' && { maxBytes, encode: (message: ModelMessage) => new Uint8Array(size(message)) }),
    ...(measure === 'sizeOf' && { maxBytes, sizeOf: size }),
  } as OutgoingOptions<ModelMessage>;
}

/** Says what differs, which fast-check reports and uvu's own comparison would keep to itself. */
function same<T extends object>(came: T, expected: T, step: string): void {
  // Comparing texts first takes a fifth of the time.
  if (JSON.stringify(came) === JSON.stringify(expected) || isDeepStrictEqual(came, expected)) return;
  const differs = (Object.keys(expected) as (keyof T)[]).filter((key) => !isDeepStrictEqual(came[key], expected[key]));
  const show = (of: T): string => differs.map((key) => `${String(key)}: ${inspect(of[key])}`).join(', ');
  throw new Error(`${step}\n  expected ${show(expected)}\n  came     ${show(came)}`);
}

function wordsOf({ outcome, reason, error }: Dropped<unknown>): string {
  return [outcome, reason, ...(error === undefined ? [] : [textOf(error)])].join(' ');
}

const textOf = (error: unknown): string => (error as Error).message;

test.run();
