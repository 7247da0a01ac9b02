import type { AskedNews, Books } from './news.js';

/** What became of three replicas of which some were killed. */
export interface Outcome {
  /** Read by the three of them, from each other. */
  readonly messagesPerSecond: number;
  readonly kills: number;
  readonly links: readonly LinkOutcome[];
  /** How many messages were queued for those that were killed, in all. */
  readonly queued: number;
  readonly questions: Questions;
  /** What does not hold, and where. */
  readonly broken: readonly string[];
}

/** One direction between two replicas, as the one that sends has it at the end. */
export interface LinkOutcome {
  readonly from: string;
  readonly to: string;
  readonly books: Books;
  readonly balanced: boolean;
  readonly reconnects: number;
}

/** What became of the questions to all peers, two of three being enough. */
export class Questions {
  asked = 0;
  answered = 0;
  /** During which the link to one and the same peer was open from the beginning to the end. */
  owed = 0;
  /** Why some of these were not answered. */
  readonly failures: string[] = [];

  count({ owed, failure }: AskedNews): void {
    this.asked += 1;
    if (failure === undefined) this.answered += 1;
    if (!owed) return;
    this.owed += 1;
    if (failure !== undefined) this.failures.push(failure);
  }
}
