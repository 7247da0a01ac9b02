import { start } from '../../../bench/child.js';
import type { Child } from '../../../bench/child.js';
import type { Shape } from './plan.js';
import type { Ports } from './server.js';
import { within } from './within.js';

/** Clients in a process of their own, which is killed. */
export class Killed implements AsyncDisposable {
  readonly #child: Child<object>;
  readonly #begun: Promise<unknown>;

  static async start(shape: Shape): Promise<Killed> {
    let begun: (news: unknown) => void = () => undefined;
    const all = new Promise((resolve) => (begun = resolve));
    const child = await start<object>('../children/calling', import.meta.url, { args: [shape], onNews: begun });
    return new Killed(child, all);
  }

  private constructor(child: Child<object>, begun: Promise<unknown>) {
    this.#child = child;
    this.#begun = begun;
  }

  /** Makes all calls; resolves when each is in its middle. */
  async call(ports: Ports): Promise<void> {
    this.#child.order(ports);
    await within('the calls of the client process', this.#begun);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}
