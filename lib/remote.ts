import type { ClientDuplexStream } from '@grpc/grpc-js';
import { NEVER, ReplaySubject, Subject, Subscription, filter, finalize, from } from 'rxjs';
import type { Observer, Unsubscribable, Observable } from 'rxjs';
import { onAbort, signalOf } from './abort.js';
import type { Abortable } from './abort.js';
import { duplex } from './duplex/duplex.js';
import type { Open } from './duplex/open.js';
import { reconnect } from './duplex/reconnect.js';
import type { ReconnectPolicy } from './duplex/reconnect.js';
import { transient } from './duplex/transient.js';
import { RxDuplexError } from './errors.js';
import { Gate, Gated } from './gate.js';
import { Router } from './inbound/router.js';
import type { Invalid } from './inbound/router.js';
import type { EventMap, Tagged } from './inbound/select.js';
import { Listeners } from './listeners.js';
import { checkNames } from './names.js';
import type { Names } from './names.js';
import { badOption, callable, milliseconds } from './options.js';
import type { Dropped } from './outgoing/entry.js';
import type { FeedReport } from './outgoing/feed.js';
import { Outgoing } from './outgoing/outgoing.js';
import type { MessageSource } from './outgoing/source.js';
import { handled } from './promises.js';
import { checkRemote, sized, warnOfEvents } from './remote-options.js';
import type { RemoteOptions } from './remote-options.js';
import { checkRequests } from './request/options.js';
import type { RequestOptions, Requests } from './request/options.js';
import { Requester } from './request/requester.js';
import type { Inbound, OutboundStats } from './stats.js';
import { mayFollow } from './status.js';
import type { Status } from './status.js';

/** The whole life of a `Remote` in its books, and whether its end was confirmed. */
export interface Closing {
  readonly sent: number;
  readonly lost: number;
  readonly undelivered: number;
  /** The half-close was answered with OK, after everything queued had been sent and nothing of it was lost. */
  readonly confirmed: boolean;
}

export interface CloseOptions {
  /** How long to wait for the peer to end the call. Default 5,000 ms: shorter than the patience of what supervises processes. */
  readonly drainMs?: number;
}

export interface RemoteStats {
  readonly outbound: OutboundStats;
  readonly inbound: Readonly<Inbound>;
  /** Replies that came for a request that had been given up, or had been answered. */
  readonly lateReplies: number;
  /** Calls that have been open. */
  readonly connections: number;
}

/** What was not given is inferred as what might have been. */
type RequestOf<Out, In, R> = undefined extends R ? unknown : (message: Out, options?: RequestOptions) => Observable<In>;

/**
 * A peer at the other end of a duplex stream: a send buffer that outlives its calls, a call that is opened again when
 * it dies, and what comes back split by type of event.
 *
 * Connected while it has a reason: a subscriber of `on`, `messages$`, `unrouted$` or `invalid$`, a pending request, a
 * message to send, or `connect`. Messages wait in the buffer while there is no call; what is in flight when a call
 * dies is lost, counted, told on `dropped$`, and never sent twice. Closed is final.
 */
export class Remote<
  Out,
  In,
  const E extends Tagged,
  const R extends Requests<Out, In> | undefined = Requests<Out, In> | undefined,
