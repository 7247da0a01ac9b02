import { status } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { Outgoing, Remote, bidi, duplex, oneof, reconnect, serve } from 'rxduplex';
import type { Closing, Serving } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { NEVER, Subject, map, takeUntil } from 'rxjs';
import type { Observable, ObservableInput } from 'rxjs';

import { barePeer, peer, until } from './peer.js';
import type { ExchangeCall } from './peer.js';

/** A stream of numbers from a real peer, which is written against grpc-js alone and does as it is told. */
export interface Numbered extends AsyncDisposable {
  /** Gated. */
  readonly numbers$: Observable<number>;
  /** The peer says so many more of them, from 0 on, each in a kilobyte. */
  say(count: number): Promise<void>;
  /** The peer has said all: an OK end, or a half-close. */
  end(): void;
  /** The peer has had enough: an error after which there is no other call, or a cancel. */
  fail(): void;
  /** Whether an end with OK has had its effect, of which the reader was told `ends`. */
  isOver(ends: readonly unknown[]): boolean;
  /** Whether what follows when the last reader has gone has followed: all was read, or the call cancelled. */
  isReleased(): boolean;
}

/** One that this side calls. */
export interface Called extends Numbered {
  readonly calls: readonly ExchangeCall[];
  renew(): void;
}

export interface OfRemote extends Called {
  connect(): Promise<unknown>;
  close(drainMs: number): Promise<Closing>;
}

export interface OfServer extends Numbered {
  readonly serving: Serving;
}

const payload = Buffer.alloc(1024);
const message = (id: number): PeerReply & PeerRequest => ({ id, append: { term: id, payload } });
const numberOf = ({ id }: { readonly id: string }): number => Number(id);

/** A server that answers a half-close with OK. */
async function speaker() {
  const calls: ExchangeCall[] = [];
  const told = { said: 0, cancelled: 0 };
  const on = await barePeer((call) => {
    calls.push(call);
    call.on('data', () => undefined);
    call.on('end', () => call.end());
    call.on('cancelled', () => (told.cancelled += 1));
  });
  const say = async (count: number): Promise<void> => {
    await until('a call', () => calls.length > 0);
    for (let more = count; more > 0; more -= 1) calls.at(-1)?.write(message(told.said++));
  };
  const end = (): void => void calls.at(-1)?.end();
  const fail = (): void => void calls.at(-1)?.emit('error', { code: status.PERMISSION_DENIED, details: 'enough' });
  return { open: bidi(on.client(), 'exchange'), told, peer: { calls, say, end, fail } };
}

export async function ofDuplex(handoverMs: number = Infinity): Promise<Called> {
  const { open, told, peer } = await speaker();
  const [renew, stop] = [new Subject<void>(), new Subject<void>()];
  const inbound$ = duplex(open, new Outgoing<PeerRequest>({ encode: open.encode }));
  return {
    ...peer,
    numbers$: inbound$.pipe(reconnect({ renew, handoverMs }), map(numberOf), takeUntil(stop)),
    renew: () => renew.next(),
    isOver: ([end]) => end === 'complete',
    isReleased: () => told.cancelled === 1,
    [Symbol.asyncDispose]: () => {
      stop.next();
      return Promise.resolve();
    },
  };
}

async function remoteTo(handoverMs: number) {
  const { open, told, peer } = await speaker();
  const renew = new Subject<void>();
  const remote = new Remote(open, { events: oneof('event'), reconnect: { renew, handoverMs, backoff: () => 0 } });
  const joined: Omit<OfRemote, 'numbers$'> = {
    ...peer,
    renew: () => renew.next(),
    connect: () => remote.connect(),
    close: (drainMs) => remote.close({ drainMs }),
    isOver: (ends) => peer.calls.length === 2 && ends.length === 0,
    isReleased: () => remote.stats().inbound.received === told.said,
    [Symbol.asyncDispose]: async () => {
      await remote.close({ drainMs: 0 });
    },
  };
  return { remote, joined };
}

export async function ofOn(handoverMs: number = Infinity): Promise<OfRemote> {
  const { remote, joined } = await remoteTo(handoverMs);
  return { ...joined, numbers$: remote.on('append').pipe(map(({ term }) => Number(term))) };
}

export async function ofMessages(handoverMs: number = Infinity): Promise<OfRemote> {
  const { remote, joined } = await remoteTo(handoverMs);
  return { ...joined, numbers$: remote.messages$.pipe(map(numberOf)) };
}

/** `respond` makes the handler's responses; without it there is none, and no end. */
export async function ofServer(
  respond: (numbers$: Observable<number>) => ObservableInput<PeerReply> = () => NEVER,
): Promise<OfServer> {
  let serving: Serving | undefined;
  let numbers$: Observable<number> | undefined;
  const on = await peer((server) => {
    serving = serve(server, PeerService, {
      exchange: (requests$) => respond((numbers$ = requests$.pipe(map(numberOf)))),
    });
  });
  const call: ClientDuplexStream<PeerRequest, PeerReply__Output> = on.client().exchange();
  call.on('error', () => undefined);
  call.resume();
  const told = { said: 0, flushed: 0 };
  await until('the handler', () => numbers$ !== undefined);
  return {
    numbers$: numbers$ as unknown as Observable<number>,
    serving: serving as unknown as Serving,
    say: (count) => {
      for (let more = count; more > 0; more -= 1) call.write(message(told.said++), () => (told.flushed += 1));
      return Promise.resolve();
    },
    end: () => call.end(),
    fail: () => call.cancel(),
    isOver: ([end]) => end === 'complete',
    isReleased: () => told.flushed === told.said,
    [Symbol.asyncDispose]: () => {
      call.cancel();
      return Promise.resolve();
    },
  };
}
