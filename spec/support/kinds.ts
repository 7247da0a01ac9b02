import { Metadata, Server, credentials, status } from '@grpc/grpc-js';
import type {
  ChannelOptions,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  ServiceError,
  StatusObject,
  sendUnaryData,
} from '@grpc/grpc-js';
import { channelOptions, iterate, rx, serve } from 'rxduplex';
import type { CallContext, Gated, Handlers, Rx, RxCallOptions, Serving } from 'rxduplex';
import {
  NEVER,
  Observable,
  concat,
  defer,
  finalize,
  from,
  ignoreElements,
  map,
  mergeMap,
  of,
  range,
  reduce,
  take,
  throwError,
  timer,
} from 'rxjs';
import type { ObservableInput } from 'rxjs';

import { KindsClient, KindsService } from './generated/kinds.js';
import type { Answer, Answer__Output, Ask, Ask__Output, KindsHandlers } from './generated/kinds.js';
import { listen } from './peer.js';

export const kinds = ['unary', 'clientStream', 'serverStream', 'bidi'] as const;
export type Kind = (typeof kinds)[number];

export const pairings = ['our client, our server', 'our client, a bare server', 'a bare client, our server'] as const;
export type Pairing = (typeof pairings)[number];

export const sendsMany = (kind: Kind): boolean => kind === 'clientStream' || kind === 'bidi';
export const getsMany = (kind: Kind): boolean => kind === 'serverStream' || kind === 'bidi';

/** What is asked, and what comes back of it: itself, the sum, as many numbers, or each of them. */
export const asked: Readonly<Record<Kind, readonly number[]>> = {
  unary: [3],
  clientStream: [1, 2, 3],
  serverStream: [3],
  bidi: [1, 2, 3],
};
export const answered: Readonly<Record<Kind, readonly number[]>> = {
  unary: [3],
  clientStream: [6],
  serverStream: [1, 2, 3],
  bidi: [1, 2, 3],
};

export type Form = 'Observable' | 'iterable' | 'async iterable';

/** What a server does, be it ours or a bare one. */
export interface Script {
  readonly initial?: Readonly<Record<string, string>>;
  readonly trailers?: Readonly<Record<string, string>>;
  /** Reads, and never answers. */
  readonly silent?: boolean;
  /** Ends after the first request, with one answer. */
  readonly early?: boolean;
  readonly fails?: {
    readonly with: Error;
    /** The first message: of the requests where there is only one answer, of the answers elsewhere. */
    readonly when: 'before' | 'after';
    readonly how: 'synchronously' | 'asynchronously';
  };
  /** What our server's handler gives. */
  readonly form?: Form;
}

export interface Stage {
  readonly client: KindsClient;
  readonly rx: Rx<KindsClient>;
  readonly server: Server;
  /** Ours, if it is. */
  readonly serving: Serving | undefined;
  /** What handlers were told. */
  readonly told: { metadata: Metadata[]; begun: number; cancelled: number };
  /** Makes a call from our client or a bare one. */
  call(kind: Kind, asking?: Asking): Heard;
}

export interface Asking extends RxCallOptions {
  readonly ids?: readonly number[];
  /** After them, the requests do not end. */
  readonly endless?: boolean;
  /** In which our client is given them. */
  readonly form?: Form;
}

/** All that came of a call. */
export interface Heard {
  readonly answers: number[];
  /** The error, or `complete`. */
  readonly ends: unknown[];
  readonly initial: Metadata[];
  readonly statuses: StatusObject[];
  /** Whether the requests are no longer wanted, where they are a stream. */
  left: boolean;
  stop: () => void;
}

const stops = new Set<() => void>();

export function stopStages(): void {
  for (const stop of stops) stop();
  stops.clear();
}

/** A server, and what is called of it. */
export type Bare = Pick<Stage, 'client' | 'rx' | 'server'>;

async function listening(server: Server, options: ChannelOptions = {}): Promise<Bare> {
  const port = await listen(server);
  const client = new KindsClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), {
    ...channelOptions({ ownConnection: true }),
    ...options,
  });
  stops.add(() => {
    client.close();
    server.forceShutdown();
  });
  return { client, rx: rx(client), server };
}

type OurHandlers = Handlers<KindsHandlers>;

/** Our server, with handlers of the spec's own. */
export async function stageOf(handlers: OurHandlers): Promise<Bare & { readonly serving: Serving }> {
  const server = new Server();
  const serving = serve<KindsHandlers>(server, KindsService, handlers);
  return { ...(await listening(server)), serving };
}

