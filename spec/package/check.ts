import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { filesBelow } from '../support/files.js';
import { blocksOf } from '../support/readme.js';
import { compile, install, node } from './project.js';
import type { Project } from './project.js';
import { npm, run } from './run.js';

// Packs the package, installs it as others do, and tries there what only an installed package can show.

const folder = await mkdtemp(join(tmpdir(), 'rxduplex-package-'));
try {
  await check();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function check(): Promise<void> {
  const tarball = await pack();
  await prove('publint has nothing to say', () => lint(tarball));
  await prove('attw: every resolver finds the types of every entry', () => attw(tarball));

  const esm: Project = { type: 'module', dir: join(folder, 'esm') };
  const cjs: Project = { type: 'commonjs', dir: join(folder, 'cjs') };
  await prove('it installs into an ESM project', () => install(esm, tarball));
  await prove('it installs into a CommonJS project', () => install(cjs, tarball));

  const sources = await consumers();
  await prove("ESM: the README's example compiles", () => compile(esm, sources));
  await prove("ESM: the README's example, by import, has its reply", () => node(esm, 'host.js'));
  await prove('ESM: import and require give one copy', () => node(esm, 'one-copy.js'));
  await prove("ESM: an error of another project's copy is recognised", () => node(esm, 'two-copies.js', cjs.dir));
  await prove("CommonJS: the README's example compiles", () => compile(cjs, sources));
  await prove("CommonJS: the README's example, by require, has its reply", () => node(cjs, 'host.js'));
  await prove('CommonJS: import and require give one copy', () => node(cjs, 'one-copy.js'));
  await prove("CommonJS: an error of another project's copy is recognised", () => node(cjs, 'two-copies.js', esm.dir));
}

async function prove(claim: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
    console.log(`ok    ${claim}`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`FAIL  ${claim}\n${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The package as it would be published, which npm builds first. */
async function pack(): Promise<string> {
  await npm(['pack', '--pack-destination', folder], process.cwd());
  const tarballs = filesBelow(folder);
  if (tarballs.length !== 1) throw new Error(`npm pack has made ${String(tarballs.length)} files`);
  return resolve(...tarballs);
}

async function lint(tarball: string): Promise<void> {
  const { buffer } = new Uint8Array(await readFile(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  if (messages.length > 0) throw new Error(messages.map((message) => formatMessage(message, pkg)).join('\n'));
}

async function attw(tarball: string): Promise<void> {
  const bin = resolve('node_modules/@arethetypeswrong/cli/dist/index.js');
  await run(process.execPath, [bin, tarball, '--no-definitely-typed', '--format', 'ascii'], process.cwd());
}

/** What the projects run: the first example of the README, and what stands beside it in consumer/. */
async function consumers(): Promise<ReadonlyMap<string, string>> {
  const [example] = blocksOf(await readFile('README.md', 'utf8'));
  if (!example) throw new Error('README.md has no example');
  const sources = new Map([['example.ts', example.text]]);
  for (const path of filesBelow('spec/package/consumer')) sources.set(basename(path), await readFile(path, 'utf8'));
  return sources;
}
