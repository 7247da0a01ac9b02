import { inspect } from 'node:util';

import type { Dropped } from '../../lib/outgoing/entry.js';
import type { Lease } from '../../lib/outgoing/lease.js';
import type { Outgoing } from '../../lib/outgoing/outgoing.js';
import type { OutboundStats } from '../../lib/stats.js';

/** What `dropped$` tells from now on, as words: `two rejected overflow`. */
export function droppedFrom(outgoing: Outgoing<string>): string[] {
  const words: string[] = [];
  outgoing.dropped$.subscribe((dropped) => void words.push(wordsOf(dropped)));
  return words;
}

export const wordsOf = ({ message, outcome, reason }: Dropped<unknown>): string =>
  `${String(message)} ${outcome} ${reason}`;

/** The live call of a spec: it takes and flushes when the spec says so. */
export interface FakeCall extends Lease<string> {
  readonly woken: number;
  readonly failures: readonly unknown[];
  /** Takes all there is. */
  takeAll(): string[];
  /** Takes and flushes all there is, also what comes meanwhile. */
  sendAll(): string[];
}

export function fakeCall(outgoing: Outgoing<string>): FakeCall {
  let woken = 0;
  const failures: unknown[] = [];
  const lease = outgoing.lease({ wake: () => void (woken += 1), fail: (error) => void failures.push(error) });
  const takeAll = (afterEach: () => void): string[] => {
    const messages: string[] = [];
    for (let entry = lease.take(); entry; entry = lease.take()) {
      messages.push(entry.message);
      afterEach();
    }
    return messages;
  };
  return {
    ...lease,
    get woken() {
      return woken;
    },
    failures,
    takeAll: () => takeAll(() => undefined),
    sendAll: () => takeAll(() => lease.flushed()),
  };
}

/** The books without what is 0, and whether they balance, in messages and in bytes. */
export function booksOf(outgoing: Pick<Outgoing<unknown>, 'stats'>): Record<string, number> {
  const { bytes, ...messages } = outgoing.stats();
  for (const books of [messages, bytes]) {
    if (!balanced(books)) throw new Error(`the books do not balance: ${JSON.stringify(books)}`);
  }
  return Object.fromEntries(Object.entries(messages).filter(([, count]) => count !== 0));
}

/** The two identities, and nothing below zero. */
export function balanced(books: Omit<OutboundStats, 'bytes'>): boolean {
  const { offered, waiting, rejected, accepted, queued, inFlight, sent, dropped, lost, cancelled, undelivered } = books;
  const ways = [queued, inFlight, sent, dropped, lost, cancelled, undelivered];
  return (
    offered === waiting + rejected + accepted &&
    accepted === ways.reduce((sum, count) => sum + count) &&
    [waiting, rejected, ...ways].every((count) => count >= 0)
  );
}

/** How a promise has ended by now: its code or its message if it was rejected. */
export async function endOf(promise: Promise<unknown>): Promise<string> {
  return Promise.race([
    promise.then(
      () => 'resolved',
      (error: unknown) => (error as { code?: string }).code ?? (error as Error).message,
    ),
    // A promise that has ended tells it in the first turn, whatever it went through to end.
    new Promise<string>((resolve) => setImmediate(resolve, 'waits')),
  ]);
}

export async function errorFrom(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  let given: unknown;
  try {
    given = await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error(`it was not rejected, but gave ${inspect(given)}`);
}
