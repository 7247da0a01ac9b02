import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import ts from 'typescript';

import { npm, run } from './run.js';

/** A package of someone's, by its type, who has installed ours. */
export interface Project {
  readonly type: 'module' | 'commonjs';
  readonly dir: string;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
}

/** Installs the tarball with its peers, in the versions that the specs run with. */
export async function install(project: Project, tarball: string): Promise<void> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lock;
  const peers = ['rxjs', '@grpc/grpc-js', '@types/node'].map((name) => {
    const { version } = packages[`node_modules/${name}`] ?? {};
    if (version === undefined) throw new Error(`package-lock.json does not know ${name}`);
    return `${name}@${version}`;
  });
  await mkdir(project.dir);
  await writeFile(join(project.dir, 'package.json'), JSON.stringify({ private: true, type: project.type }));
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--save-exact', tarball, ...peers], project.dir);
}

/** Compiles the sources as TypeScript does for a package of this type, against the types that were installed. */
export async function compile({ dir, type }: Project, sources: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of sources) await writeFile(join(dir, name), text);
  const program = ts.createProgram(
    [...sources.keys()].map((name) => join(dir, name)),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      typeRoots: [join(dir, 'node_modules/@types')],
      rootDir: dir,
      strict: true,
      exactOptionalPropertyTypes: true,
    },
  );
  const { diagnostics } = program.emit();
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, host));

  const loads = type === 'module' ? /^import .* from ["']rxduplex["'];$/m : /\brequire\(["']rxduplex["']\)/;
  const emitted = await readFile(join(dir, 'example.js'), 'utf8');
  if (!loads.test(emitted)) throw new Error(`the example does not load the package as it should:\n${emitted}`);
}

const host: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};

export async function node({ dir }: Project, ...args: string[]): Promise<void> {
  await run(process.execPath, args, dir);
}
