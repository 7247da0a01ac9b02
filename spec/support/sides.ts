import { credentials, status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import { Outgoing, bidi, duplex, reconnect, repeated, serve } from 'rxduplex';
import type { Coalesce, OutboundStats, Serving, ServingStats } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';

import { replyBytes } from './flood.js';
import { barePeer, clientOf, peer } from './peer.js';

/** How one side of a flood writes: as plain grpc-js does, or by this library. */
export type Side = 'bare' | { readonly coalesce: Coalesce | false };

export const sides: Readonly<Record<string, Side>> = {
  'coalescing on': { coalesce: {} },
  'coalescing off': { coalesce: false },
  'plain grpc-js': 'bare',
};

/** A request, and a reply as well. */
type Flooded = PeerRequest & PeerReply;
type Read = Omit<PeerRequest__Output | PeerReply__Output, 'batch'>;

/** All that one side writes, made as it is asked for; the first message has 0 bytes. */
export class Flood {
  readonly count: number;
  readonly #sizeOf: (id: number) => number;

  constructor(count: number, sizeOf: (id: number) => number) {
    this.count = count;
    this.#sizeOf = sizeOf;
  }

  message(id: number): Flooded {
    return id === 0 ? {} : { id, append: { term: id, payload: this.#payload(id) } };
  }

  *from(first: number): Generator<Flooded> {
    for (let id = first; id < this.count; id += 1) yield this.message(id);
  }

  /** How many bytes the messages take from one on and up to another. */
  bytes(first: number, end: number): number {
    let bytes = 0;
    for (let id = first; id < end; id += 1) bytes += replyBytes(this.message(id)).length;
    return bytes;
  }

  /** Which of the messages was read. It must be as it was written. */
  idOf({ id, append }: Read): number {
    const number = Number(id);
    const asWritten =
      number === 0 ? !append : append?.term === id && Buffer.compare(append.payload, this.#payload(number)) === 0;
    if (!asWritten) throw new Error(`message ${id} is not what was written`);
    return number;
  }

  #payload(id: number): Buffer {
    return Buffer.alloc(this.#sizeOf(id), id);
  }
}

/** The two floods, and who is told of each message that was read. */
export interface Floods {
  readonly requests: Flood;
  readonly replies: Flood;
  /** Whether this side asks for envelopes. */
  readonly batches: boolean;
  readonly onRead?: () => void;
}

/** What was read by one side, call by call, in its own count. */
export type Reads = readonly (readonly number[])[];

export interface Client {
  readonly read: Reads;
  /** When all was written, and a call has ended well. */
  readonly ended: Promise<void>;
  /** None if it is plain grpc-js. */
  readonly books: (() => OutboundStats) | undefined;
  /** Which messages it was told are lost. */
  readonly lost: readonly number[];
  /** How many it wrote before the second call, as far as it can know. */
  readonly wroteFirst: () => number;
  stop(): void;
}

export interface Server {
  readonly port: number;
  readonly read: Reads;
  /** How many replies were made. */
  readonly made: () => number;
  /** None if it is plain grpc-js. */
  readonly books: (() => ServingStats) | undefined;
}

/** What both a client's and a server's call are to plain grpc-js that writes to them. */
interface Writable {
  write(message: Flooded): boolean;
  once(event: 'drain', act: () => void): unknown;
}

const batch = repeated('batch');
const quick = { 'grpc.initial_reconnect_backoff_ms': 1, 'grpc.max_reconnect_backoff_ms': 5 };

/** Writes as long as grpc-js takes it, and waits for its `drain` when it does not. */
function pour(call: Writable, messages: Iterator<Flooded>, wanted: () => boolean, end: () => void): void {
  const write = (): void => {
    while (wanted()) {
      const { done, value } = messages.next() as IteratorResult<Flooded, undefined>;
      if (done) {
        end();
        return;
      }
      if (call.write(value)) continue;
      call.once('drain', write);
      return;
    }
  };
  write();
}

/** Writes down what is read of `flood`, a list for each call. */
function notes(flood: Flood, onRead: () => void = () => undefined) {
  const calls: number[][] = [];
  return {
    calls,
    /** For another call. */
    begin: (): ((message: Read) => void) => {
      const ids: number[] = [];
      calls.push(ids);
      return (message) => {
        ids.push(flood.idOf(message));
        onRead();
      };
    },
  };
}

/** Floods the server at `port`, and again from where it was when the call breaks. */
export function clientOn(port: number, side: Side, floods: Floods): Client {
  return side === 'bare' ? bareClient(port, floods) : ownClient(port, side.coalesce, floods);
}

function ownClient(port: number, coalesce: Coalesce | false, { requests, replies, batches, onRead }: Floods): Client {
  const client = clientOf(port, quick);
  const open = bidi(client, 'exchange', batches ? { batch } : {});
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode, maxMessages: 256 });
  const { calls, begin } = notes(replies, onRead);
  const lost: number[] = [];
  let taken = 0;
  let wroteFirst = 0;
  outgoing.taken$.subscribe(() => (taken += 1));
  outgoing.dropped$.subscribe(({ message, outcome }) => {
    if (outcome !== 'lost') throw new Error(`${outcome} was not expected`);
    lost.push(Number(message.id ?? 0));
  });
  let read = begin();
  const ended = new Promise<void>((resolve, reject) => {
    const onRetry = (): void => {
      wroteFirst = taken;
      read = begin();
    };
    duplex(open, outgoing, { coalesce })
      .pipe(reconnect({ backoff: () => 1, onRetry }))
      .subscribe({ next: (reply) => read(reply), error: reject, complete: resolve });
  });
  void outgoing.feed(requests.from(0)).then(() => outgoing.complete());
  return {
    read: calls,
    ended,
    books: () => outgoing.stats(),
    lost,
    wroteFirst: () => wroteFirst,
    stop: () => client.close(),
  };
}

/** As grpc-js's own documentation has it, with nothing set. */
function bareClient(port: number, { requests, replies, onRead }: Floods): Client {
  const client = new PeerClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), quick);
  const { calls, begin } = notes(replies, onRead);
  let wroteFirst = 0;
  let taken = 0;
  const messages = (function* () {
    for (const message of requests.from(0)) {
      taken += 1;
      yield message;
    }
  })();
  const ended = new Promise<void>((resolve) => {
    const call = (): void => {
      const stream = client.exchange();
      let over = false;
      stream.on('data', begin());
      stream.on('error', () => undefined);
      stream.on('status', ({ code }: StatusObject) => {
        over = true;
        if (code === status.OK) {
          resolve();
          return;
        }
        wroteFirst = taken;
        call();
      });
      pour(
        stream,
        messages,
        () => !over,
        () => stream.end(),
      );
    };
    call();
  });
  return { read: calls, ended, books: undefined, lost: [], wroteFirst: () => wroteFirst, stop: () => client.close() };
}

