import { StoreError } from '../store/store.js';

/** LevelDB tells what the system said by its words only, in C, where everything it could not write is one code. */
const noRoom = /no space|not enough space|too large|quota/i;

/** What a failure of the database in `directory` means for those who asked; one without a meaning stays as it is. */
export function meaningOf(cause: unknown, directory: string): unknown {
  if (!(cause instanceof Error) || cause instanceof StoreError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const told = `${directory}: ${cause.message}`;
  if (code === 'LEVEL_LOCKED') return new StoreError('IN_USE', `somebody else uses ${told}`, { cause });
  if (code === 'LEVEL_CORRUPTION') return new StoreError('UNUSABLE', `the store is damaged, in ${told}`, { cause });
  const full = code === 'LEVEL_IO_ERROR' ? noRoom.test(cause.message) : isOf(code, 'ENOSPC', 'EFBIG', 'EDQUOT');
  return full ? new StoreError('FULL', `there is no room in ${told}`, { cause }) : cause;
}

function isOf(code: string | undefined, ...codes: readonly string[]): boolean {
  return code !== undefined && codes.includes(code);
}
