import * as assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

import * as here from 'rxduplex';

const elsewhere = resolve(process.argv[2] ?? '', 'package.json');
const there = createRequire(elsewhere)('rxduplex') as typeof here;

assert.notEqual(here.RxDuplexError, there.RxDuplexError, 'these are not two copies');
for (const [maker, reader] of [
  [here, there],
  [there, here],
] as const) {
  for (const error of [badOption(maker), new maker.ConnectionLostError(true)]) {
    assert.ok(maker.RxDuplexError.is(error));
    assert.ok(reader.RxDuplexError.is(error), `${error.code} of the other copy is not recognised`);
    assert.ok(!(error instanceof reader.RxDuplexError));
  }
}
assert.ok(!here.RxDuplexError.is(Object.assign(new Error('BAD_OPTION: not ours'), { code: 'BAD_OPTION' })));

function badOption({ Outgoing }: typeof here): unknown {
  try {
    return new Outgoing({ maxMessages: -1 });
  } catch (error) {
    return error;
  }
}
