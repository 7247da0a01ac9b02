import type { CallContext } from 'rxduplex';
import { count, map, pipe, tap } from 'rxjs';
import type { MonoTypeOperatorFunction, OperatorFunction } from 'rxjs';

import type { Answer, Ask__Output } from '../generated/kinds.js';
import { kinds } from '../kinds.js';
import type { Kind } from '../kinds.js';
import { clients, isCut, messageBytes, oneBytes, rows, upTo } from './plan.js';
import type { Client } from './plan.js';

/** What handlers themselves have counted. */
export interface Count {
  begun: number;
  /** Calls whose signal was aborted. */
  aborted: number;
  /** What was begun that has an end of its own, and how much of it has come to that end. */
  opened: number;
  left: number;
  /** Requests of streams that were seen, and answers that were made. */
  taken: number;
  given: number;
}

export type Counts = Readonly<Record<`${Kind} ${Client}`, Count>>;

export const nothing = (): Count => ({ begun: 0, aborted: 0, opened: 0, left: 0, taken: 0, given: 0 });

const payload = Buffer.alloc(messageBytes);
const onePayload = Buffer.alloc(oneBytes);

export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Counts what the handlers of a server do, by the kind of call and the client that has made it. */
export class Tally {
  readonly counts: Counts = Object.fromEntries(
    kinds.flatMap((kind) => clients.map((client) => [`${kind} ${client}`, nothing()])),
  ) as unknown as Counts;

  /** What each handler does first: its client is told so by the initial metadata. */
  begin(kind: Kind, context: CallContext): Note {
    const count = this.#countOf(kind, context);
    count.begun += 1;
    context.signal.addEventListener('abort', () => (count.aborted += 1));
    context.initialMetadata.set('begun', 'yes');
    return this.note(kind, context);
  }

  /** For a part of what a handler does. */
  note(kind: Kind, call: Pick<CallContext, 'metadata' | 'signal'>): Note {
    return new Note(this.#countOf(kind, call), call.signal, isCut(clientOf(call)));
  }

  #countOf(kind: Kind, call: Pick<CallContext, 'metadata'>): Count {
    return this.counts[`${kind} ${clientOf(call)}`];
  }
}

const clientOf = ({ metadata }: Pick<CallContext, 'metadata'>): Client => metadata.get('client')[0] as Client;

/** One call, as its handler sees it. */
export class Note {
  readonly #count: Count;
  readonly #signal: AbortSignal;
  readonly #isCut: boolean;

  constructor(count: Count, signal: AbortSignal, isCut: boolean) {
    this.#count = count;
    this.#signal = signal;
    this.#isCut = isCut;
  }

  /** Counts a request. */
  take(ask: Ask__Output): Ask__Output {
    this.#count.taken += 1;
    return ask;
  }

  /** One answer of many. */
  each(id: number): Answer {
    this.#count.given += 1;
    return { id, payload };
  }

  /** The only answer. */
  one(id: number): Answer {
    this.#count.given += 1;
    return { id, payload: onePayload };
  }

  rows(): Answer[] {
    return upTo(rows).map((id) => this.each(id));
  }

  /** Something has begun; what is given back is called when it has come to its end, or was left. */
  open(): () => void {
    this.#count.opened += 1;
    return () => (this.#count.left += 1);
  }

  /** Takes its time, as a query would; for a client that is cut off it takes until then, and fails as `fetch` does. */
  async work(): Promise<void> {
    const over = this.open();
    try {
      await tick();
      if (this.#isCut) await aborted(this.#signal);
    } finally {
      over();
    }
  }

  /** Watches that a stream that was subscribed to is left. */
  watched<T>(): MonoTypeOperatorFunction<T> {
    let over: () => void = () => undefined;
    return tap<T>({ subscribe: () => (over = this.open()), finalize: () => over() });
  }

  /** Answers each request. */
  answered(): OperatorFunction<Ask__Output, Answer> {
    return map((ask) => this.each(this.take(ask).id));
  }

  /** Answers all requests with their number. */
  counted(): OperatorFunction<unknown, Answer> {
    return pipe(
      count(),
      map((total) => this.one(total)),
    );
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}
