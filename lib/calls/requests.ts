import { isObservable } from 'rxjs';
import type { Subscriber } from 'rxjs';
import type { MethodDefinition } from '@grpc/grpc-js';
import { checkedSerializer } from '../message.js';
import { checkNames } from '../names.js';
import { errorOf } from '../outgoing/entry.js';
import { checked, measuredNames } from '../outgoing/options.js';
import type { OutgoingOptions } from '../outgoing/options.js';
import { Outgoing } from '../outgoing/outgoing.js';
import { pour } from '../outgoing/pour.js';
import { isPromiseLike } from '../outgoing/source.js';
import type { MessageSource } from '../outgoing/source.js';
import type { RxStreamOptions } from './options.js';

/** The buffer for the requests of one call of `method`, as `given` wants it; checked here, made by `requestsOf`. */
export function checkedOutgoing<In>(
  method: Pick<MethodDefinition<In, unknown>, 'requestSerialize'>,
  { outgoing }: RxStreamOptions<In>,
): OutgoingOptions<In> {
  if (outgoing !== undefined) checkNames('outgoing', outgoing, measuredNames);
  const encode = checkedSerializer(method, 'requestType', (message: In) => method.requestSerialize(message));
  const options = { ...outgoing, encode };
  checked(options);
  return options;
}

/** The requests of one call, on their way into it. */
export interface CallRequests<In> {
  readonly outgoing: Outgoing<In>;
  /**
   * To be called before the call exists. An Observable, and what a promise gives, may emit at any time, and is not to be
   * missed; it waits in the buffer of the call.
   */
  readonly first: () => void;
  /** To be called when the call exists. An iterable is not asked for anything before. */
  readonly start: () => void;
}

/** They end when the call does, and one of them that is refused fails it. */
export function requestsOf<In>(
  source: MessageSource<In>,
  options: OutgoingOptions<In>,
  subscriber: Subscriber<never>,
): CallRequests<In> {
  const failed = (error: unknown): void => {
    subscriber.error(error);
  };
  const outgoing = new Outgoing<In>(options);
  outgoing.dropped$.subscribe((dropped) => {
    if (dropped.outcome === 'rejected') failed(errorOf(dropped));
  });
  subscriber.add(() => {
    outgoing.cancel();
  });
  const pourNow = (): void => pour(source, { outgoing, over: subscriber, failed });
  const isHot = isObservable(source) || isPromiseLike(source);
  const nothing = (): void => undefined;
  return { outgoing, first: isHot ? pourNow : nothing, start: isHot ? nothing : pourNow };
}
