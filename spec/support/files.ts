import { readdirSync } from 'node:fs';

/** The files below a folder, by their path from the working directory. */
export function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

export function specFiles(): string[] {
  return filesBelow('spec').filter((path) => path.endsWith('.spec.ts'));
}
