import type { Outgoing, Requests } from 'rxduplex';

import { Gate } from '../../lib/gate.js';
import { Requester } from '../../lib/request/requester.js';
import { seen } from './marbles.js';
import type { Seen } from './marbles.js';

export interface Ask {
  readonly id?: string;
  readonly body: string;
}

export interface Answer {
  readonly id?: string;
  /** The body of the request that is answered; none, if the message is no reply. */
  readonly to?: string;
}

export type Mode = Requests<Ask, Answer>['mode'];

export const modes: Readonly<Record<Mode, Requests<Ask, Answer>>> = {
  'by-id': {
    mode: 'by-id',
    set: (ask: Ask, id: string): Ask => ({ ...ask, id }),
    get: ({ id }: Answer): string | undefined => id,
  },
  'in-order': { mode: 'in-order', isReply: ({ to }: Answer): boolean => to !== undefined },
  'lock-step': { mode: 'lock-step', isReply: ({ to }: Answer): boolean => to !== undefined },
};

/** Requests over an `Outgoing` whose calls are driven by hand. */
export class Exchange {
  readonly outgoing: Outgoing<Ask>;
  readonly requester: Requester<Ask, Answer>;
  /** How many were pending when that changed from none or to none. */
  readonly changes: number[] = [];
  readonly gate: Gate = new Gate();
  /** Why the call was to be restarted, each time. */
  readonly restarts: string[] = [];
  /** What the live call has taken and the peer has not answered. */
  unanswered: Ask[] = [];
  #lease: ReturnType<Outgoing<Ask>['lease']> | undefined;

  constructor(outgoing: Outgoing<Ask>, requests: Requests<Ask, Answer>) {
    this.outgoing = outgoing;
    this.requester = new Requester(outgoing, requests, {
      gate: this.gate,
      changed: () => this.changes.push(this.requester.pending),
      restart: (cause) => this.restarts.push(cause.message),
    });
  }

  ask(body: string, options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Seen<Answer> {
    return seen(this.requester.request({ body }, { timeoutMs: Infinity, ...options }));
  }

  get isOpen(): boolean {
    return this.#lease !== undefined;
  }

  /** Opens a call, which takes nothing by itself. */
  open(): void {
    this.#lease = this.outgoing.lease({ wake: () => undefined, fail: () => undefined });
  }

  /** The call takes up to so many messages. */
  take(count: number = Infinity): readonly Ask[] {
    const taken: Ask[] = [];
    while (taken.length < count) {
      const entry = this.#lease?.take();
      if (!entry) break;
      taken.push(entry.message);
    }
    this.unanswered.push(...taken);
    return taken;
  }

  flush(count: number = 1): void {
    for (let i = 0; i < count; i += 1) this.#lease?.flushed();
  }

  /** The peer answers the oldest of its requests, or the one at `index`. */
  answer(index: number = 0): boolean {
    const [ask] = this.unanswered.splice(index, 1);
    if (!ask) throw new Error('there is nothing to answer');
    return this.requester.claim(replyTo(ask));
  }

  die(cause?: unknown): void {
    this.#lease?.release(cause);
    this.#lease = undefined;
    this.unanswered = [];
    this.requester.connectionLost(cause);
  }
}

export const replyTo = ({ id, body }: Ask): Answer => ({ ...(id !== undefined && { id }), to: body });
