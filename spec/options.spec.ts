import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { RxDuplexError } from '../lib/errors.js';
import { badOption, callable, count, milliseconds, moment, oneOf } from '../lib/options.js';

function messageOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    assert.ok(RxDuplexError.is(error) && error.code === 'BAD_OPTION');
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

test('a bad option is named, with what was expected and what came', () => {
  assert.is(badOption('size', 'small', 9).message, 'BAD_OPTION: size must be small; got 9');
});

test('text that came is shown in quotes, so that "9" is told from 9, and "" from nothing', () => {
  assert.match(badOption('size', 'small', '9').message, /got "9"$/);
  assert.match(badOption('size', 'small', '').message, /got ""$/);
  assert.match(badOption('size', 'small', undefined).message, /got undefined$/);
  assert.match(badOption('size', 'small', Symbol('nine')).message, /got Symbol\(nine\)$/);
});

test('count gives back a whole number of at least its least, and Infinity', () => {
  for (const value of [1, 2, Number.MAX_SAFE_INTEGER, Infinity]) assert.is(count('size', value), value);
  assert.is(count('size', 0, 0), 0);
});

for (const value of [0, -1, 1.5, NaN, -Infinity, 2 ** 53, '1', null, undefined, [1], 1n]) {
  test(`count refuses ${typeof value} ${String(value)}`, () => {
    const message = messageOf(() => count('size', value as number));
    assert.is(message.split('; ')[0], 'BAD_OPTION: size must be a whole number of at least 1, or Infinity');
  });
}

test('milliseconds gives back what a timer of Node can hold, and Infinity', () => {
  for (const value of [0, 0.5, 2_147_483_647, Infinity]) assert.is(milliseconds('delayMs', value), value);
});

for (const value of [-1, 2_147_483_648, NaN, -Infinity, '5', null, undefined]) {
  test(`milliseconds refuses ${typeof value} ${String(value)}`, () => {
    const message = messageOf(() => milliseconds('delayMs', value as number));
    assert.match(
      message,
      /^BAD_OPTION: delayMs must be a number of milliseconds from 0 to 2147483647, or Infinity; got /,
    );
  });
}

test('moment gives a time in ms since 1970, and Infinity', () => {
  for (const value of [0, 1.5, Infinity]) assert.is(moment('deadline', value), value);
  assert.is(moment('deadline', new Date(5)), 5);
});

for (const value of [NaN, new Date(NaN), 'soon']) {
  test(`moment refuses ${typeof value} ${String(value)}`, () => {
    const message = messageOf(() => moment('deadline', value as number));
    const expected = 'BAD_OPTION: deadline must be a valid Date or a number of milliseconds since 1970';
    assert.is(message.split('; ')[0], expected);
  });
}

test('oneOf gives back what is allowed and names all of it when something else came', () => {
  assert.is(oneOf('wire', 'bytes', ['bytes', 'objects']), 'bytes');
  const message = messageOf(() => oneOf<string>('wire', 'json', ['bytes', 'objects']));
  assert.is(message, 'BAD_OPTION: wire must be one of "bytes", "objects"; got "json"');
});

test('callable gives back a function and refuses what is none', () => {
  const read = (): void => undefined;
  assert.is(callable('read', read), read);
  assert.is(
    messageOf(() => callable('read', 'fs')),
    'BAD_OPTION: read must be a function; got "fs"',
  );
});

test.run();