> implements Observer<Out> {
  /** Replays the present status, `closed` too, completes after that, never fails, and never emits inside `next`. */
  readonly status$: Observable<Status>;
  /**
   * Every message that was refused, dropped, lost, withdrawn or left over, with the reason. It never completes: a closed
   * `Remote` still refuses messages.
   */
  readonly dropped$: Observable<Dropped<Out>>;
  /** Emits when the buffer has been full, or has refused a message, and is at most half full again. */
  readonly ready$: Observable<void>;
  /** Every message that comes, whatever becomes of it further on. */
  readonly messages$: Gated<In>;
  /** Messages that nobody was given: of no type, or of a type that nobody listens to now. */
  readonly unrouted$: Gated<In>;
  /** Messages that could not be read: `events`, or a function of `requests`, threw. */
  readonly invalid$: Gated<Invalid<In>>;
  /** While it is held nothing is read, of any type, and the peer is slowed: for readers that are no streams. */
  readonly gate: Gate = new Gate();
  /**
   * Sends a request when subscribed; gives its one reply and completes. A `close` and an abort by its own signal are
   * errors to whoever has an error function, and nothing to a `subscribe` without one.
   */
  readonly request: RequestOf<Out, In, R>;

  readonly #policy: ReconnectPolicy;
  /** No more calls are opened. */
  readonly #closeOpen: (() => void) | undefined;
  readonly #call$: Observable<In>;
  readonly #idleMs: number;
  readonly #outgoing: Outgoing<Out>;
  readonly #requester: Requester<Out, In> | undefined;
  readonly #router: Router<In, E, Gate>;
  readonly #messages = new Listeners<In>();
  readonly #statuses = new ReplaySubject<Status>(1);
  #status: Status = { state: 'idle' };
  readonly #restart = new Subject<void>();
  readonly #finish = new Subject<void>();
  #session: Subscription | undefined;
  /** A call exists, open or not. */
  #live = false;
  #connections = 0;
  #holds = 0;
  #idle: NodeJS.Timeout | undefined;
  #scheduled = false;
  #watching: Subscription | undefined;
  #lastCause: unknown;
  #closing: Promise<Closing> | undefined;
  #drained: ((ok: boolean) => void) | undefined;

  constructor(open: Open<Out, In>, options: RemoteOptions<Out, In, E, R>) {
    callable('open', open);
    checkRemote(options);
    warnOfEvents(open, options.events);
    const { events, outgoing = {}, reconnect: policy = {}, requests, openTimeoutMs } = options;
    this.#idleMs = milliseconds('idleMs', options.idleMs ?? 30_000);
    this.#closeOpen = open.close;
    this.#outgoing = new Outgoing(sized(open, outgoing));
    this.#call$ = duplex(this.#watched(open), this.#outgoing, {
      ...(openTimeoutMs !== undefined && { openTimeoutMs }),
      coalesce: options.coalesce ?? {},
      gate: this.gate,
      onOpen: (peer) => {
        this.#connections += 1;
        this.#move({ state: 'open', connection: this.#connections, peer });
      },
    }).pipe(finalize(() => this.#callOver()));
    this.#router = new Router(this.gate, events, () => this.#listened());
    if (requests) checkRequests<Out, In>(requests);
    this.#requester =
      requests &&
      new Requester<Out, In>(this.#outgoing, requests, {
        gate: this.gate,
        changed: () => this.#look(),
        restart: (cause) => {
          if (this.#ending) return;
          this.#lastCause = cause;
          this.#restart.next();
        },
      });
    this.#policy = {
      ...policy,
      renew: from(policy.renew ?? NEVER).pipe(filter(() => !this.#ending)),
      retryable: (error, failure) => !this.#ending && (policy.retryable ?? transient)(error, failure),
      onComplete: () => (this.#ending ? 'complete' : 'reopen'),
      onRetry: ({ cause, ...retry }) => {
        this.#lastCause = cause;
        this.#move({ state: 'reconnecting', ...retry, ...(cause !== undefined && { cause }) });
      },
      restart: this.#restart,
      finish: this.#finish,
    };
    reconnect(this.#policy);

    this.#statuses.next(this.#status);
    this.status$ = this.#statuses.asObservable();
    this.dropped$ = this.#outgoing.dropped$;
    this.ready$ = this.#outgoing.ready$;
    this.unrouted$ = this.#router.unrouted$;
    this.invalid$ = this.#router.invalid$;
    this.messages$ = new Gated(this.gate, (subscriber) => {
      subscriber.add(this.#hold());
      this.#messages.add(subscriber);
    });
    this.request = (message: Out, requestOptions?: RequestOptions) => {
      if (this.#requester) return this.#requester.request(message, requestOptions);
      throw badOption('requests', 'given, for request to be used', requests);
    };
    this.#watch();
    this.#outgoing.closing$.subscribe({ complete: () => this.#look() });
  }

  /** The values of one type of event; the stream exists before the first connection, and outlives all of them. */
  on<T extends E[0]>(type: T): Gated<EventMap<E>[T]> {
    return this.#router.on(type);
  }

  /**
   * Offers a message. True if the buffer has taken it. False if it was refused; if that was for want of room, `ready$`
   * emits when there is room again.
   */
  next(message: Out): boolean {
    return this.#outgoing.next(message);
  }

  /** Whether the buffer has no room for another message now. */
  get full(): boolean {
    return this.#outgoing.full;
  }

  /** Takes no more, sends what is queued, half-closes, and is closed when the peer has ended the call. */
  complete(): void {
    this.#outgoing.complete();
  }

  /** Cancels the call and is closed: what is queued is undelivered, and `error` is what everybody is told. */
  error(error: unknown): void {
    this.#end({ state: 'closed', reason: 'failed', error });
  }

  /** Resolves when the buffer has taken the message: see `Outgoing.send`. Nobody has to await it. */
  send(message: Out, options?: Abortable): Promise<void> {
    return this.#outgoing.send(message, options);
  }

  /** Sends what `source` gives, and does not close after it: see `Outgoing.feed`. Nobody has to await it. */
  feed(source: MessageSource<Out>, options?: Abortable): Promise<FeedReport> {
    return this.#outgoing.feed(source, options);
  }

  /**
   * Stays connected until `close`. Resolves with true when a call is open, and with false if `close` or `complete` comes
   * first. Rejects when no call will ever be open, with the reason; when its signal is aborted, with that reason, and is
   * no more cause to stay connected then; and with `CLOSED` if the `Remote` is closed already. Nobody has to await it.
   */
  connect(options: Abortable = {}): Promise<boolean> {
    const signal = signalOf('connect', options);
    const status = this.#status;
    if (signal?.aborted) return handled(Promise.reject(signal.reason as Error));
    if (status.state === 'closed') return handled(Promise.reject(closedBy(status)));
    const release = this.#hold();
    const connected = new Promise<boolean>((resolve, reject) => {
      const waiting = new Subscription();
      if (signal) {
        waiting.add(
          onAbort(signal, () => {
            waiting.unsubscribe();
            release();
            reject(signal.reason as Error);
          }),
        );
      }
      waiting.add(
        this.#statuses.subscribe((status) => {
          if (status.state === 'open') resolve(true);
          else if (status.state !== 'closed') return;
          else if (status.reason === 'failed') reject(closedBy(status));
          else resolve(false);
          waiting.unsubscribe();
        }),
      );
    });
    return handled(connected);
  }

  /**
   * Cancels the call, if there is one, and opens the next at once; what is in flight is lost. A server may still read the
   * rest of the old call while it begins the new one: order holds call by call.
   */
  reconnect(): void {
    if (!this.#ending) this.#restart.next();
  }

  /**
   * Takes no more, sends what is queued on the call there is, half-closes and waits for the peer to end the call;
   * cancels it after `drainMs` (default 5,000), so that it settles whatever the peer does, unless that is `Infinity`.
   * Opens no call. A second close joins the first. The end of a call cannot be seen past a held gate: a reader has
   * `drainMs` to let go of it, and what it does not take by then is lost.
   */
  close(options: CloseOptions = {}): Promise<Closing> {
    checkNames('close', options, { drainMs: true } satisfies Names<CloseOptions>);
    const { drainMs = 5_000 } = options;
    milliseconds('drainMs', drainMs);
    let settle: (closing: Promise<Closing>) => void = () => undefined;
    if (!this.#closing) {
      // Whoever is told of the end while it is being made may ask for it again, and joins this one.
      this.#closing = new Promise((resolve) => (settle = resolve));
      settle(this.#close(drainMs));
    }
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The books. */
  stats(): RemoteStats {
    return {
      outbound: this.#outgoing.stats(),
      inbound: this.#router.stats(),
      lateReplies: this.#requester?.late ?? 0,
      connections: this.#connections,
    };
  }

  get #closed(): boolean {
    return this.#status.state === 'closed';
  }

  /** Closing, or everything was sent and nothing more will come: no further call is worth opening. */
  get #ending(): boolean {
    return this.#closing !== undefined || this.#outgoing.finished;
  }

  get #needed(): boolean {
    return this.#holds > 0 || this.#outgoing.busy || (this.#requester?.pending ?? 0) > 0;
  }

  #hold(): () => void {
    let held = true;
    this.#holds += 1;
    clearTimeout(this.#idle);
    this.#look();
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      this.#look();
    };
  }

  #listened(): Unsubscribable {
    const status = this.#status;
    if (status.state !== 'closed') return { unsubscribe: this.#hold() };
    this.#endStreams(status);
    return { unsubscribe: () => undefined };
  }

  /** Looks at what there is to do, soon: whoever gave the occasion may be a producer inside `next`. */
  #look(): void {
    // While somebody listens to a running session nothing but an end changes what there is to do.
    if (this.#scheduled || (this.#session && this.#holds > 0 && !this.#outgoing.closed)) return;
    this.#scheduled = true;
    void Promise.resolve().then(() => {
      this.#scheduled = false;
      if (!this.#closed && !this.#closing) this.#act();
      this.#watch();
    });
  }

  /** Whether there is something to send matters only while nobody listens; it changes with every lone message. */
  #watch(): void {
    const matters = !this.#session || this.#holds === 0;
    if (matters) this.#watching ??= this.#outgoing.busy$.subscribe(() => this.#look());
    else {
      this.#watching?.unsubscribe();
      this.#watching = undefined;
    }
  }

  #act(): void {
    const { failure, finished } = this.#outgoing;
    clearTimeout(this.#idle);
    if (failure) this.error(failure.error);
    else if (finished && !this.#live) this.#end({ state: 'closed', reason: 'completed' });
    else if (this.#needed) this.#start();
    else if (this.#session && this.#idleMs !== Infinity) {
      this.#idle = setTimeout(() => {
        this.#finish.next();
      }, this.#idleMs);
    }
  }

  #start(): void {
    if (this.#session) return;
    const session = this.#call$.pipe(reconnect(this.#policy)).subscribe({
      next: (message) => {
        this.#receive(message);
      },
      error: (error: unknown) => {
        this.#sessionFailed(error);
      },
      complete: () => {
        this.#sessionCompleted();
      },
    });
    this.#session = session.closed ? undefined : session;
  }

  #watched(open: Open<Out, In>): Open<Out, In> {
    const watched: Open<Out, In> = (context) => {
      const made = (call: ClientDuplexStream<Out, In>): ClientDuplexStream<Out, In> => {
        // A call that comes when it is no longer wanted is cancelled, and is nobody's.
        if (!context.signal.aborted) this.#live = true;
        return call;
      };
      if (this.#closing) throw new RxDuplexError('CLOSED', 'the Remote is being closed');
      this.#move({ state: 'connecting', attempt: context.attempt });
      const call = open(context);
      return 'then' in call ? call.then(made) : made(call);
    };
    return Object.assign(watched, open);
  }

  #receive(message: In): void {
    let claimed = false;
    try {
      claimed = this.#requester?.claim(message) ?? false;
    } catch (error) {
      this.#router.refuse(message, error);
      return;
    }
    if (this.#messages.observed) this.#messages.next(message);
    this.#router.dispatch(message, claimed);
  }

  #callOver(): void {
    this.#live = false;
    this.#requester?.connectionLost(this.#lastCause, this.#ending);
    this.#lastCause = undefined;
  }

  #sessionFailed(error: unknown): void {
    this.#session = undefined;
    this.#lastCause = error;
    if (this.#drained) this.#drained(false);
    else this.#end({ state: 'closed', reason: 'failed', error });
  }

  #sessionCompleted(): void {
    this.#session = undefined;
    this.#live = false;
    if (this.#drained) this.#drained(true);
    else if (this.#outgoing.finished) this.#end({ state: 'closed', reason: 'completed' });
    else {
      this.#move({ state: 'idle' });
      this.#look();
    }
  }

  async #close(drainMs: number): Promise<Closing> {
    const lostBefore = this.#outgoing.stats().lost;
    let confirmed = false;
    if (!this.#closed) {
      this.#move({ state: 'draining' });
      clearTimeout(this.#idle);
      this.#outgoing.complete();
      this.#requester?.close(true);
      if (this.#live) confirmed = (await this.#drain(drainMs)) && !this.#outgoing.busy;
      this.#end({ state: 'closed', reason: 'closed' });
    }
    const { sent, lost, undelivered } = this.#outgoing.stats();
    return { sent, lost, undelivered, confirmed: confirmed && lost === lostBefore };
  }

  /** True if the call ended with OK in time. */
  #drain(drainMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const late = drainMs === Infinity ? undefined : setTimeout(resolve, drainMs, false);
      this.#drained = (ok) => {
        clearTimeout(late);
        resolve(ok);
      };
    });
  }

  #end(status: Extract<Status, { state: 'closed' }>): void {
    if (this.#closed) return;
    const cause = closedBy(status);
    const asked = status.reason !== 'failed';
    clearTimeout(this.#idle);
    this.#lastCause = cause;
    this.#move(status);
    this.#session?.unsubscribe();
    this.#session = undefined;
    if (asked) this.#outgoing.cancel(cause);
    else this.#outgoing.error(status.error ?? cause);
    this.#requester?.close(asked);
    this.#requester?.connectionLost(cause, asked);
    this.#endStreams(status);
    this.#statuses.complete();
    this.#closeOpen?.();
    this.#drained?.(false);
  }

  #endStreams({ reason, error }: Extract<Status, { state: 'closed' }>): void {
    for (const stream of [this.#messages, this.#router]) {
      if (reason === 'failed') stream.error(error);
      else stream.complete();
    }
  }

  #move(status: Status): void {
    if (!mayFollow(this.#status.state, status.state)) return;
    this.#status = status;
    this.#statuses.next(status);
  }
}

function closedBy({ error }: { readonly error?: unknown }): Error {
  return error instanceof Error ? error : new RxDuplexError('CLOSED', 'the Remote is closed', { cause: error });
}
