import { randomBytes } from 'node:crypto';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const name = 'ROOM';
/** Random, since a file system might find room for any number of zeros. */
const piece = randomBytes(64 << 10);

/** Whether the disk has room for so many bytes more: fails as writing them does. */
export async function findRoom(directory: string, bytes: number): Promise<void> {
  const path = join(directory, name);
  try {
    await using file = await open(path, 'w');
    for (let left = bytes; left > 0; left -= piece.length) await file.writeFile(piece.subarray(0, left));
    await file.sync();
  } finally {
    await rm(path, { force: true });
  }
}

/** How many bytes the files have whose names end so. */
export async function bytesOfFiles(directory: string, ending: string): Promise<number> {
  const names = (await readdir(directory)).filter((file) => file.endsWith(ending));
  const sizes = await Promise.all(names.map(async (file) => (await stat(join(directory, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Whether that is one of the files that `findRoom` makes. */
export function isOfRoom(file: string): boolean {
  return file === name;
}
