import type { Client } from '@grpc/grpc-js';

/** How many users each client has that a function gave: streams for which it is the newest, and calls. */
const users = new WeakMap<Client, number>();
const closed = new WeakSet<Client>();

function use(client: Client): void {
  users.set(client, (users.get(client) ?? 0) + 1);
}

function release(client: Client, closes: boolean): void {
  const left = (users.get(client) ?? 1) - 1;
  users.set(client, left);
  if (left > 0 || !closes) return;
  closed.add(client);
  client.close();
}

/**
 * The clients that a function makes for one stream. It is asked once for each call, or once before, if the stream has to
 * know what kind of client it makes. A client is closed when a later call was given another one, or when the stream is
 * over, and when all calls on it have ended, those of other streams that were given it included.
 */
export class MadeClients<C extends Client> {
  readonly #make: () => C;
  readonly #closes: boolean;
  /** The newest, which may be given again. */
  #newest: C | undefined;
  /** It was made for the sake of its kind, and no call was opened on it yet. */
  #isUnused = false;

  constructor(make: () => C, closes: boolean) {
    this.#make = make;
    this.#closes = closes;
  }

  /** Makes the client of the next call now. */
  peek(): C {
    if (this.#newest && this.#isUnused) return this.#newest;
    this.#isUnused = true;
    return this.#renew();
  }

  /** The client of the next call, which is released when `signal` is aborted. */
  forCall(signal: AbortSignal): C {
    const client = this.#newest && this.#isUnused ? this.#newest : this.#renew();
    this.#isUnused = false;
    use(client);
    signal.addEventListener('abort', () => release(client, this.#closes), { once: true });
    return client;
  }

  /** The stream is over. */
  close(): void {
    const newest = this.#newest;
    this.#newest = undefined;
    if (newest) release(newest, this.#closes);
  }

  #renew(): C {
    const client = this.#make();
    if (closed.has(client)) {
      throw new Error(
        'the function gave a client again that was closed since a call had been given another one: let it make a new ' +
          'one, or set closeClients to false',
      );
    }
    if (client === this.#newest) return client;
    use(client);
    const before = this.#newest;
    this.#newest = client;
    if (before) release(before, this.#closes);
    return client;
  }
}