export async function stage(pairing: Pairing, script: Script = {}, options: ChannelOptions = {}): Promise<Stage> {
  const server = new Server();
  const told = { metadata: [], begun: 0, cancelled: 0 };
  let serving: Serving | undefined;
  if (pairing === 'our client, a bare server') server.addService(KindsService, bareHandlers(script, told));
  else serving = serve<KindsHandlers>(server, KindsService, ourHandlers(script, told));
  const on = await listening(server, options);
  const call = pairing === 'a bare client, our server' ? bareCall(on.client) : ourCall(on.rx);
  return { ...on, serving, told, call };
}

type Told = Stage['told'];

export function metadataOf(entries: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}

// Our server

type Handled = Observable<Answer>;

function ourHandlers(script: Script, told: Told): OurHandlers {
  const handler =
    (kind: Kind) =>
    (input: Gated<Ask__Output> | Ask__Output, context: CallContext): ObservableInput<Answer> => {
      told.begun += 1;
      told.metadata.push(context.metadata);
      context.signal.addEventListener('abort', () => (told.cancelled += 1));
      context.initialMetadata.merge(metadataOf(script.initial));
      context.trailers.merge(metadataOf(script.trailers));
      const { fails, silent, form = 'Observable' } = script;
      if (fails?.when === 'before' && fails.how === 'synchronously') throw fails.with;
      const asks$ = input instanceof Observable ? input : of(input);
      if (silent) return concat(asks$.pipe(ignoreElements()), NEVER);
      if (fails) return failing(kind, asks$, fails);
      if (form === 'iterable') return answered[kind].map((id) => ({ id }));
      const answers$ = answersTo(kind, script.early ? asks$.pipe(take(1)) : asks$);
      return form === 'Observable' ? answers$ : generated(answers$);
    };
  return {
    unary: handler('unary'),
    clientStream: handler('clientStream'),
    serverStream: handler('serverStream'),
    bidi: handler('bidi'),
  };
}

function answersTo(kind: Kind, asks$: Observable<Ask__Output>): Handled {
  switch (kind) {
    case 'unary':
      return asks$.pipe(map(({ id }) => ({ id })));
    case 'clientStream':
      return asks$.pipe(reduce((sum, { id }) => ({ id: sum.id + id }), { id: 0 }));
    case 'serverStream':
      return asks$.pipe(mergeMap(({ id }) => range(1, id).pipe(map((each) => ({ id: each })))));
    case 'bidi':
      return asks$.pipe(map(({ id }) => ({ id })));
  }
}

function failing(
  kind: Kind,
  asks$: Observable<Ask__Output>,
  { with: error, when, how }: NonNullable<Script['fails']>,
): Handled {
  const late = how === 'asynchronously' ? timer(1) : of(0);
  const fail$ = late.pipe(mergeMap(() => throwError(() => error)));
  if (when === 'before') return fail$;
  if (kind === 'clientStream')
    return asks$.pipe(
      take(1),
      mergeMap(() => fail$),
    );
  return concat(
    of({ id: 1 }),
    defer(() => fail$),
  );
}

async function* generated<T>(source$: Observable<T>): AsyncGenerator<T> {
  for await (const value of iterate(source$, { gate: 'none' })) yield value;
}

// A bare server

interface BareAnswering {
  sendMetadata(metadata: Metadata): void;
  on(event: 'cancelled', listener: () => void): unknown;
  readonly metadata: Metadata;
}

function bareHandlers(script: Script, told: Told): Partial<KindsHandlers> & { [name: string]: never } {
  const { fails, silent, early } = script;
  const begin = (call: BareAnswering): { over: boolean } => {
    const state = { over: false };
    told.begun += 1;
    told.metadata.push(call.metadata);
    call.on('cancelled', () => {
      if (!state.over) told.cancelled += 1;
    });
    call.sendMetadata(metadataOf(script.initial));
    return state;
  };
  const refuse = (send: (error: object) => void): void => {
    if (fails?.how === 'asynchronously') setTimeout(send, 1, fails.with);
    else if (fails) send(fails.with);
  };
  /** One answer, by callback. */
  const one = (state: { over: boolean }, callback: sendUnaryData<Answer>) => ({
    give: (id: number): void => {
      state.over = true;
      callback(null, { id }, metadataOf(script.trailers));
    },
    fail: (): void =>
      refuse((error) => {
        state.over = true;
        callback(error);
      }),
  });
  const handlers: Pick<KindsHandlers, 'Unary' | 'ClientStream' | 'ServerStream' | 'Bidi'> = {
    Unary: (call, callback) => {
      const { give, fail } = one(begin(call), callback);
      if (fails?.when === 'before') fail();
      else if (!silent) give(call.request.id);
    },
    ClientStream: (call, callback) => {
      const { give, fail } = one(begin(call), callback);
      let sum = 0;
      if (fails?.when === 'before') fail();
      call.on('data', ({ id }: Ask__Output) => {
        sum += id;
        if (fails?.when === 'after' && sum === id) fail();
        if (early && sum === id) give(sum);
      });
      call.on('end', () => {
        if (!silent && !fails && !early) give(sum);
      });
    },
    ServerStream: (call) => {
      const state = begin(call);
      const fail = (): void =>
        refuse((error) => {
          state.over = true;
          call.emit('error', error);
        });
      if (fails?.when === 'before') fail();
      else if (fails) {
        call.write({ id: 1 });
        fail();
      } else if (!silent) {
        for (let id = 1; id <= call.request.id; id += 1) call.write({ id });
        state.over = true;
        call.end(metadataOf(script.trailers));
      }
    },
    Bidi: (call) => {
      const state = begin(call);
      const end = (): void => {
        state.over = true;
        call.end(metadataOf(script.trailers));
      };
      const fail = (): void =>
        refuse((error) => {
          state.over = true;
          call.emit('error', error);
        });
      if (fails?.when === 'before') fail();
      else if (fails) {
        call.write({ id: 1 });
        fail();
      }
      call.on('data', ({ id }: Ask__Output) => {
        if (silent || fails || state.over) return;
        if (!call.write({ id })) {
          call.pause();
          call.once('drain', () => call.resume());
        }
        if (early) end();
      });
      call.on('end', () => {
        if (!silent && !fails && !early) end();
      });
    },
  };
  return handlers as never;
}

