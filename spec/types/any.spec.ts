import { resolve } from 'node:path';

import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { parse } from '../support/imports.js';

test('the declarations of everything that the door leads to know no any', () => {
  const declarations = declarationsOf('lib/index.ts');
  assert.ok(declarations.size > 20);
  assert.ok([...declarations.keys()].some((path) => path.endsWith('lib/remote.d.ts')));
  assert.equal(
    [...declarations].flatMap(([path, text]) => anys(text).map((line) => `${path}: ${line}`)),
    [],
  );
});

test('an any is seen wherever it is written', () => {
  assert.equal(anys('export declare const a: any;'), ['export declare const a: any;']);
  assert.equal(anys('export declare function f<T = any>(x: Map<string, any[]>): (...y: any[]) => T;').length, 3);
  assert.equal(anys('/** takes any */ export declare const any: unknown; export type A = { any: "any" };'), []);
});

/** What a user's compiler reads of a module of ours and of all that it imports, without what is generated. */
function declarationsOf(file: string): ReadonlyMap<string, string> {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram([file], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: resolve('nowhere'),
    rootDir: resolve('.'),
  });
  const emitted = new Map<string, string>();
  program.emit(undefined, (path, text) => {
    if (!path.includes('/generated/')) emitted.set(path, text);
  });
  return emitted;
}

/** The lines that have one. */
function anys(text: string): string[] {
  const found: string[] = [];
  const lines = text.split('\n');
  const source = parse(text);
  const walk = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      found.push(lines[source.getLineAndCharacterOfPosition(node.end).line]?.trim() ?? '');
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}

test.run();
