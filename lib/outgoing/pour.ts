import { from, isObservable } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import type { Gate } from '../gate.js';
import { gateOf } from '../gate.js';
import { Holder } from '../holder.js';
import { joined } from '../joined.js';
import type { Outgoing } from './outgoing.js';
import { givesMessages, isPromiseLike } from './source.js';
import type { MessageSource } from './source.js';

/** Where the messages of a source go, and how the source is slowed. */
export interface Pouring<T> {
  readonly outgoing: Outgoing<T>;
  /** The source is left when this ends. */
  readonly over: Subscription;
  /** Called with the source's error. */
  readonly failed: (error: unknown) => void;
  /** What the source depends on, beside its own gate. */
  readonly gate?: Gate | undefined;
  /** Whether the next message is already owed: then it may wait for room beyond the bounds of waiting. */
  readonly isOwed?: () => boolean;
}

/**
 * Sends what `source` gives, and completes `outgoing` after it. An iterable or async iterable is asked for its next
 * message when there is room. An Observable is subscribed to, and while there is no room for another message its gate
 * and `gate` are held, so that a source which depends on one of them stands still; what it still emits waits. What a
 * promise gives is looked at in the same way; anything else is one message.
 */
export function pour<T>(source: MessageSource<T>, pouring: Pouring<T>): void {
  const { outgoing, over, failed } = pouring;
  if (isPromiseLike(source)) {
    const given = (value: unknown): void => {
      if (!over.closed) pour<T>(givesMessages<T>(value) ? value : [value as T], pouring);
    };
    source.then(given).then(undefined, failed);
  } else if (Symbol.asyncIterator in source || Symbol.iterator in source) {
    outgoing.feed(source).then(() => outgoing.complete(), failed);
  } else push(isObservable(source) ? source : from(source), pouring);
}

function push<T>(source: Observable<T>, { outgoing, over, failed, gate, isOwed = never }: Pouring<T>): void {
  const holders = [...new Set([gateOf(source), gate])].flatMap((each) => (each ? [new Holder(each.hold)] : []));
  const release = (): void => {
    for (const holder of holders) holder.release();
  };
  outgoing.ready$.subscribe(release);
  over.add(release);
  joined(over, () => source).subscribe({
    next: (message) => {
      outgoing.push(message, isOwed());
      if (outgoing.full) for (const holder of holders) holder.hold();
    },
    error: failed,
    complete: () => {
      release();
      outgoing.complete();
    },
  });
}

const never = (): boolean => false;