// The clients

const heard = (): Heard => ({ answers: [], ends: [], initial: [], statuses: [], left: false, stop: () => undefined });

/** A stream of requests, which tells when it is left. */
function asksOf(
  kind: Kind,
  { ids = asked[kind], endless = false, form = 'Observable' }: Asking,
  all: Heard,
): ObservableInput<Ask> {
  const asks = ids.map((id) => ({ id }));
  if (form === 'iterable') return asks;
  const asks$ = concat(asks, endless ? NEVER : []).pipe(finalize(() => (all.left = true)));
  return form === 'Observable' ? asks$ : generated(asks$);
}

function ourCall(ours: Rx<KindsClient>): Stage['call'] {
  return (kind, asking = {}) => {
    const { metadata, timeoutMs, signal } = asking;
    const all = heard();
    const own: RxCallOptions = {
      ...(metadata && { metadata }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(signal && { signal }),
      onMetadata: (received) => all.initial.push(received),
      onStatus: (ended) => all.statuses.push(ended),
    };
    const [id = 0] = asking.ids ?? asked[kind];
    const answers$: Observable<Answer__Output> =
      kind === 'clientStream' || kind === 'bidi' ? ours[kind](asksOf(kind, asking, all), own) : ours[kind]({ id }, own);
    const subscription = answers$.subscribe({
      next: (answer) => all.answers.push(answer.id),
      error: (error: unknown) => all.ends.push(error),
      complete: () => all.ends.push('complete'),
    });
    all.stop = () => {
      subscription.unsubscribe();
    };
    return all;
  };
}

type BareCall = ClientUnaryCall & ClientReadableStream<Answer__Output> & ClientWritableStream<Ask>;

function bareCall(client: KindsClient): Stage['call'] {
  return (kind, asking = {}) => {
    const { metadata = new Metadata(), timeoutMs, signal } = asking;
    const all = heard();
    const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
    const request = { id: (asking.ids ?? asked[kind])[0] ?? 0 };
    const settled = (error: ServiceError | null, answer?: Answer__Output): void => {
      if (answer) all.answers.push(answer.id);
      all.ends.push(error ?? 'complete');
    };
    const made = {
      unary: () => client.unary(request, metadata, options, settled),
      clientStream: () => client.clientStream(metadata, options, settled),
      serverStream: () => client.serverStream(request, metadata, options),
      bidi: () => client.bidi(metadata, options),
    };
    const call = made[kind]() as unknown as BareCall;
    let failure: ServiceError | undefined;
    call.on('error', (error: ServiceError) => (failure = error));
    call.on('metadata', (received: Metadata) => all.initial.push(received));
    call.on('status', (ended: StatusObject) => {
      all.statuses.push(ended);
      sending?.unsubscribe();
    });
    const sending = sendsMany(kind)
      ? from(asksOf(kind, asking, all)).subscribe({ next: (ask) => call.write(ask), complete: () => call.end() })
      : undefined;
    all.stop = () => {
      call.cancel();
    };
    signal?.addEventListener('abort', all.stop);
    if (getsMany(kind)) {
      call.on('data', ({ id }: Answer__Output) => all.answers.push(id));
      call.on('end', () => setImmediate(() => all.ends.push(failure ?? 'complete')));
    }
    return all;
  };
}

/** A status that a handler fails with, and its metadata. */
export const refused: Error = Object.assign(new Error('not you'), {
  code: status.PERMISSION_DENIED,
  details: 'not you',
  metadata: metadataOf({ why: 'because' }),
});
