import { catchError, defer, map, of } from 'rxjs';
import type { Observable } from 'rxjs';

import type { SessionRequest__Output, SessionResponse } from '../../generated/kv.js';
import { consume, iterate } from '../../index.js';
import type { Gated } from '../../index.js';
import { invalid } from './failure.js';
import type { OperationError } from './failure.js';
import type { Operations } from './operations.js';

/**
 * Operations over one stream, up to `maxInFlight` of them at work at once. The answers are pulled: with a client that
 * does not read them no more is begun, and those of what was at work wait for it.
 */
export function sessionOf(
  operations: Operations,
  tell: (error: unknown) => OperationError,
  maxInFlight: number,
): (requests$: Gated<SessionRequest__Output>) => AsyncIterable<SessionResponse> {
  const answer = (request: SessionRequest__Output): Observable<SessionResponse> =>
    defer(() => resultOf(operations, request)).pipe(
      catchError((error: unknown) => {
        const { code, details, notDone } = tell(error);
        return of({ failure: { code, message: details, notDone } });
      }),
      map((result) => ({ id: request.id, ...result })),
    );
  return (requests$) => iterate(requests$.pipe(consume(answer, { concurrency: maxInFlight })));
}

function resultOf(operations: Operations, request: SessionRequest__Output): Observable<SessionResponse> {
  const { get, put, delete: remove, transact, range } = request;
  if (get) return operations.get(get).pipe(map((result) => ({ get: result })));
  if (put) return operations.put(put).pipe(map((result) => ({ put: result })));
  if (remove) return operations.delete(remove).pipe(map((result) => ({ delete: result })));
  if (transact) return operations.transact(transact).pipe(map((result) => ({ transact: result })));
  if (range) return operations.range(range).pipe(map((result) => ({ range: result })));
  throw invalid('an operation must be set');
}
