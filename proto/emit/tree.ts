import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** The text of files, by their path from a folder, with forward slashes. */
export type Tree = ReadonlyMap<string, string>;

/** Reads a folder with all below it; one that is missing is empty. */
export async function readTree(dir: string): Promise<Tree> {
  const tree = new Map<string, string>();
  for (const path of await filesBelow(dir)) tree.set(path, await readFile(join(dir, path), 'utf8'));
  return tree;
}

/** Makes the folder hold these files and no others. */
export async function writeTree(dir: string, tree: Tree): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  for (const [path, text] of tree) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

/** The paths at which two trees differ: changed, missing or left over. */
export function differences(found: Tree, wanted: Tree): string[] {
  const paths = new Set([...found.keys(), ...wanted.keys()]);
  return [...paths].filter((path) => found.get(path) !== wanted.get(path)).sort();
}

/** The paths of the files in a folder and all below it. */
export async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(emptyWhenMissing);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

function emptyWhenMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
