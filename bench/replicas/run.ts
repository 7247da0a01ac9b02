import { start } from '../child.js';
import type { Child, Ended } from '../child.js';
import { Records } from '../records.js';
import type { AccountNews, News, Order, QueueNews } from './news.js';

/** One process of a replica, from its start to its end, and all that is known of it. */
export class Run implements AsyncDisposable {
  /** Of the replica; its next run has the same one. */
  readonly name: string;
  /** Of the run: no other has it. */
  readonly number: number;
  /** Whom it has heard of what. */
  readonly records: Records = new Records();
  /** What its calls left behind when they died. */
  readonly left: QueueNews[] = [];
  /** The peers that have answered on the calls there are now. */
  readonly hears: Set<string> = new Set<string>();
  account: AccountNews | undefined;
  readonly #onNews: (news: News) => void;
  #child: Child<{ readonly port: number }> | undefined;
  #isToEnd = false;

  constructor(name: string, number: number, onNews: (news: News) => void) {
    this.name = name;
    this.number = number;
    this.#onNews = onNews;
  }

  /** On a port, 0 for any that is free. */
  async start(port: number): Promise<void> {
    this.#child = await start('member', import.meta.url, {
      args: [String(this.number), String(port)],
      file: this.records.file,
      onNews: (news) => {
        this.#hear(news as News);
      },
    });
  }

  get pid(): number {
    return this.#started.pid;
  }

  get port(): number {
    return this.#started.greeting.port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Rejects when it has ended before it was to. */
  get unasked(): Promise<void> {
    return this.#started.ended.then((how) => {
      if (!this.#isToEnd) throw this.#endedWith(how);
    });
  }

  order(order: Order): void {
    this.#started.order(order);
  }

  async kill(): Promise<void> {
    this.#isToEnd = true;
    this.#started.kill('SIGKILL');
    await this.#end('SIGKILL');
  }

  /** Resolves when it has stopped by itself. */
  async stop(): Promise<void> {
    this.#isToEnd = true;
    this.order({ order: 'stop' });
    await this.#end(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isToEnd = true;
    await this.#child?.[Symbol.asyncDispose]();
    this.records[Symbol.dispose]();
  }

  get #started(): Child<{ readonly port: number }> {
    if (!this.#child) throw new Error(`replica ${this.name} was not started`);
    return this.#child;
  }

  async #end(expected: Ended): Promise<void> {
    const how = await this.#started.ended;
    if (how !== expected) throw this.#endedWith(how);
  }

  #endedWith(how: Ended): Error {
    return new Error(`replica ${this.name}, process ${this.pid}, ended with ${how}`);
  }

  #hear(news: News): void {
    if (news.news === 'heard') this.hears.add(news.peer);
    else if (news.news === 'account') this.account = news;
    else if (news.news === 'queue') {
      this.left.push(news);
      this.hears.delete(news.peer);
    }
    this.#onNews(news);
  }
}
