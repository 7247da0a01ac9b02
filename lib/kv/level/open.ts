import { readdir } from 'node:fs/promises';

import { badOption, checkNames, handled } from '../../internal.js';
import { firstRevision } from '../store/opening.js';
import { historyLimits, historyNames } from '../store/retention.js';
import type { HistoryOptions } from '../store/retention.js';
import { StoreError } from '../store/store.js';
import type { Store } from '../store/store.js';
import type { Database } from './database.js';
import { meaningOf } from './failure.js';
import { placeOf } from './place.js';
import type { Place } from './place.js';
import { isOfRoom } from './room.js';
import { LevelStore } from './store.js';
import type { FirstRevision } from './store.js';

const usualHistoryBytes = 256 << 20;

/**
 * Keeps everything in a directory, which one store has at a time and which is made if it is not there. What a commit
 * has answered is on the disk: it is written with `sync`, together with the commits that came while the ones before it
 * were being written.
 *
 * Where there is no room it goes on to read, and writes again as soon as there is. What it failed to write for want of room
 * is undone by the next write, or when the store is closed; whoever opens it after a process that was killed, or that had no
 * room for that either, may find it done. It needs the package `classic-level`, an optional peer of this one.
 *
 * Each opening leaves a gap in the revisions, so that none is given twice even if the directory is put back from a
 * backup: see `firstRevision`.
 */
export function levelStore(directory: string, options: HistoryOptions = {}): Promise<Store> {
  return handled(openStore(directory, options, firstRevision));
}

/** Opens a store that goes on with the revision which `first` gives. */
export async function openStore(directory: string, options: HistoryOptions, first: FirstRevision): Promise<Store> {
  if (typeof directory !== 'string' || directory === '')
    throw badOption('directory', 'the path of a directory', directory);
  checkNames('levelStore', options, historyNames);
  const limits = historyLimits(options, usualHistoryBytes);
  const { ClassicLevel } = await load();
  let place: Place | undefined;
  try {
    place = await placeOf(directory);
    const { path } = place;
    await refuseOther(path);
    const open = async (): Promise<Database> => {
      const db = new ClassicLevel<Uint8Array, Buffer>(path, { keyEncoding: 'view', valueEncoding: 'buffer' });
      await db.open();
      return db;
    };
    return await LevelStore.open(place, { open, limits, first });
  } catch (error) {
    place?.leave();
    throw unopened(error, directory);
  }
}

async function load(): Promise<typeof import('classic-level')> {
  try {
    return await import('classic-level');
  } catch (cause) {
    throw new StoreError('UNUSABLE', 'a store on disk needs the package classic-level, which cannot be loaded', {
      cause,
    });
  }
}

/** LevelDB would make itself at home among the files of somebody else. */
async function refuseOther(directory: string): Promise<void> {
  const files = await readdir(directory);
  if (files.includes('CURRENT')) return;
  const other = files.find((file) => !/^(LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.\w+)$/.test(file) && !isOfRoom(file));
  if (other !== undefined) {
    throw new StoreError('UNUSABLE', `${directory} is not the directory of a store: it has a file ${other}`);
  }
}

function unopened(error: unknown, directory: string): unknown {
  // What the database itself has to say is the cause of what it tells.
  const wrapped = error instanceof Error && 'code' in error && error.code === 'LEVEL_DATABASE_NOT_OPEN';
  const cause = wrapped && error.cause instanceof Error ? error.cause : error;
  const meaning = meaningOf(cause, directory);
  if (meaning instanceof StoreError || !(cause instanceof Error)) return meaning;
  return new StoreError('UNUSABLE', `${directory} cannot be opened: ${cause.message}`, { cause });
}
