import { concatMap, timer } from 'rxjs';
import type { Observable } from 'rxjs';

import { whole } from './options.js';

/** What an operation is made to take before it is done, as in the article; nothing by itself. */
export interface Work {
  /** The article's: 10. */
  readonly readMs?: number;
  /** The article's: 50. */
  readonly writeMs?: number;
}

export function workOf({ readMs = 0, writeMs = 0 }: Work): Required<Work> {
  return { readMs: whole('work.readMs', readMs, 0), writeMs: whole('work.writeMs', writeMs, 0) };
}

export const after = <T>(ms: number, operation: Observable<T>): Observable<T> =>
  ms > 0 ? timer(ms).pipe(concatMap(() => operation)) : operation;
