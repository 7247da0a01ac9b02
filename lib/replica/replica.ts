import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Subject, defer, from, last, map, merge, mergeMap, takeUntil } from 'rxjs';
import type { Observable } from 'rxjs';
import { Gate, Gated, RxDuplexError, split } from '../index.js';
import type { Closing, Serving, Tagged } from '../index.js';
import { checkNames, handled } from '../internal.js';
import type { Names } from '../internal.js';
import { gather } from './ask.js';
import type { Answers } from './ask.js';
import type { EventOf, PeerStatus, ReplicaEvent, Undelivered } from './events.js';
import { Link } from './link.js';
import type { Peer } from './link.js';
import { checkReplica } from './options.js';
import type { AskOptions, Closable, ReplicaOptions, StartOptions, StopOptions } from './options.js';

/**
 * One of several processes that talk to each other: it serves its peers, and keeps a stream to each of them, with a send
 * buffer of its own. What a peer answers is an event of its type and source. A peer that cannot be reached costs the
 * others nothing: what its buffer cannot hold is refused or dropped, and told.
 */
export class Replica<C extends Closable, Out, In, const E extends Tagged> {
  /** What all peers say. A reader that holds its gate slows all of them. */
  readonly events$: Gated<ReplicaEvent<E>>;
  /** How it stands with the link to each peer, now and from now on; a peer that is removed ends with `closed`. */
  readonly status$: Observable<PeerStatus>;
  /** Every message that did not reach its peer; `warnings` makes of it what a log can bear. */
  readonly dropped$: Observable<Undelivered<Out>>;
  /** What all peers say of one type. */
  readonly on: <T extends E[0]>(type: T) => Gated<EventOf<E, T>>;

  readonly #options: ReplicaOptions<C, Out, In, E>;
  readonly #links = new Map<string, Link<C, Out, In, E>>();
  readonly #added = new Subject<Peer<Out, In, E>>();
  readonly #events = new Subject<ReplicaEvent<E>>();
  readonly #gate = new Gate();
  #server: Server | undefined;
  #serving: Serving | undefined;
  /** It answers its peers, and keeps a stream to each. */
  #running = false;
  #stopped: Promise<void> | undefined;

