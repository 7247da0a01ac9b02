import type { Observable } from 'rxjs';

import type { RxCallOptions } from '../../index.js';
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
      methods[method](request, { timeoutMs }),
    stats: () => undefined,
    close: () => Promise.resolve(),
  };
}
