import { Metadata, Server, credentials } from '@grpc/grpc-js';
import type {
  CallOptions,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  StatusObject,
} from '@grpc/grpc-js';
import { channelOptions, serve } from 'rxduplex';
import type { HandlerFailure, ServeOptions, Serving } from 'rxduplex';

import { KindsClient, KindsService } from './generated/kinds.js';
import type { Answer__Output, Ask, KindsHandlers } from './generated/kinds.js';
import { getsMany, sendsMany } from './kinds.js';
import type { Kind } from './kinds.js';
import { listen, stopped, until } from './peer.js';

/** Our server, and a bare client of it. */
export interface Served {
  readonly server: Server;
  readonly serving: Serving;
  readonly port: number;
  readonly client: KindsClient;
  /** What `failures$` has told. */
  readonly failures: HandlerFailure[];
}

/** Serves handlers, also such as no type would allow; `stopAll` ends it. */
export async function served(handlers: object, options?: ServeOptions): Promise<Served> {
  const server = new Server();
  const serving = serve<KindsHandlers>(server, KindsService, handlers, options);
  const failures: HandlerFailure[] = [];
  serving.failures$.subscribe((failure) => failures.push(failure));
  const port = await listen(server);
  const client = bareClient(port);
  stopped({
    stop: () => {
      client.close();
      server.forceShutdown();
    },
  });
  return { server, serving, port, client, failures };
}

export const bareClient = (port: number): KindsClient =>
  new KindsClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), channelOptions({ ownConnection: true }));

export interface BareOptions {
  /** What is asked, one after the other. Default 1, 2 and 3, or 1 alone. */
  readonly ids?: readonly number[];
  /** What each request carries beside its id. */
  readonly payload?: Buffer;
  /** Whether the requests end after them. Default true. */
  readonly ends?: boolean;
  readonly metadata?: Metadata;
  readonly call?: CallOptions;
}

/** A call of grpc-js alone, and all that comes of it. */
export interface BareCall {
  readonly call: ClientUnaryCall & ClientReadableStream<Answer__Output> & ClientWritableStream<Ask>;
  readonly answers: Answer__Output[];
  readonly initial: Metadata[];
  /** The status, after all that could be read before it. */
  readonly ended: Promise<StatusObject>;
  readonly status: StatusObject | undefined;
}

export function bareCall(client: KindsClient, kind: Kind, options: BareOptions = {}): BareCall {
  const { ids = [1, 2, 3], payload, ends = true, metadata = new Metadata(), call: more = {} } = options;
  const answers: Answer__Output[] = [];
  const initial: Metadata[] = [];
  let status: StatusObject | undefined;
  const ask = (id: number): Ask => ({ id, ...(payload && { payload }) });
  const request = ask(ids[0] ?? 0);
  const answered = (_: unknown, answer?: Answer__Output): void => {
    if (answer) answers.push(answer);
  };
  const make = {
    unary: () => client.unary(request, metadata, more, answered),
    clientStream: () => client.clientStream(metadata, more, answered),
    serverStream: () => client.serverStream(request, metadata, more),
    bidi: () => client.bidi(metadata, more),
  };
  const call = make[kind]() as unknown as BareCall['call'];
  call.on('error', () => undefined);
  call.on('metadata', (received: Metadata) => initial.push(received));
  if (getsMany(kind)) call.on('data', (answer: Answer__Output) => answers.push(answer));
  const read = getsMany(kind) ? new Promise((resolve) => call.on('end', resolve)) : Promise.resolve();
  const told = new Promise<StatusObject>((resolve) => {
    call.on('status', (ended: StatusObject) => {
      status = ended;
      resolve(ended);
    });
  });
  if (sendsMany(kind)) {
    for (const id of ids) call.write(ask(id));
    if (ends) call.end();
  }
  const ended = told.then(async (outcome) => {
    await read;
    await new Promise(setImmediate);
    return outcome;
  });
  return {
    call,
    answers,
    initial,
    ended,
    get status() {
      return status;
    },
  };
}

export const idsOf = ({ answers }: BareCall): number[] => answers.map(({ id }) => id);

/** The code and the details of a call's status. */
export async function endOf(bare: BareCall): Promise<[code: number, details: string]> {
  const { code, details } = await bare.ended;
  return [code, details];
}

/** What became of the calls, once none is open. */
export async function outcomesOf({ serving }: Pick<Served, 'serving'>): Promise<object> {
  await until('all calls to end', () => serving.stats().open === 0);
  const { completed, failed, cancelled } = serving.stats();
  return { completed, failed, cancelled };
}
