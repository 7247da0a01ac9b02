import type { Observable, Subscriber } from 'rxjs';

import type { RangeResponse__Output } from '../../generated/kv.js';
import { Gate, Gated } from '../../index.js';
import { ignoreOrderly } from '../../internal.js';
import { entryOf } from './values.js';
import type { KvEntry } from './values.js';

/** Asks for the page after that `continuation`; an empty one asks for the first. */
export type AskPage = (continuation: Uint8Array) => Observable<RangeResponse__Output>;

/** The entries of all pages. A page is asked for when those before have been taken, and nobody holds the gate. */
export function entriesOf(page: AskPage): Gated<KvEntry> {
  const gate = new Gate();
  const subscribe = (subscriber: Subscriber<KvEntry>): void => {
    let entries: readonly KvEntry[] = [];
    let at = 0;
    let continuation: Uint8Array | undefined = new Uint8Array();
    let busy = false;
    const received = (response: RangeResponse__Output): void => {
      entries = response.entries.map(entryOf);
      at = 0;
      continuation = response.continuation.length > 0 ? response.continuation : undefined;
    };
    const ask = (after: Uint8Array): void => {
      subscriber.add(
        page(after).subscribe({
          next: received,
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            busy = false;
            pour();
          },
        }),
      );
    };
    /** Whoever is given an entry may hold the gate, or let it go, which leads back to here. */
    const pour = (): void => {
      if (busy) return;
      busy = true;
      for (let entry = entries[at]; entry && !gate.held && !subscriber.closed; entry = entries[at]) {
        at += 1;
        subscriber.next(entry);
      }
      if (at < entries.length || gate.held || subscriber.closed) busy = false;
      else if (continuation) ask(continuation);
      else subscriber.complete();
    };
    subscriber.add(gate.watch(pour));
    pour();
  };
  return new Gated<KvEntry>(gate, subscribe, ignoreOrderly);
}
