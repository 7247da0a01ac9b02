import { Subscription } from 'rxjs';
import type { Subject } from 'rxjs';
import { Remote } from '../index.js';
import type { Closing, Gate, Gated, Requests, Tagged } from '../index.js';
import type { ReplicaEvent } from './events.js';
import { ofLink } from './options.js';
import type { Closable, ReplicaOptions } from './options.js';

type LinkEvent<E extends Tagged> = readonly ['event', ReplicaEvent<E>];

/** One peer, and the link to it. */
export interface Peer<Out, In, E extends Tagged> {
  readonly name: string;
  readonly address: string;
  readonly remote: Remote<Out, In, LinkEvent<E>, Requests<Out, In>>;
  /** What this peer says. */
  readonly events$: Gated<ReplicaEvent<E>>;
}

/** A link, and what has to be ended with it. */
export class Link<C extends Closable, Out, In, E extends Tagged> implements Peer<Out, In, E> {
  readonly name: string;
  readonly address: string;
  readonly remote: Peer<Out, In, E>['remote'];
  readonly events$: Gated<ReplicaEvent<E>>;
  readonly #client: C;
  readonly #everybody: Subject<ReplicaEvent<E>>;
  readonly #kept = new Subscription();

  constructor(
    name: string,
    address: string,
    options: ReplicaOptions<C, Out, In, E>,
    gate: Gate,
    everybody: Subject<ReplicaEvent<E>>,
  ) {
    const { client, open, events, requests } = options;
    this.name = name;
    this.address = address;
    this.#client = client(address);
    this.#everybody = everybody;
    this.remote = new Remote<Out, In, LinkEvent<E>, Requests<Out, In>>(open(this.#client), {
      ...ofLink(options),
      requests,
      events: (message) => {
        const event = events(message);
        return event && ['event', { type: event[0], source: name, value: event[1] } as ReplicaEvent<E>];
      },
    });
    this.events$ = this.remote.on('event');
    this.#kept.add(this.remote.gate.follow(gate));
  }

  /** What is listened to stays connected. */
  keep(): void {
    this.#kept.add(
      this.events$.subscribe({
        next: (event) => {
          this.#everybody.next(event);
        },
        // Its status tells why.
        error: () => undefined,
      }),
    );
  }

  async end(drainMs = 5_000): Promise<Closing> {
    const closing = await this.remote.close({ drainMs });
    this.#kept.unsubscribe();
    this.#client.close();
    return closing;
  }
}
