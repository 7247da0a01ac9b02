import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { blocksOf, problemsIn } from '../support/readme.js';

test('a block that compiles has no problem', () => {
  assert.equal(problems('```ts', 'const answer: number = 42;', 'export { answer };', '```'), []);
});

test('a wrong block is told with its line and column in the file', () => {
  assert.equal(problems('# Title', '', '```ts', '', "const answer: number = 'x';", '```'), [
    "made-up.md:5:7: Type 'string' is not assignable to type 'number'.",
  ]);
});

test('what is given is known to the block that follows, and to no other', () => {
  const lines = ['<!-- given: declare const given: number; -->', '```ts', 'given.toFixed();', '```'];
  assert.equal(problems(...lines), []);
  assert.equal(problems(...lines, '', '```ts', 'given.toFixed();', '```'), [
    "made-up.md:7:1: Cannot find name 'given'.",
  ]);
});

test('a given may take several lines, and be wrong itself', () => {
  assert.equal(problems('<!-- given:', "import { nothing } from 'node:fs';", '-->', '', '```ts', 'nothing;', '```'), [
    `made-up.md:2:10: Module '"node:fs"' has no exported member 'nothing'.`,
  ]);
});

test('blocks of other languages are left alone', () => {
  assert.equal(blocksOf('```sh\nnpm ci\n```\n\n```\nplain\n```\n'), []);
});

test('a block is a module, which may await', () => {
  assert.equal(problems('```ts', 'await Promise.resolve();', '```'), []);
});

function problems(...lines: string[]): string[] {
  return problemsIn('made-up.md', blocksOf([...lines, ''].join('\n')));
}

test.run();