/** Floods each call from the beginning, and ends it when the client has half-closed. */
export function serverOf(side: Side, floods: Floods): Promise<Server> {
  return side === 'bare' ? bareServer(floods) : ownServer(side.coalesce, floods);
}

async function ownServer(coalesce: Coalesce | false, { requests, replies, batches, onRead }: Floods): Promise<Server> {
  const { calls, begin } = notes(requests, onRead);
  let made = 0;
  let serving: Serving | undefined;
  const { port } = await peer((server) => {
    serving = serve(
      server,
      PeerService,
      {
        exchange: async function* (requests$) {
          const halfClosed = new Promise<void>((resolve) => {
            requests$.subscribe({ next: begin(), error: resolve, complete: resolve });
          });
          for (const reply of replies.from(0)) {
            made += 1;
            yield reply;
          }
          await halfClosed;
        },
      },
      { coalesce, ...(batches && { batch }) },
    );
  });
  return { port, read: calls, made: () => made, books: () => (serving as Serving).stats() };
}

async function bareServer({ requests, replies, onRead }: Floods): Promise<Server> {
  const { calls, begin } = notes(requests, onRead);
  let made = 0;
  const { port } = await barePeer((call) => {
    let left = 2;
    const done = (): void => {
      left -= 1;
      if (left === 0) call.end();
    };
    call.on('data', begin());
    call.on('end', done);
    call.on('error', () => undefined);
    const messages = replies.from(0);
    pour(
      { write: (reply) => (made += 1) > 0 && call.write(reply), once: (event, act) => call.once(event, act) },
      messages,
      () => !call.cancelled,
      done,
    );
  });
  return { port, read: calls, made: () => made, books: undefined };
}
