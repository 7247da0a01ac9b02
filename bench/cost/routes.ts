import { by, split } from 'rxduplex';
import { Subject } from 'rxjs';

import { nanosecondsEach } from './repeated.js';

interface Message {
  readonly kind: string;
}

interface Routes {
  /** Has every message of the kind told to one more subscriber. */
  listen(kind: string, listener: () => void): void;
  dispatch(message: Message): void;
}

/** Messages of so many types in turn; a message is given to the one subscriber of its type. */
export function types(count: number, seconds: number, bare: boolean): number {
  return routed(bare ? subjects() : ours(), count, 1, seconds);
}

/** Messages of one type, each given to so many subscribers. */
export function subscribers(count: number, seconds: number, bare: boolean): number {
  return routed(bare ? subjects() : ours(), 1, count, seconds);
}

/** In nanoseconds a delivery. */
function routed(routes: Routes, typeCount: number, subscriberCount: number, seconds: number): number {
  const messages = Array.from({ length: typeCount }, (_, index): Message => ({ kind: `kind ${index}` }));
  let deliveries = 0;
  for (const { kind } of messages) {
    for (let subscriber = 0; subscriber < subscriberCount; subscriber++) routes.listen(kind, () => (deliveries += 1));
  }
  const rounds = Math.max(1, 1000 / (typeCount * subscriberCount));
  return nanosecondsEach(() => {
    const before = deliveries;
    for (let round = 0; round < rounds; round++) for (const message of messages) routes.dispatch(message);
    return deliveries - before;
  }, seconds);
}

function ours(): Routes {
  const source = new Subject<Message>();
  const { on } = split(source, by('kind'));
  return {
    listen: (kind, listener) => void on(kind).subscribe(listener),
    dispatch: (message) => source.next(message),
  };
}

/** A Map of Subjects. */
function subjects(): Routes {
  const kinds = new Map<string, Subject<Message>>();
  return {
    listen(kind, listener) {
      const subject = kinds.get(kind) ?? new Subject<Message>();
      kinds.set(kind, subject);
      subject.subscribe(listener);
    },
    dispatch: (message) => kinds.get(message.kind)?.next(message),
  };
}
