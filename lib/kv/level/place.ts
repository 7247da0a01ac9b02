import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { StoreError } from '../store/store.js';

/** A directory that this process has for one store. */
export interface Place {
  /** Its real path: relative ones would change with the working directory. */
  readonly path: string;
  readonly leave: () => void;
}

const registry: unique symbol = Symbol.for('rxduplex.kv.directories');

/** What is in use, by path and by inode; all copies of this package that a process has loaded share it. */
const taken: Set<string> = ((globalThis as { [registry]?: Set<string> | undefined })[registry] ??= new Set());

/**
 * Takes `directory`, which is made if it is not there, or fails with IN_USE if a store of this process has it already.
 *
 * LevelDB has a lock for that, but it is of no use within a process. It knows a directory by its name, and opens it
 * twice by two names; and a second open that it does refuse releases the lock, as closing any descriptor of
 * a file does with POSIX locks: then another process is let in. So LevelDB is never asked twice.
 */
export async function placeOf(directory: string): Promise<Place> {
  await mkdir(directory, { recursive: true });
  const path = await realpath(directory);
  const { dev, ino } = await stat(path, { bigint: true });
  const names = [path, `${dev}:${ino}`];
  const isLocked = await isLockedHere(path);
  if (isLocked || names.some((name) => taken.has(name))) {
    throw new StoreError('IN_USE', `this process uses ${directory} already`);
  }
  for (const name of names) taken.add(name);
  return {
    path,
    leave: () => {
      for (const name of names) taken.delete(name);
    },
  };
}

/**
 * Whether the process has the lock by other means: another thread has a store there, or somebody opened the database
 * without this library. Only Linux tells which process has which lock.
 */
async function isLockedHere(path: string): Promise<boolean> {
  try {
    const { dev, ino } = await stat(join(path, 'LOCK'), { bigint: true });
    const locks = await readFile('/proc/locks', 'utf8');
    const file = `${hex(majorOf(dev))}:${hex(minorOf(dev))}:${ino}`;
    return new RegExp(`^\\d+: POSIX +ADVISORY +WRITE +${process.pid} +${file} `, 'm').test(locks);
  } catch {
    // There is no such file yet, or the system does not tell.
    return false;
  }
}

/** The two parts of the number of a device, as glibc packs them. */
const majorOf = (dev: bigint): bigint => ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
const minorOf = (dev: bigint): bigint => (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);

const hex = (number: bigint): string => number.toString(16).padStart(2, '0');
