import { existsSync, readFileSync } from 'node:fs';

import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { filesBelow, specFiles } from '../support/files.js';
import { parse } from '../support/imports.js';

test('there is no second place for sources, tests, examples or documents', () => {
  assert.equal(
    ['src', 'test', 'tests', 'examples', 'docs', 'scripts'].filter((dir) => existsSync(dir)),
    [],
  );
});

test('no spec skips a test or singles one out', () => {
  assert.equal(offenders(specFiles(), leavesTestsOut), []);
});

test('every spec file runs all of its suites, after its last test', () => {
  assert.equal(offenders(specFiles(), forgetsToRun), []);
});

test('lib/ does not await at its top level and knows no import.meta, so that it can be built for CommonJS', () => {
  assert.equal(offenders(filesBelow('lib'), isForModulesOnly), []);
});

test('lib/index.ts only re-exports', () => {
  const { statements } = parse(readFileSync('lib/index.ts', 'utf8'));
  assert.ok(statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier));
});

test('a test that is left out is seen', () => {
  assert.ok(leavesTestsOut("test.only('one', body);"));
  assert.ok(leavesTestsOut("  kinds.skip('one', body);"));
  assert.not(leavesTestsOut("test('skips nothing', body); source$.pipe(skip(1));"));
});

test('a suite that is not run is seen', () => {
  assert.ok(forgetsToRun("import { test } from 'uvu';\ntest('one', body);\n"));
  assert.ok(forgetsToRun("import { test } from 'uvu';\ntest.run();\ntest('one', body);\n"));
  assert.ok(forgetsToRun("import { suite } from 'uvu';\nconst a = suite('a');\nconst b = suite('b');\nb.run();\n"));
  assert.not(
    forgetsToRun("import { suite } from 'uvu';\nconst a = suite('a');\nconst b = suite('b');\na.run();\nb.run();\n"),
  );
  assert.not(forgetsToRun("import { test } from 'uvu';\ntest('one', body);\ntest.run();\n"));
});

test('what only a module may do is seen', () => {
  assert.ok(isForModulesOnly('const text = await read();'));
  assert.ok(isForModulesOnly('for await (const chunk of source) use(chunk);'));
  assert.ok(isForModulesOnly('const here = () => import.meta.url;'));
  assert.not(isForModulesOnly('async function f() { for await (const chunk of source) await use(chunk); }'));
  assert.not(isForModulesOnly('class A { async m() { await 1; } n = async () => { await 1; }; }'));
});

function offenders(files: readonly string[], offends: (text: string) => boolean): string[] {
  return files.filter((file) => file !== 'spec/house/conventions.spec.ts' && offends(readFileSync(file, 'utf8')));
}

function leavesTestsOut(text: string): boolean {
  return /\w\.(skip|only)\(/.test(text);
}

/** uvu forgets a suite that is never run, and a test that is added after the run began. */
function forgetsToRun(text: string): boolean {
  const suites = [...text.matchAll(/^const (\w+) = suite[(<]/gm)].map(([, name]) => name ?? '');
  if (/^import \{.*\btest\b.*\} from 'uvu';$/m.test(text)) suites.push('test');
  const runs = /(?:^\w+\.run\(\);\n)*$(?![^])/m.exec(text)?.[0] ?? '';
  return suites.length === 0 || suites.some((name) => !runs.includes(`${name}.run();`));
}

function isForModulesOnly(text: string): boolean {
  return has(parse(text), ts.isMetaProperty, () => false) || has(parse(text), awaits, ts.isFunctionLike);
}

function awaits(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
}

function has(node: ts.Node, wanted: (node: ts.Node) => boolean, closed: (node: ts.Node) => boolean): boolean {
  if (wanted(node)) return true;
  if (closed(node)) return false;
  return ts.forEachChild(node, (child) => has(child, wanted, closed) || undefined) === true;
}

test.run();
