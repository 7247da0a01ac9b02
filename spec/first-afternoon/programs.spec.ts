// time limit: 600 s
import { readdirSync } from 'node:fs';

import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { runFile } from '../support/child.js';
import type { Ran } from '../support/child.js';
import { conditions, endShared, placeOf } from './conditions.js';
import type { Condition } from './conditions.js';
import { inLane } from './lanes.js';

const limitSeconds = 60;

/** What a program prints, or, if it has nobody for an error, what the uncaught error says. */
type Expected = RegExp | { readonly uncaught: RegExp };

/** The outputs by condition, in the order of `conditions`. */
type Outputs = readonly [up: Expected, none: Expected, lacking: Expected, back: Expected, gone: Expected];

const everywhere = (printed: RegExp): Outputs => [printed, printed, printed, printed, printed];
const unimplemented = { uncaught: /12 UNIMPLEMENTED: The server does not implement the method/ };
const refused = /^(BAD_OPTION\n){8}$/;

const programs: Readonly<Record<string, Outputs>> = {
  'a-replica': [
    /^1 answered some votes\n$/,
    /^QuorumError no votes\n$/,
    /^QuorumError no votes\n$/,
    /^1 answered some votes\n$/,
    /^QuorumError some votes\n$/,
  ],
  'ask-one-by-one': [
    /^\[\["answered",6\]\]\n$/,
    /^\[\["TIMEOUT",6\]\]\n$/,
    unimplemented,
    /^\[\["answered",\d+\](,\["(CONNECTION_LOST|TIMEOUT|answered)",\d+\])*\]\n$/,
    /^\[\["answered",\d+\](,\["(CONNECTION_LOST|TIMEOUT)",\d+\])+\]\n$/,
  ],
  'await-using': everywhere(/^some taken\n$/),
  'call-each-kind': [
    /^\[\["1,2,3",5\],\["4,5",5\],\["unary 3",5\],\["up 6",5\]\]\n$/,
    /^\[\[14,20\]\]\n$/,
    /^\[\[12,20\]\]\n$/,
    /"unary 3",\d+/,
    /\[14,\d+\].*"unary 3",\d+/,
  ],
  'close-and-await-nothing': [/^some beats\n$/, /^no beats\n$/, unimplemented, /^some beats\n$/, /^some beats\n$/],
  'close-the-client-first': everywhere(/^all told of\n$/),
  'feed-an-array': [
    /^3000 taken 0 refused\n3000 sent 0 lost 0 undelivered 3000 answered\n$/,
    /^1024 taken 1976 refused\n0 sent 0 lost 1024 undelivered 0 answered\n$/,
    /^RxDuplexError: CLOSED: no more messages are taken: 12 UNIMPLEMENTED: .*\n\d+ sent/,
    /^\d+ taken \d+ refused\n\d+ sent \d+ lost \d+ undelivered \d+ answered\n$/,
    /^\d+ taken \d+ refused\n\d+ sent \d+ lost \d+ undelivered \d+ answered\n$/,
  ],
  'from-parts': [/^20 beats\n$/, /^0 beats\n$/, /^code 12\n0 beats\n$/, /^20 beats\n$/, /^\d+ beats\n$/],
  'handle-no-error': [/^$/, /^$/, unimplemented, /^$/, /^$/],
  'iterate-and-break': [
    /^20 read\n$/,
    /^TimeoutError: .*\n0 read\n$/,
    /^Error: 12 UNIMPLEMENTED: .*\n0 read\n$/,
    /^(TimeoutError: .*\n)?\d+ read\n$/,
    /^TimeoutError: .*\n\d+ read\n$/,
  ],
  'keys-and-values': [
    /^\[\["done",6\]\] watched\n$/,
    /^\[\[14,6\]\] nothing watched\n$/,
    /^\[\["unknown",6\]\] nothing watched\n$/,
    /^\[\["done",\d+\].* watched\n$/,
    /^\[\["done",\d+\].*\[14,\d+\]\] watched\n$/,
  ],
  'misspell-an-option': everywhere(refused),
  'one-signal-for-all': everywhere(/^closed\n$/),
  'send-in-a-loop': [
    /^40 offered 0 failed\n$/,
    /^40 offered 0 failed\n$/,
    /^40 offered \d+ failed\n$/,
    /^40 offered 0 failed\n$/,
    /^40 offered 0 failed\n$/,
  ],
  'subscribe-the-remote': [
    /^30 beats\n$/,
    /^0 beats\n$/,
    /^Error: 12 UNIMPLEMENTED: .*\n0 beats\n$/,
    // A call that dies when all was sent has lost its replies, and says so.
    /^(\w*Error: .*\n)?\d+ beats\n$/,
    /^(\w*Error: .*\n)?\d+ beats\n$/,
  ],
};

test('every program has its expectations', () => {
  const files = readdirSync(new URL('programs', import.meta.url)).map((name) => name.replace(/\.ts$/, ''));
  assert.equal(files.sort(), Object.keys(programs).sort());
});

function run(name: string, condition: Condition): Promise<Ran> {
  return inLane(async () => {
    await using place = await placeOf(condition);
    return await runFile(`spec/first-afternoon/programs/${name}.ts`, limitSeconds, [place.address]);
  });
}

for (const [name, outputs] of Object.entries(programs)) {
  for (const [index, condition] of conditions.entries()) {
    const ending = run(name, condition);
    test(`${name}, with ${condition}: ends by itself, as its reader would expect`, async () => {
      const { exitCode, timedOut, stdout, stderr, output } = await ending;
      const expected = outputs[index] as Expected;
      if (expected instanceof RegExp) {
        assert.equal({ exitCode, timedOut, stderr }, { exitCode: 0, timedOut: false, stderr: '' }, output);
        assert.match(stdout, expected);
        assertBalanced(stdout);
      } else {
        assert.equal({ exitCode, timedOut }, { exitCode: 1, timedOut: false }, output);
        assert.match(output, expected.uncaught);
      }
    });
  }
}

/** What was taken has been sent, lost or left over, and nothing was answered that was not sent. */
function assertBalanced(printed: string): void {
  const counts = /^(\d+) taken (\d+) refused\n(\d+) sent (\d+) lost (\d+) undelivered (\d+) answered$/m.exec(printed);
  if (!counts) return;
  const [taken = 0, refused = 0, sent = 0, lost = 0, undelivered = 0, answered = 0] = counts.slice(1).map(Number);
  assert.equal([taken + refused, taken, answered <= sent], [3000, sent + lost + undelivered, true], printed);
}

test.after(endShared);
test.run();
