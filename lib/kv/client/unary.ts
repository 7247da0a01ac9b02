import type { StatusObject } from '@grpc/grpc-js';
import { catchError, defer, throwError } from 'rxjs';
import type { Observable } from 'rxjs';

import type { RxCallOptions } from '../../index.js';
import { notDoneTrailer } from '../not-done.js';
import { Unanswered } from './api.js';
import type { Api, Exchanges, Method } from './api.js';

/** The methods of the service as functions that give Observables: what `rx` makes of a client. */
export type Methods = {
  readonly [K in Method]: (
    request: Exchanges[K]['request'],
    options?: RxCallOptions,
  ) => Observable<Exchanges[K]['response']>;
};

/** A call for each operation. */
export function unaryApi(methods: Methods): Api {
  return {
    ask: <K extends Method>(method: K, request: Exchanges[K]['request'], timeoutMs: number) =>
      defer(() => {
        // A call that ends without a status was never made: its metadata could not be had, say.
        let reached = { handed: false, notDone: false };
        const onStatus = ({ metadata }: StatusObject, peer: string | undefined): void => {
          reached = { handed: peer !== undefined, notDone: metadata.get(notDoneTrailer).length > 0 };
        };
        return methods[method](request, { timeoutMs, onStatus }).pipe(
          catchError((error: unknown) => throwError(() => new Unanswered(error, reached))),
        );
      }),
    stats: () => undefined,
    close: () => Promise.resolve(),
  };
}
