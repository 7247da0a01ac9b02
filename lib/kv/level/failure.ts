import { StoreError } from '../store/store.js';

/** LevelDB tells what the system said by its words only, in C, where everything it could not write is one code. */
const noRoom = /no space|not enough space|too large|quota/i;

/** A write failed after it had been handed to the database, which may have it on the disk all the same. */
export class WriteFailed extends Error {
  constructor(cause: unknown) {
    super('the database could not write', { cause });
  }
}

/** The `StoreError` that an error of the database in `directory` stands for; an error that stands for none stays as it is. */
export function meaningOf(error: unknown, directory: string): unknown {
  const notDone = !(error instanceof WriteFailed);
  const cause = error instanceof WriteFailed ? error.cause : error;
  if (!(cause instanceof Error) || cause instanceof StoreError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const told = `${directory}: ${cause.message}`;
  if (code === 'LEVEL_LOCKED') return new StoreError('IN_USE', `somebody else uses ${told}`, { cause });
  if (code === 'LEVEL_CORRUPTION')
    return new StoreError('UNUSABLE', `the store is damaged, in ${told}`, { cause, notDone });
  const full = code === 'LEVEL_IO_ERROR' ? noRoom.test(cause.message) : isOf(code, 'ENOSPC', 'EFBIG', 'EDQUOT');
  return full ? new StoreError('FULL', `there is no room in ${told}`, { cause, notDone }) : cause;
}

function isOf(code: string | undefined, ...codes: readonly string[]): boolean {
  return code !== undefined && codes.includes(code);
}
