import type { Queue } from '../queue.js';
import { warnOnce } from '../warning.js';
import { Numbered } from './numbered.js';
import type { Requests } from './options.js';
import type { Pending } from './pending.js';

/** What a message turned out to be: the reply to a pending request, one that came too late, or none at all. */
export type Match<Out, In> = Pending<Out, In> | 'late' | undefined;

/** How a mode marks requests and knows their replies. `written` are the requests handed to the live call, in order. */
export interface Matching<Out, In> {
  /** How many requests may be on their way at once. */
  readonly window: number;
  /** Whether a reply that is missing puts all that follow it in the wrong place. */
  readonly ordered: boolean;
  /** The message to send for a request. */
  mark(pending: Pending<Out, In>): Out;
  match(message: In): Match<Out, In>;
  /** The request has ended without a reply; true if its place must be kept for the reply that may still come. */
  giveUp(pending: Pending<Out, In>): boolean;
}

export function matchingOf<Out, In>(options: Requests<Out, In>, written: Queue<Pending<Out, In>>): Matching<Out, In> {
  if (options.mode === 'by-id') return byId(options);
  return inOrder(written, options.isReply ?? ((): boolean => true), options.mode === 'lock-step' ? 1 : Infinity);
}

function byId<Out, In>({ set, get }: Extract<Requests<Out, In>, { mode: 'by-id' }>): Matching<Out, In> {
  const numbered = new Numbered<Pending<Out, In>>();
  return {
    window: Infinity,
    ordered: false,
    mark(pending) {
      numbered.add(pending);
      return set(pending.message, pending.id);
    },
    match(message) {
      const id = idOf(get(message));
      if (id === undefined) return undefined;
      const pending = numbered.get(id);
      if (pending?.place === 'written') {
        numbered.remove(pending);
        return pending;
      }
      return !pending && /^[1-9]\d*$/.test(id) && Number(id) <= numbered.last ? 'late' : undefined;
    },
    giveUp(pending) {
      numbered.remove(pending);
      return false;
    },
  };
}

/** proto-loader gives a number as a number, or as an object whose string it is, if it is not told otherwise. */
function idOf(id: unknown): string | undefined {
  if (typeof id === 'string' || id === undefined || id === null) return id ?? undefined;
  if (typeof id !== 'number' && typeof id !== 'bigint' && typeof id !== 'object') {
    warnOnce('RXDUPLEX_REQUEST_ID', `requests.get must give a string or a number; it gave ${typeof id}`);
  }
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- such an object has a `toString` of its own
  return String(id);
}

/** The reply to a request that was given up still comes, and must not be taken for that of the next one. */
function inOrder<Out, In>(
  written: Queue<Pending<Out, In>>,
  isReply: (message: In) => boolean,
  window: number,
): Matching<Out, In> {
  return {
    window,
    ordered: true,
    mark: (pending) => pending.message,
    match(message) {
      const oldest = written.first;
      if (!oldest || !isReply(message)) return undefined;
      return oldest;
    },
    giveUp: (pending) => pending.place === 'written',
  };
}
