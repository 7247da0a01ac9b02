import { resolve } from 'node:path';

import ts from 'typescript';

/** A code block of a markdown file. */
export interface Block {
  readonly line: number;
  /** The whole file with all but the block and its givens blanked out, so that every position is the file's own. */
  readonly text: string;
}

const tsBlock = /(?:<!-- given:(?<given>(?:(?!-->).)*)-->\s*)?^```ts\n(?<code>.*?)^```$/dgms;

/**
 * The `ts` blocks. What a block needs but does not show stands in a comment just before it:
 * `<!-- given: declare const client: PeerClient; -->`.
 */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(tsBlock)].map(({ indices }) => {
    const [codeStart, codeEnd] = indices?.groups?.['code'] ?? [0, 0];
    const [givenStart, givenEnd] = indices?.groups?.['given'] ?? [codeStart, codeStart];
    const text =
      blank(markdown.slice(0, givenStart)) +
      markdown.slice(givenStart, givenEnd) +
      blank(markdown.slice(givenEnd, codeStart)) +
      markdown.slice(codeStart, codeEnd);
    return { line: markdown.slice(0, codeStart).split('\n').length, text };
  });
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}

/** Type-checks each block as a module of its own beside the package, under tsconfig.json. */
export function problemsIn(file: string, blocks: readonly Block[]): string[] {
  const modules = new Map(blocks.map(({ line, text }) => [resolve(`${file}.${line}.ts`), text]));
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  host.fileExists = (path) => modules.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => modules.get(path) ?? ts.sys.readFile(path);

  const program = ts.createProgram([...modules.keys()], options, host);
  const global = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  const local = [...modules.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  return [...global, ...local].map((diagnostic) => describe(file, diagnostic));
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  return { ...options, declaration: false, isolatedDeclarations: false };
}

function describe(file: string, { file: source, start, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (source === undefined || start === undefined) return `${file}: ${text}`;
  const { line, character } = source.getLineAndCharacterOfPosition(start);
  return `${file}:${line + 1}:${character + 1}: ${text}`;
}
