import type { Closing, Remote, Requests, Tagged } from 'rxduplex';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';

import { numberOf, requests } from '../messages.js';
import type { Asking } from './asking.js';
import type { Account, News } from './news.js';

/** What a talk needs of a peer. */
interface Listener {
  readonly name: string;
  readonly remote: Remote<PeerRequest, PeerReply__Output, Tagged, Requests<PeerRequest, PeerReply__Output>>;
}

/** Offers numbered messages to a peer as its buffer takes them, and counts for itself what becomes of them. */
export class Talk {
  readonly peer: Listener;
  readonly #asking: Asking;
  readonly #tell: (news: News) => void;
  readonly #told: Record<string, number> = {};
  readonly #feeding: Promise<unknown>;
  #numbered = 0;
  #replies = 0;
  #lastLost = 0;
  /** The reply to a message beyond this number proves the call there is now. */
  #proof = 0;
  #isProven = false;
  #wasOpen = false;
  #hushed = false;

  constructor(peer: Listener, asking: Asking, tell: (news: News) => void) {
    this.peer = peer;
    this.#asking = asking;
    this.#tell = tell;
    const { name, remote } = peer;
    remote.status$.subscribe(({ state }) => {
      if (state === 'open') this.#wasOpen = true;
      else if (state === 'connecting' && this.#wasOpen) this.#leftBehind();
      tell({ news: 'status', peer: name, state });
    });
    remote.dropped$.subscribe(({ message, outcome }) => {
      this.#told[outcome] = (this.#told[outcome] ?? 0) + 1;
      if (outcome === 'lost' && message.id === 0) this.#lastLost = numberOf(message);
    });
    remote.messages$.subscribe((reply) => {
      this.#replies += 1;
      if (this.#isProven || reply.id !== '0' || numberOf(reply) <= this.#proof) return;
      this.#isProven = true;
      tell({ news: 'heard', peer: name });
    });
    this.#feeding = remote.feed(this.#messages());
  }

  /** Settles when no more will be offered. */
  async hush(): Promise<void> {
    this.#hushed = true;
    await this.#feeding;
  }

  account({ confirmed }: Closing): Account {
    const { outbound, inbound, connections } = this.peer.remote.stats();
    return {
      peer: this.peer.name,
      books: { outbound, inbound },
      connections,
      confirmed,
      numbered: this.#numbered,
      asked: this.#asking.asked,
      told: this.#told,
      replies: this.#replies,
    };
  }

  *#messages(): Generator<PeerRequest, void, undefined> {
    for (const message of requests(Infinity)) {
      if (this.#hushed) return;
      this.#numbered += 1;
      yield { ...message, id: 0 };
    }
  }

  /**
   * The call is over, and no other has begun. A question may be queued among the messages, or wait behind them: where
   * it cannot be told, it is taken for queued, and one message less for certain.
   */
  #leftBehind(): void {
    this.#wasOpen = false;
    const { outbound, inbound } = this.peer.remote.stats();
    const questions = this.#asking.pending ? 1 : 0;
    const waiting = outbound.waiting > questions ? 1 : 0;
    const to = this.#numbered - waiting;
    this.#proof = this.#numbered;
    this.#isProven = false;
    this.#tell({
      news: 'queue',
      peer: this.peer.name,
      from: to - (outbound.queued - questions) + 1,
      to,
      lastLost: this.#lastLost,
      books: { outbound, inbound },
    });
  }
}
