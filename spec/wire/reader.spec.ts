import { EventEmitter } from 'node:events';

import { Gate } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Reader } from '../../lib/wire/reader.js';
import type { Source } from '../../lib/wire/reader.js';

type Message = number | readonly number[];

/** A call to be read, which heeds `pause` no more than it must: what is on its way still comes. */
class FakeSource extends EventEmitter implements Source<Message> {
  readonly done: string[] = [];
  pause(): void {
    this.done.push('pause');
  }
  resume(): void {
    this.done.push('resume');
  }
  get paused(): boolean {
    return this.done.at(-1) === 'pause';
  }
}

const members = (message: Message): readonly number[] | undefined =>
  typeof message === 'number' ? undefined : message;

const ignored = (): void => undefined;

function reading(act: (message: Message, gate: Gate) => void = () => undefined) {
  const call = new FakeSource();
  const gate = new Gate();
  const given: Message[] = [];
  const told = { ends: 0, failures: [] as string[] };
  const reader = new Reader<Message>(call, gate, {
    next: (message) => {
      given.push(message);
      act(message, gate);
    },
    failed: (error) => told.failures.push((error as Error).message),
    end: () => (told.ends += 1),
  });
  reader.unpackBy(members);
  return { call, gate, given, told, reader };
}

test('single messages and the members of envelopes are given one after the other', () => {
  const { call, given, told } = reading();
  for (const message of [1, [2, 3, 4], 5, [], [6]]) call.emit('data', message);
  call.emit('end');
  assert.equal([given, told.ends], [[1, 2, 3, 4, 5, 6], 1]);
});

test('until it is told how, it takes an envelope for a message', () => {
  const call = new FakeSource();
  const given: Message[] = [];
  new Reader<Message>(call, new Gate(), { next: (message) => given.push(message), failed: ignored, end: ignored });
  call.emit('data', [1, 2]);
  assert.equal(given, [[1, 2]]);
});

test('a message that cannot be taken apart is told of and given to nobody, and nothing is thrown', () => {
  const { call, given, told, reader } = reading();
  reader.unpackBy((message) => {
    if (message === 2) throw new Error('no envelope');
    return members(message);
  });
  for (const message of [1, 2, [3, 4], 5]) call.emit('data', message);
  call.emit('end');
  assert.equal([given, told], [[1, 3, 4, 5], { ends: 1, failures: ['no envelope'] }]);
});

test('a gate that is held in the middle of an envelope keeps the rest back, and gives it when it is let go', () => {
  const holds: (() => void)[] = [];
  const { call, given } = reading((message, gate) => {
    if (message === 2 || message === 4) holds.push(gate.hold());
  });
  call.emit('data', [1, 2, 3, 4, 5]);
  assert.equal([given, call.paused], [[1, 2], true]);
  holds.shift()?.();
  assert.equal([given, call.paused], [[1, 2, 3, 4], true]);
  holds.shift()?.();
  assert.equal([given, call.paused], [[1, 2, 3, 4, 5], false]);
});

test('a gate that is held at the last member of an envelope stays held', () => {
  const holds: (() => void)[] = [];
  const { call, given } = reading((message, gate) => {
    if (message === 2) holds.push(gate.hold());
  });
  call.emit('data', [1, 2]);
  assert.equal([given, call.paused], [[1, 2], true]);
  holds.shift()?.();
  assert.not(call.paused);
});

test('who lets go while being given a message gets the next one after that, not within it', () => {
  let depth = 0;
  const depths: number[] = [];
  const { call, given } = reading((_, gate) => {
    depth += 1;
    depths.push(depth);
    gate.hold()();
    depth -= 1;
  });
  call.emit('data', [1, 2, 3]);
  assert.equal([given, depths, call.paused], [[1, 2, 3], [1, 1, 1], false]);
});

test('an end that comes while members are kept back is told after them, once', () => {
  let letGo: (() => void) | undefined;
  const { call, gate, given, told } = reading((message, held) => {
    if (message === 1) letGo = held.hold();
  });
  call.emit('data', [1, 2]);
  call.emit('end');
  assert.equal([given, told.ends], [[1], 0]);
  letGo?.();
  assert.equal([given, told.ends], [[1, 2], 1]);
  gate.hold()();
  assert.is(told.ends, 1);
});

test('a reader that is stopped gives nothing of the envelope any more, and leaves the gate', () => {
  const { call, gate, given, reader } = reading((message) => {
    if (message === 2) reader.stop();
  });
  call.emit('data', [1, 2, 3]);
  assert.equal(given, [1, 2]);
  const before = call.done.length;
  gate.hold()();
  assert.is(call.done.length, before);
});

test('a call that is read while the gate is held stands still from the beginning', () => {
  const call = new FakeSource();
  const gate = new Gate();
  gate.hold();
  new Reader<Message>(call, gate, { next: ignored, failed: ignored, end: ignored });
  assert.equal(call.done, ['pause']);
});

test.run();
