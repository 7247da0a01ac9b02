import type { CallContext } from 'rxduplex';
import { concat, throwError } from 'rxjs';

import { getsMany, kinds } from '../kinds.js';
import type { Kind } from '../kinds.js';
import { failures } from './failures.js';
import type { FailureName, Way } from './failures.js';
import { rowsBeforeFailure, upTo } from './plan.js';
import type { KindsHandled } from './shapes.js';
import type { Tally } from './tally.js';

/** Handlers that fail with what their client wants, in the way that it wants. */
export const throwing = (tally: Tally): KindsHandled =>
  Object.fromEntries(kinds.map((kind) => [kind, (_: unknown, context: CallContext) => failing(tally, kind, context)]));

function failing(tally: Tally, kind: Kind, context: CallContext): unknown {
  const note = tally.begin(kind, context);
  const { make } = failures[wanted(context, 'failure') as FailureName];
  switch (wanted(context, 'way') as Way) {
    case 'thrown':
      throw make();
    case 'rejected':
      // The work was given up with the call, and what it fails with then has nothing to do with that.
      return note
        .work()
        .catch(() => undefined)
        .then(() => Promise.reject(make() as Error));
    case 'emitted':
      return concat(getsMany(kind) ? upTo(rowsBeforeFailure).map((id) => note.each(id)) : [], throwError(make)).pipe(
        note.watched(),
      );
  }
}

const wanted = ({ metadata }: CallContext, name: string): unknown => metadata.get(name)[0];
