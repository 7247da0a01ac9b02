import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

import ts from 'typescript';

import { filesBelow } from './files.js';

/** What a module imports: a package by its name, a module of the same tree by its path in it. */
export interface Arrow {
  readonly to: string;
  readonly typeOnly: boolean;
}

/** The modules of a tree by their path in it, without the extension. */
export type Graph = ReadonlyMap<string, readonly Arrow[]>;

export function graphOf(dir: string): Graph {
  return new Map(
    filesBelow(dir).map((file) => {
      const module = file.slice(dir.length + 1).replace(/\.ts$/, '');
      return [module, arrowsFrom(module, readFileSync(file, 'utf8'))];
    }),
  );
}

/** Imports and re-exports, of values and of types, wherever in the text they stand. */
export function arrowsFrom(module: string, text: string): Arrow[] {
  const arrows: Arrow[] = [];
  const add = (specifier: ts.Node, typeOnly: boolean): void => {
    if (ts.isStringLiteral(specifier)) arrows.push({ to: target(module, specifier.text), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      if (ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      node.arguments.slice(0, 1).forEach((specifier) => add(specifier, false));
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(text));
  return arrows;
}

export function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest);
}

function target(module: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return posix.join(posix.dirname(module), specifier).replace(/\.js$/, '');
}
