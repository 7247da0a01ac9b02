// time limit: 300 s
import { readFileSync } from 'node:fs';

import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { runModule } from '../support/child.js';
import { blocksOf } from '../support/readme.js';
import type { Block } from '../support/readme.js';
import { conditions, endShared, placeOf } from './conditions.js';
import { inLane } from './lanes.js';

const limitSeconds = 60;
const givens = './spec/first-afternoon/readme-givens.ts';

const ended = ['remote', 'kv', 'outgoing', 'client'];

/** A block as a module that can be run: with what it is given, and an end. */
function moduleOf({ text }: Block): string {
  const given = [...text.matchAll(/^\s*declare const (\w+):/gm)].map(([, name = '']) => name);
  const made = ended.map((name) => `${name}: typeof ${name} === 'undefined' ? undefined : ${name}`);
  const code = ts.transpile(text, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 });
  return [
    `import { ${[...given, 'endLater'].join(', ')} } from '${givens}';`,
    `endLater(() => ({ ${made.join(', ')} }));`,
    code,
  ].join('\n');
}

const blocks = blocksOf(readFileSync('README.md', 'utf8'));

/** What a block prints with a server that answers it, by a piece of the block. */
const printed: Readonly<Record<string, RegExp>> = {
  'remote.feed(interval(1000)': /^open$/m,
  'exponential({ maxMs': /^1$/m,
  '.exchange(beats$': /^0$/m,
  'replica.ask(': /^1 agreed; 0 did not answer$/m,
  'kv.put(': /^written as \d+$/m,
};

test('the pieces by which blocks are known are of one block each', () => {
  for (const piece of Object.keys(printed)) {
    assert.is(blocks.filter(({ text }) => text.includes(piece)).length, 1, piece);
  }
});

for (const block of blocks) {
  for (const condition of conditions.slice(0, 4)) {
    const ending = inLane(async () => {
      await using place = await placeOf(condition);
      return await runModule(moduleOf(block), limitSeconds, [place.address]);
    });
    test(`README.md, line ${String(block.line)}, with ${condition}: runs to its end, and says nothing on stderr`, async () => {
      const { exitCode, timedOut, stdout, stderr, output } = await ending;
      assert.equal({ exitCode, timedOut, stderr }, { exitCode: 0, timedOut: false, stderr: '' }, output);
      if (condition !== 'a server') return;
      for (const [piece, expected] of Object.entries(printed)) {
        if (block.text.includes(piece)) assert.match(stdout, expected, output);
      }
    });
  }
}

test.after(endShared);
test.run();
