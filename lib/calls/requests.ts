import type { MethodDefinition } from '@grpc/grpc-js';
import type { Subscriber } from 'rxjs';
import { errorOf } from '../outgoing/entry.js';
import { checked } from '../outgoing/options.js';
import type { OutgoingOptions } from '../outgoing/options.js';
import { Outgoing } from '../outgoing/outgoing.js';
import type { RxStreamOptions } from './options.js';

/** The buffer for the requests of one call of `method`, as `given` wants it; checked here, made by `requestsOf`. */
export function checkedOutgoing<In>(
  { requestSerialize }: Pick<MethodDefinition<In, unknown>, 'requestSerialize'>,
  { outgoing }: RxStreamOptions<In>,
): OutgoingOptions<In> {
  const options = { ...outgoing, encode: (message: In) => requestSerialize(message) };
  checked(options);
  return options;
}

/** The requests of one call: they end when it does, and one of them that is refused fails it. */
export function requestsOf<In>(options: OutgoingOptions<In>, subscriber: Subscriber<never>): Outgoing<In> {
  const outgoing = new Outgoing<In>(options);
  outgoing.dropped$.subscribe((dropped) => {
    if (dropped.outcome === 'rejected') subscriber.error(errorOf(dropped));
  });
  subscriber.add(() => {
    outgoing.error(undefined);
  });
  return outgoing;
}
