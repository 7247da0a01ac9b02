import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { ConnectionLostError, RxDuplexError, codeOf } from '../lib/errors.js';

/** Another copy of the same module, as a second version of the package in node_modules would bring. */
async function secondCopy(): Promise<typeof import('../lib/errors.js')> {
  const specifier = '../lib/errors.js?second-copy';
  return (await import(specifier)) as typeof import('../lib/errors.js');
}

test('the message begins with the code, which is also a property', () => {
  const error = new RxDuplexError('OVERFLOW', 'the buffer is full');
  assert.is(error.message, 'OVERFLOW: the buffer is full');
  assert.is(error.code, 'OVERFLOW');
  assert.is(error.name, 'RxDuplexError');
  assert.match(String(error.stack), /^(RxDuplex)?Error: OVERFLOW: the buffer is full\n/);
});

test('the cause is kept, whatever it is, and is absent when there is none', () => {
  const cause = { any: 'thing' };
  assert.is(new RxDuplexError('CLOSED', 'enough', { cause }).cause, cause);
  assert.not('cause' in new RxDuplexError('CLOSED', 'enough'));
});

test('is() knows an error of ours and nothing else', () => {
  assert.ok(RxDuplexError.is(new RxDuplexError('CLOSED', 'enough')));
  assert.ok(RxDuplexError.is(new ConnectionLostError(true)));
  const others = [new Error('CLOSED: enough'), { code: 'CLOSED', name: 'RxDuplexError' }, 'CLOSED', null, undefined, 1];
  for (const other of others) assert.not(RxDuplexError.is(other));
});

test('is() knows an error of another copy of the package, which instanceof does not', async () => {
  const other = await secondCopy();
  assert.is.not(other.RxDuplexError, RxDuplexError);
  const error: unknown = new other.RxDuplexError('BUSY', 'not now');
  assert.not(error instanceof RxDuplexError);
  assert.ok(RxDuplexError.is(error));
  assert.is(RxDuplexError.is(error) && error.code, 'BUSY');
  assert.ok(other.RxDuplexError.is(new ConnectionLostError(false)));
});

test('the brand is not seen when the error is shown, copied or compared', () => {
  const error = new RxDuplexError('CLOSED', 'enough');
  assert.equal(Object.keys(error).sort(), ['code', 'name']);
  assert.equal(
    Object.getOwnPropertySymbols(error).filter((symbol) => Object.prototype.propertyIsEnumerable.call(error, symbol)),
    [],
  );
  assert.is(JSON.stringify(error), '{"name":"RxDuplexError","code":"CLOSED"}');
  assert.not(RxDuplexError.is(Object.assign({}, error)));
});

test('a lost connection says whether the write was flushed, and why', () => {
  const cause = new Error('broken');
  const [before, after] = [new ConnectionLostError(false, cause), new ConnectionLostError(true)];
  assert.equal([before.flushed, before.cause, before.code], [false, cause, 'CONNECTION_LOST']);
  assert.is(before.message, "CONNECTION_LOST: the call died before the request's write was flushed");
  assert.is(after.message, "CONNECTION_LOST: the call died after the request's write was flushed");
});

test('codeOf gives the code of any error that has one, and undefined for all else', () => {
  assert.is(codeOf(new RxDuplexError('TIMEOUT', 'too late')), 'TIMEOUT');
  assert.is(codeOf({ code: 14 }), 14);
  assert.equal([undefined, null, 'text', new Error('none')].map(codeOf), [undefined, undefined, undefined, undefined]);
});

test.run();