  constructor(options: ReplicaOptions<C, Out, In, E>) {
    checkReplica(options);
    this.#options = options;
    const { typeOf = nameOfFirst } = options;
    this.events$ = new Gated(this.#gate, (subscriber) => this.#events.subscribe(subscriber));
    const all$ = defer(() => merge(from([...this.#links.values()]), this.#added));
    this.status$ = all$.pipe(
      mergeMap(({ name, remote }) => remote.status$.pipe(map((status) => ({ peer: name, status })))),
    );
    this.dropped$ = all$.pipe(
      mergeMap(({ name, remote }) =>
        remote.dropped$.pipe(
          map((dropped) => ({ ...dropped, peer: name, type: typeOf(dropped.message) })),
          takeUntil(remote.status$.pipe(last())),
        ),
      ),
    );
    this.on = split(this.events$, (event) => [event.type, event]).on as typeof this.on;
  }

  /** The links there are, by the names of their peers. */
  get peers(): ReadonlyMap<string, Peer<Out, In, E>> {
    return this.#links;
  }

  /** The books of what peers asked, once started. */
  get serving(): Serving | undefined {
    return this.#serving;
  }

  /**
   * Binds and answers its peers, and opens a stream to each; resolves with the port. Rejects if it cannot bind, and may
   * then be tried again. Nobody has to await it.
   */
  start(options: StartOptions = {}): Promise<number> {
    checkNames('start', options, { address: true, credentials: true } satisfies Names<StartOptions>);
    return handled(this.#start(options));
  }

  /** Knows another peer from now on; keeps a stream to it, once started. */
  add(name: string, address: string): Peer<Out, In, E> {
    this.#refuseStopped();
    if (name === '' || this.#links.has(name)) throw badPeer(name);
    const link = new Link(name, address, this.#options, this.#gate, this.#events);
    this.#links.set(name, link);
    this.#added.next(link);
    if (this.#running) link.keep();
    return link;
  }

  /**
   * Forgets a peer, after what is queued for it has been sent, if that takes no longer than `drainMs`. Nobody has to
   * await it.
   */
  remove(name: string, options: Pick<StopOptions, 'drainMs'> = {}): Promise<Closing> {
    checkNames('remove', options, { drainMs: true } satisfies Names<Pick<StopOptions, 'drainMs'>>);
    const { drainMs } = options;
    const link = this.#links.get(name);
    if (!link) throw new RxDuplexError('BAD_OPTION', `name must be that of a peer; got ${JSON.stringify(name)}`);
    this.#links.delete(name);
    return handled(link.end(drainMs));
  }

  /** Offers a message to one peer. True if its buffer has taken it. */
  send(peer: string, message: Out): boolean {
    const link = this.#links.get(peer);
    if (!link) throw new RxDuplexError('BAD_OPTION', `peer must be the name of one; got ${JSON.stringify(peer)}`);
    return link.remote.next(message);
  }

  /** Offers a message to every peer; returns the names of those whose buffers have not taken it. */
  broadcast(message: Out): readonly string[] {
    return [...this.#links.values()].filter(({ remote }) => !remote.next(message)).map(({ name }) => name);
  }

  /**
   * Asks every peer, and settles when enough have answered; the asker counts as one. Tells who has, and who has not.
   * Rejects with a `QuorumError` as soon as too few can. Nobody has to await it.
   */
  ask(message: Out, asking: AskOptions = {}): Promise<Answers<In>> {
    checkNames('ask', asking, { quorum: true, timeoutMs: true, signal: true } satisfies Names<AskOptions>);
    const { quorum, timeoutMs, signal } = asking;
    const all = this.#links.size + 1;
    const needed = quorum ?? Math.floor(all / 2) + 1;
    if (!Number.isSafeInteger(needed) || needed < 1 || needed > all) {
      throw new RxDuplexError(
        'BAD_OPTION',
        `quorum must be a whole number from 1 to ${String(all)}; got ${String(quorum)}`,
      );
    }
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const requests = [...this.#links].map(
      ([name, { remote }]) => [name, defer(() => remote.request(message, options))] as const,
    );
    return handled(gather(new Map(requests), needed, signal));
  }

  /** Closes all links, lets the handlers end, and frees the port. A second stop joins the first. */
  stop(options: StopOptions = {}): Promise<void> {
    checkNames('stop', options, { drainMs: true, graceMs: true } satisfies Names<StopOptions>);
    return (this.#stopped ??= handled(this.#stop(options)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start({
    address = '127.0.0.1:0',
    credentials = ServerCredentials.createInsecure(),
  }: StartOptions): Promise<number> {
    this.#refuseStopped();
    if (this.#server) throw new RxDuplexError('CLOSED', 'the replica was started before');
    const server = (this.#server = new Server());
    try {
      this.#serving = this.#options.serve(server);
      const port = await bound(server, address, credentials);
      this.#refuseStopped();
      // A peer that is added from now on is connected to by `add`.
      this.#running = true;
      for (const link of this.#links.values()) link.keep();
      return port;
    } catch (error) {
      server.forceShutdown();
      this.#server = this.#serving = undefined;
      throw error;
    }
  }

  /** It may have been stopped while something was awaited. */
  #refuseStopped(): void {
    if (this.#stopped) throw new RxDuplexError('CLOSED', 'the replica was stopped');
  }

  async #stop({ drainMs, graceMs = 5_000 }: StopOptions): Promise<void> {
    const links = [...this.#links.values()];
    this.#links.clear();
    await Promise.all([...links.map((link) => link.end(drainMs)), this.#serving?.drain({ graceMs })]);
    if (this.#server) await shutdown(this.#server, graceMs);
    this.#added.complete();
    this.#events.complete();
  }
}

function bound(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** Waits for the calls that are not ours, as long as for ours. */
function shutdown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      server.forceShutdown();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

const badPeer = (name: string): RxDuplexError =>
  new RxDuplexError(
    'BAD_OPTION',
    `name must be one that no other peer has, and not empty; got ${JSON.stringify(name)}`,
  );

function nameOfFirst(message: unknown): string {
  const fields = Object.entries((message ?? {}) as Record<string, unknown>);
  return fields.find(([, value]) => typeof value === 'object' && value !== null)?.[0] ?? 'message';
}
