import { Metadata, status } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Subscription, isObservable } from 'rxjs';
import type { Observable } from 'rxjs';
import { joined } from '../joined.js';
import type { Dropped } from '../outgoing/entry.js';
import type { OutgoingOptions } from '../outgoing/options.js';
import { Outgoing } from '../outgoing/outgoing.js';
import type { CallBooks } from '../stats.js';
import { batchHeader } from '../wire/batch.js';
import type { Batching } from '../wire/batch.js';
import { Pump } from '../wire/pump.js';
import type { Writing } from '../wire/pump.js';
import { statusOf } from './failure.js';
import type { DuplexHandler } from './handlers.js';
import { Inbox } from './inbox.js';

/** How a call ended, on the server's side. */
export type CallEnd =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'cancelled' };

/** A call that is being answered. */
export interface LiveCall {
  /** Completes its requests, so that a handler can come to its end. */
  drain(): void;
  /** Ends it with the status of `error`, after the responses before it. */
  fail(error: unknown): void;
  stats(): CallBooks;
}

/** How responses are written, and how several of either kind become one with a client that asks for that. */
export interface ServerWire<In, Out> extends Writing<Out> {
  readonly batch: Batching<Out, In> | undefined;
}

/** Answers one call with what `handler` makes of its requests, and tells how it ended. */
export function respond<In, Out>(
  call: ServerDuplexStream<In, Out>,
  handler: DuplexHandler<In, Out>,
  options: OutgoingOptions<Out>,
  wire: ServerWire<In, Out>,
  ended: (end: CallEnd) => void,
): LiveCall {
  const { batch, ...writing } = wire;
  const agreed = call.metadata.get(batchHeader)[0] === batch?.name ? batch : undefined;
  const metadata = new Metadata();
  if (agreed) metadata.set(batchHeader, agreed.name);
  call.sendMetadata(metadata);
  const inbox = new Inbox<In>(call, agreed?.unpack, (error) => {
    fail(error);
  });
  const outgoing = new Outgoing<Out>(options);
  const over = new Subscription();
  const gone = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  let finished = false;

  const pump = new Pump(outgoing, {
    ...writing,
    finish: () => {
      finished = true;
      // grpc-js sends the status of an `error` after the writes before it; `destroy` would leave the peer waiting.
      if (failure) call.emit('error', statusOf(failure.error));
      else call.end();
    },
    failed: () => undefined,
  });
  const packing = writing.joining.allowed ? agreed?.packing() : undefined;
  if (packing) pump.packBy(packing);
  const fail = (error: unknown): void => {
    if (outgoing.closed) return;
    failure = { error };
    over.unsubscribe();
    outgoing.complete();
  };
  outgoing.dropped$.subscribe((dropped) => {
    if (dropped.outcome === 'rejected') fail(refusalOf(dropped));
  });
  // grpc-js says `cancelled` at the end of every call, also of those that ended well.
  call.on('cancelled', () => {
    const complete = finished && !outgoing.busy;
    over.unsubscribe();
    pump.stop();
    outgoing.error(undefined);
    if (complete) inbox.end();
    else {
      gone.abort();
      inbox.cancel();
    }
    if (!complete) ended({ outcome: 'cancelled' });
    else if (failure) ended({ outcome: 'failed', error: failure.error });
    else ended({ outcome: 'completed' });
  });
  /** What cannot be pulled is slowed by its requests: none are read while the buffer has no room for a response. */
  const push = (responses: Observable<Out>): void => {
    let letGo: (() => void) | undefined;
    outgoing.ready$.subscribe(() => {
      const release = letGo;
      // What was held may come at once, and have the gate held again.
      letGo = undefined;
      release?.();
    });
    joined(over, () => responses).subscribe({
      next: (response) => {
        if (!outgoing.next(response)) letGo ??= inbox.gate.hold();
      },
      error: fail,
      complete: () => outgoing.complete(),
    });
  };
  pump.start(call);

  try {
    const context = { metadata: call.metadata, signal: gone.signal, peer: call.getPeer() };
    const responses = handler(inbox.requests$, context);
    if (isObservable(responses)) push(responses);
    else outgoing.feed(responses, { signal: gone.signal }).then(() => outgoing.complete(), fail);
  } catch (error) {
    fail(error);
  }
  return {
    drain: () => {
      inbox.end();
    },
    fail,
    stats: () => ({ inbound: inbox.books, outbound: outgoing.stats() }),
  };
}

function refusalOf({ reason }: Dropped<unknown>): { code: status; details: string } {
  if (reason === 'unserialisable') return { code: status.INTERNAL, details: 'a response could not be serialised' };
  const details =
    reason === 'too-large' ? 'a response was larger than maxBytes' : 'responses came faster than they left';
  return { code: status.RESOURCE_EXHAUSTED, details };
}
