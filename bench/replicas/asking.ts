import type { Answers } from 'rxduplex/replica';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import type { Observable } from 'rxjs';
import type { PeerStatus } from 'rxduplex/replica';

import type { AskedNews } from './news.js';

const restMs = 20;

interface Asker {
  readonly status$: Observable<PeerStatus>;
  ask(message: PeerRequest, options: { readonly quorum: number }): Promise<Answers<PeerReply__Output>>;
}

/** Asks all peers one question after the other, two of three being enough, and tells what became of each. */
export class Asking {
  /** How many questions there have been. */
  asked = 0;
  /** Whether there is one that has not been answered. */
  pending = false;
  readonly #replica: Asker;
  readonly #tell: (news: AskedNews) => void;
  /** What stands here for a peer changes with its status. */
  readonly #open = new Map<string, PeerStatus>();
  #stopped = false;
  #done: Promise<void> | undefined;

  constructor(replica: Asker, tell: (news: AskedNews) => void) {
    this.#replica = replica;
    this.#tell = tell;
    replica.status$.subscribe((status) => {
      if (status.status.state === 'open') this.#open.set(status.peer, status);
      else this.#open.delete(status.peer);
    });
  }

  start(): void {
    this.#done ??= this.#askOn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #askOn(): Promise<void> {
    while (!this.#stopped) {
      this.#tell(await this.#ask());
      await sleep(restMs);
    }
  }

  async #ask(): Promise<AskedNews> {
    const before = [...this.#open.values()];
    this.asked += 1;
    this.pending = true;
    let failure: string | undefined;
    try {
      await this.#replica.ask({ vote: { term: this.asked } }, { quorum: 2 });
    } catch (error) {
      failure = String(error);
    }
    this.pending = false;
    const owed = before.some((status) => this.#open.get(status.peer) === status);
    return { news: 'asked', owed, ...(failure !== undefined && { failure }) };
  }
}
