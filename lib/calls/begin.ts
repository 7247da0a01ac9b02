import { Metadata } from '@grpc/grpc-js';
import type { CallOptions } from '@grpc/grpc-js';
import type { Subscriber } from 'rxjs';
import { openFailed } from '../duplex/duplex.js';
import { RxDuplexError } from '../errors.js';
import { failOnAbort } from '../abort.js';
import { withoutAgreements } from '../metadata.js';
import { longestMs } from '../options.js';
import type { Settings } from './options.js';

/** Makes a call, which is to end with its subscriber. */
export type Start = (metadata: Metadata, options: CallOptions) => void;

/**
 * What comes before a call of any kind: its deadline runs from here, through its turn under the limit and its metadata,
 * and so does its signal. What is wrong on the way is the subscriber's error; a subscriber that has left starts nothing.
 * `first` is called before all of that, but for a signal that is aborted already.
 */
export function begin(subscriber: Subscriber<never>, settings: Settings, start: Start, first?: () => void): void {
  const { signal, limit, timeoutMs, options } = settings;
  if (signal) failOnAbort(subscriber, signal);
  if (subscriber.closed) return;
  first?.();
  const deadline = Math.min(settings.deadline, Date.now() + timeoutMs);
  const failed = (error: unknown): void => {
    subscriber.error(openFailed(settings.explain(error)));
  };
  const startWith = (metadata: Metadata): void => {
    if (subscriber.closed) return;
    start(withoutAgreements(metadata), deadline === Infinity ? options : { ...options, deadline });
  };
  /** grpc-js sees to the deadline of a call that has been made. */
  const waitFor = (metadata: Promise<Metadata>): void => {
    const tooLate = (): void => {
      failed(new RxDuplexError('METADATA_FAILED', 'the metadata of the call did not come in time'));
    };
    const leftMs = deadline - Date.now();
    const timer = leftMs <= longestMs ? setTimeout(tooLate, leftMs) : undefined;
    const over = (): void => {
      clearTimeout(timer);
    };
    subscriber.add(over);
    metadata.finally(over).then(startWith).catch(failed);
  };
  const go = (): void => {
    if (subscriber.closed) return;
    try {
      const metadata = settings.metadata();
      if (metadata instanceof Metadata) startWith(metadata);
      else waitFor(metadata);
    } catch (error) {
      failed(error);
    }
  };
  if (limit) subscriber.add(limit.enter(go, { refused: failed, waitMs: deadline - Date.now() }));
  else go();
}
