import { status } from '@grpc/grpc-js';
import type { Observable } from 'rxjs';

import type { KeyValueHandlers } from '../../generated/kv.js';
import type { KeyValueServiceHandlers } from '../../generated/kvservice.js';
import { repeated } from '../../index.js';
import type { Handlers, ServeOptions } from '../../index.js';
import { checkNames } from '../../internal.js';
import type { Names } from '../../internal.js';
import { withMethods } from '../options.js';
import type { Store } from '../store/store.js';
import { articleHandlers } from './article.js';
import { Engine } from './engine.js';
import { OperationError } from './failure.js';
import { largestAnswer, limitNames, limitsOf } from './limits.js';
import type { LimitOptions } from './limits.js';
import { operationsOf } from './operations.js';
import { Requests } from './requests.js';
import { scheduleOf } from './schedule.js';
import type { Concurrency } from './schedule.js';
import { sessionOf } from './session.js';
import { watchOf } from './watch.js';
import { workOf } from './work.js';
import type { Work } from './work.js';

export interface KeyValuesOptions extends LimitOptions {
  /** Which operations may be at work at once. Default `free`. */
  readonly concurrency?: Concurrency;
  /** What an operation is made to take, to measure by. Default nothing. */
  readonly work?: Work;
}

const names: Names<KeyValuesOptions> = { concurrency: true, work: true, ...limitNames };

/**
 * A store as a service: by the article's API, and by the one with versions. Both share one schedule, so that what is
 * in order by one is in order by the other.
 */
export class KeyValues {
  /** For `serve(server, KeyValueService, kv.handlers, kv.serveOptions)`. */
  readonly handlers: Handlers<KeyValueHandlers>;
  /** For `serve(server, KeyValueServiceService, kv.articleHandlers)`. */
  readonly articleHandlers: Handlers<KeyValueServiceHandlers>;
  /**
   * Room for the largest answer in the buffer of a stream, which is more than `serve` has by itself, and batches for the
   * clients of sessions that ask for them.
   */
  readonly serveOptions: Pick<ServeOptions, 'outgoing' | 'batch'>;
  /** What the store failed with, for the owner's log; clients are told only a status. */
  readonly failures$: Observable<unknown>;
  /**
   * Ends each watch with UNAVAILABLE once it has told all that there is, so that its client goes on elsewhere: a server
   * that drains would wait for them otherwise.
   */
  readonly endWatches: () => void;

  constructor(store: Store, options: KeyValuesOptions = {}) {
    // The `await` of a store on disk is easily forgotten.
    withMethods('store', store, methods, 'a store, as memoryStore() and await levelStore(directory) give');
    checkNames('KeyValues', options, names);
    const { concurrency = 'free', work = {} } = options;
    const limits = limitsOf(options);
    const engine = new Engine(store, scheduleOf(concurrency), workOf(work));
    const requests = new Requests(limits, () => store.revision);
    const operations = operationsOf(engine, requests, limits);
    this.handlers = {
      ...operations,
      watch: watchOf(engine, requests),
      session: sessionOf(operations, engine.tell, limits.maxInFlight),
    };
    this.articleHandlers = articleHandlers(engine, requests);
    this.serveOptions = { outgoing: { maxBytes: 2 * largestAnswer(limits) }, batch: repeated('batch') };
    this.failures$ = engine.failures$.asObservable();
    this.endWatches = () =>
      engine.closing$.error(new OperationError(status.UNAVAILABLE, 'there are to be no more watches'));
  }
}

const methods: readonly (keyof Store)[] = ['get', 'range', 'commit', 'changes', 'compact', 'close'];
