import { Subject, filter, firstValueFrom, startWith, timeout } from 'rxjs';

import type { News } from './news.js';
import { Questions } from './outcome.js';
import { Run } from './run.js';
import { statuses } from './statuses.js';

const patienceMs = 60_000;

/** Replicas in processes of their own, each known by a name that its successors keep. */
export class Troop implements AsyncDisposable {
  /** All runs there have been, in the order of their starts. */
  readonly runs: Run[] = [];
  readonly questions: Questions = new Questions();
  readonly #names: readonly string[];
  readonly #alive = new Map<string, Run>();
  /** Emits when something has been heard, and fails if a process ends unasked. */
  readonly #heard = new Subject<void>();
  readonly #show: ReturnType<typeof statuses>;

  constructor(names: readonly string[], say: (line: string) => void) {
    this.#names = names;
    this.#show = statuses(say);
  }

  /** How many messages all of them have read. */
  get read(): number {
    return this.runs.reduce((sum, { records }) => sum + records.count, 0);
  }

  any(): Run {
    return [...this.#alive.values()][Math.floor(Math.random() * this.#alive.size)] as Run;
  }

  /** Resolves when each has had an answer of every other. */
  async start(): Promise<void> {
    for (const name of this.#names) await this.#run(name);
    for (const run of this.#alive.values()) this.#meet(run);
    await this.#allHear();
  }

  /** Kills one, and resolves when its successor has had an answer of every other, and they of it. */
  async killAndRestart(victim: Run): Promise<void> {
    await victim.kill();
    this.#meet(await this.#run(victim.name, victim.port));
    await this.#allHear();
  }

  /** Lets all of them send what they have, give account and stop. */
  async hush(): Promise<void> {
    const alive = [...this.#alive.values()];
    for (const run of alive) run.order({ order: 'hush' });
    await this.#until('the accounts', () => alive.every(({ account }) => account));
    await Promise.all(alive.map((run) => run.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.runs.map((run) => run[Symbol.asyncDispose]()));
  }

  async #run(name: string, port = 0): Promise<Run> {
    const run = new Run(name, this.runs.length + 1, (news) => {
      this.#hear(name, news);
    });
    this.runs.push(run);
    await run.start(port);
    run.unasked.catch((error: unknown) => {
      this.#heard.error(error);
    });
    this.#alive.set(name, run);
    return run;
  }

  #meet(run: Run): void {
    const others = [...this.#alive.values()].filter((other) => other !== run);
    run.order({ order: 'meet', peers: Object.fromEntries(others.map(({ name, address }) => [name, address])) });
  }

  #hear(name: string, news: News): void {
    if (news.news === 'asked') this.questions.count(news);
    else if (news.news === 'status') this.#show(name, news.peer, news.state);
    this.#heard.next();
  }

  #allHear(): Promise<void> {
    const all = [...this.#alive.values()];
    return this.#until('every link to be answered on', () => all.every(({ hears }) => hears.size === all.length - 1));
  }

  /** It takes so long only if it will never be. */
  async #until(what: string, isSo: () => boolean): Promise<void> {
    const late = (): never => {
      throw new Error(`waited ${patienceMs} ms for ${what}`);
    };
    await firstValueFrom(
      this.#heard.pipe(startWith(undefined), filter(isSo), timeout({ first: patienceMs, with: late })),
    );
  }
}
