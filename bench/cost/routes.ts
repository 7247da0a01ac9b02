import { by, split } from 'rxduplex';
import { Subject } from 'rxjs';

import { nanosecondsEach } from './repeated.js';

interface Message {
  readonly kind: string;
}

/** Messages of so many types in turn; a message is given to the one subscriber of its type. */
export function types(count: number, seconds: number): number {
  return routed(count, 1, seconds);
}

/** Messages of one type, each given to so many subscribers. */
export function subscribers(count: number, seconds: number): number {
  return routed(1, count, seconds);
}

function routed(typeCount: number, subscriberCount: number, seconds: number): number {
  const messages = Array.from({ length: typeCount }, (_, index): Message => ({ kind: `kind ${index}` }));
  const source = new Subject<Message>();
  const { on } = split(source, by('kind'));
  let deliveries = 0;
  for (const { kind } of messages) {
    for (let subscriber = 0; subscriber < subscriberCount; subscriber++) on(kind).subscribe(() => (deliveries += 1));
  }
  const rounds = Math.max(1, 1000 / (typeCount * subscriberCount));
  return nanosecondsEach(() => {
    const before = deliveries;
    for (let round = 0; round < rounds; round++) for (const message of messages) source.next(message);
    return deliveries - before;
  }, seconds);
}
