import { checkFields } from '../../internal.js';
import type { Names } from '../../internal.js';
import { whole } from '../options.js';

/** What an operation is made to take before it is done, as in the article; nothing by itself. */
export interface Work {
  /** The article's: 10. */
  readonly readMs?: number;
  /** The article's: 50. */
  readonly writeMs?: number;
}

export function workOf(work: Work): Required<Work> {
  checkFields('work', work, { readMs: true, writeMs: true } satisfies Names<Work>);
  const { readMs = 0, writeMs = 0 } = work;
  return { readMs: whole('work.readMs', readMs, 0), writeMs: whole('work.writeMs', writeMs, 0) };
}

/** Calls `act` after so long, unless the function that it gives is called before. */
export function after(ms: number, act: () => void): (() => void) | undefined {
  if (ms === 0) {
    act();
    return undefined;
  }
  const timer = setTimeout(act, ms);
  return () => {
    clearTimeout(timer);
  };
}
