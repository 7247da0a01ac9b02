import type { ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { claimAttempt } from '../attempt.js';
import { canceller } from '../canceller.js';
import { RxDuplexError, isStatus, textOf } from '../errors.js';
import { Gate, Gated } from '../gate.js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, callable, milliseconds } from '../options.js';
import { reporting } from '../orderly.js';
import type { Entry } from '../outgoing/entry.js';
import type { Outgoing } from '../outgoing/outgoing.js';
import type { Open } from './open.js';
import { batchedHeader } from '../wire/batch.js';
import { joiningOf } from '../wire/coalesce.js';
import type { Coalesce } from '../wire/coalesce.js';
import { Ending } from '../wire/ending.js';
import { Pump } from '../wire/pump.js';
import { Reader } from '../wire/reader.js';
import { causeOf } from './transient.js';

/** DNS, TCP, TLS and credentials are done in less, or will not be. */
const usualOpenTimeoutMs = 20_000;

export interface DuplexOptions {
  /** Told when the call is open: at the first of initial metadata, a message, and the flush of a first write. */
  readonly onOpen?: (peer: string) => void;
  /**
   * A call that is not open by then is cancelled, and fails with `OPEN_TIMEOUT`. The time runs from the start of the
   * attempt, its metadata included. Default: 20,000 ms until the call has been handed to a connection, and no limit after
   * that, since a server may well be silent until it has something to say.
   */
  readonly openTimeoutMs?: number;
  /**
   * Messages that have gathered while a write was on its way share the next one, up to `maxBytes`; the peer sees
   * ordinary messages. `false` writes each by itself. Only for an `Open` that takes bytes. Default 16 KiB.
   */
  readonly coalesce?: Coalesce | false;
  /** While it is held nothing is read, and the peer is slowed. Default: one of its own, which the stream carries. */
  readonly gate?: Gate;
}

const names: Names<DuplexOptions> = { onOpen: true, openTimeoutMs: true, coalesce: true, gate: true };

/**
 * A duplex call as an Observable: subscribing opens it, unsubscribing cancels it. It writes what `outgoing` holds from
 * the first moment, gives what the peer sends, and ends with the call: OK completes, any other status is grpc-js's
 * `ServiceError`, after the messages that had arrived before it.
 *
 * What was handed to the call and not flushed when it dies is lost, and told on `outgoing.dropped$`; what is still
 * queued stays for the next subscription. Only one subscription at a time may feed from an `Outgoing`; another fails
 * with `BUSY`.
 */
export function duplex<Out, In>(open: Open<Out, In>, outgoing: Outgoing<Out>, options: DuplexOptions = {}): Gated<In> {
  callable('open', open);
  if (typeof (outgoing as Partial<Outgoing<Out>> | undefined)?.lease !== 'function') {
    throw badOption('outgoing', 'an Outgoing', outgoing);
  }
  checkNames('duplex', options, names);
  const { onOpen, openTimeoutMs, coalesce = {}, gate = new Gate() } = options;
  const tellOpen = onOpen && reporting(callable('onOpen', onOpen));
  const timeoutMs = milliseconds('openTimeoutMs', openTimeoutMs ?? usualOpenTimeoutMs);
  if (!(gate instanceof Gate)) throw badOption('gate', 'a Gate', gate);
  const { batch, wire = 'objects' } = open;
  const joining = joiningOf(coalesce, wire);
  return new Gated<In>(gate, (subscriber) => {
    const attempt = claimAttempt();
    if (subscriber.closed) return;

    const unwanted = new AbortController();
    const batches = joining.allowed;
    let call: ClientDuplexStream<Out, In> | undefined;
    let cancel = (): void => undefined;
    let stopWaiting = (): void => undefined;
    let opened = false;
    let batched = false;

    const isOpen = (): void => {
      if (opened || !call) return;
      opened = true;
      clearTimeout(timeout);
      attempt.opened();
      tellOpen?.(call.getPeer());
    };
    const pump = new Pump(outgoing, {
      chunk: chunkOf(open, outgoing),
      joining,
      finish: () => call?.end(),
      flushed: isOpen,
      failed: (cause) => {
        subscriber.error(new RxDuplexError('CLOSED', 'the Outgoing has ended with an error', { cause }));
      },
    });
    const attach = (made: ClientDuplexStream<Out, In>): void => {
      const ending = new Ending(made, subscriber, open.explain, (outcome, failure) => {
        if (causeOf(outcome) === 'OVERSIZE' && (batched || pump.carriesSeveral)) {
          joining.end('limit');
          attempt.passing = true;
        }
        pump.stop(failure, open.neverLeft?.(made) ?? false);
      });
      cancel = canceller(made, ending.isKnown);
      if (subscriber.closed) {
        cancel();
        return;
      }
      call = made;
      const reader = new Reader<In>(call, gate, {
        next: (message) => {
          isOpen();
          subscriber.next(message);
        },
        failed: (error) => {
          subscriber.error(error);
        },
        end: () => {
          ending.read();
        },
      });
      subscriber.add(() => {
        reader.stop();
      });
      call.on('metadata', (metadata: Metadata) => {
        isOpen();
        if (!batch || !batches || metadata.get(batchedHeader)[0] !== batch.name) return;
        reader.unpackBy(batch.unpack);
        const packing = batch.packing();
        if (packing) pump.packBy(packing);
        batched = true;
      });
      const connected = (): void => {
        if (openTimeoutMs === undefined) clearTimeout(timeout);
        pump.start(made);
      };
      if (open.whenConnected) stopWaiting = open.whenConnected(made, connected);
      else connected();
    };
    const notMade = (error: unknown): void => {
      subscriber.error(openFailed(open.explain ? open.explain(error) : error));
    };
    const timeout =
      timeoutMs === Infinity
        ? undefined
        : setTimeout(() => {
            const missing = call ? 'no sign of the peer' : 'no call could be made';
            subscriber.error(new RxDuplexError('OPEN_TIMEOUT', `${missing} in ${String(timeoutMs)} ms`));
          }, timeoutMs);

    subscriber.add(() => {
      clearTimeout(timeout);
      stopWaiting();
      unwanted.abort();
      pump.stop();
      cancel();
    });
    attempt.onLeave(() => {
      if (call) pump.leave();
      else subscriber.complete();
    });
    try {
      const made = open({ attempt: attempt.number, signal: unwanted.signal, batches });
      if ('then' in made) made.then(attach, notMade);
      else attach(made);
    } catch (error) {
      notMade(error);
    }
  });
}

/** What a call of `open` is given for a message: the bytes made when it was offered, if they were made by the same codec. */
function chunkOf<Out, In>(open: Open<Out, In>, outgoing: Outgoing<Out>): (entry: Entry<Out>) => unknown {
  const { encode, wire } = open;
  if (wire !== 'bytes' || !encode) return ({ message }) => message;
  if (outgoing.encode === encode) return ({ payload, message }) => payload ?? encode(message);
  return ({ message }) => encode(message);
}

/** What a subscriber is told of a call that could not be made. */
export function openFailed(error: unknown): unknown {
  if (RxDuplexError.is(error) || isStatus(error)) return error;
  return new RxDuplexError('OPEN_FAILED', `the call could not be opened: ${textOf(error)}`, { cause: error });
}
