import { isObservable } from 'rxjs';
import type { ObservableInput, Subscription } from 'rxjs';
import type { Gate } from '../gate.js';
import { gateOf } from '../gate.js';
import { Holder } from '../holder.js';
import { joined } from '../joined.js';
import type { Outgoing } from './outgoing.js';

/**
 * Sends what `source` gives, and completes `outgoing` after it. An iterable or async iterable is pulled as there is
 * room. An Observable is pushed, and while there is no room for another message `gate` is held: that slows a source
 * which depends on it, and of a source which does not the overflow strategy decides. The source is left when `over` ends,
 * or `outgoing`.
 */
export function pour<T>(
  source: ObservableInput<T>,
  outgoing: Outgoing<T>,
  over: Subscription,
  failed: (error: unknown) => void,
  gate: Gate | undefined = gateOf(source),
): void {
  if (!isObservable(source)) {
    outgoing.feed(source).then(() => outgoing.complete(), failed);
    return;
  }
  const holder = gate && new Holder(gate.hold);
  const release = (): void => holder?.release();
  outgoing.ready$.subscribe(release);
  over.add(release);
  joined(over, () => source).subscribe({
    next: (message) => {
      const room = holder && !holder.holds ? outgoing.push(message) : outgoing.next(message);
      if (!room) holder?.hold();
    },
    error: failed,
    complete: () => outgoing.complete(),
  });
}
