import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Registers } from '../../../bench/kv/registers.js';

const [a, b] = [Buffer.from('a'), Buffer.from('b')];

test('a key that was never written holds nothing', () => {
  const registers = new Registers();
  assert.ok(registers.read('key').couldFind(undefined));
  assert.not(registers.read('key').couldFind(a));
});

test('what was written is found, and what was there before is not', () => {
  const registers = new Registers();
  registers.write('key', a).done();
  registers.write('key', b).done();
  assert.ok(registers.read('key').couldFind(b));
  assert.not(registers.read('key').couldFind(a));
  assert.not(registers.read('key').couldFind(undefined));
  assert.ok(registers.read('another').couldFind(undefined));
});

test('what is being written may be found already, or not yet', () => {
  const registers = new Registers();
  registers.write('key', a).done();
  registers.write('key', b);
  assert.ok(registers.read('key').couldFind(a));
  assert.ok(registers.read('key').couldFind(b));
  assert.not(registers.read('key').couldFind(undefined));
});

test('a write that began after the read did may be found by it, also one that has ended', () => {
  const registers = new Registers();
  const reading = registers.read('key');
  registers.write('key', a).done();
  assert.ok(reading.couldFind(a));
  const another = registers.read('key');
  registers.write('key', b).done();
  assert.ok(another.couldFind(a));
});

test('of two that were written at once either may remain', () => {
  const registers = new Registers();
  const [first, second] = [registers.write('key', a), registers.write('key', b)];
  second.done();
  first.done();
  assert.ok(registers.read('key').couldFind(a));
  assert.ok(registers.read('key').couldFind(b));
  assert.not(registers.read('key').couldFind(undefined));
});

test('what was refused is not found, even by a reader who saw it begin', () => {
  const registers = new Registers();
  const writing = registers.write('key', a);
  const reading = registers.read('key');
  writing.refused();
  assert.not(reading.couldFind(a));
  assert.ok(registers.read('key').couldFind(undefined));
});

test('a key is forgotten once it holds nothing', () => {
  const registers = new Registers();
  registers.write('key', a).done();
  assert.is(registers.size, 1);
  registers.write('key', undefined).done();
  assert.is(registers.size, 0);
  assert.ok(registers.read('key').couldFind(undefined));
});

test.run();
