import { Server } from '@grpc/grpc-js';

import { start } from '../../bench/child.js';
import type { Child } from '../../bench/child.js';
import { listen } from '../support/peer.js';

/** Where a program finds its server, or does not. */
export interface Place extends AsyncDisposable {
  readonly address: string;
}

export const conditions = [
  'a server',
  'no server',
  'a server without the method',
  'a server that is killed and comes back',
  'a server that is killed for good',
] as const;
export type Condition = (typeof conditions)[number];

/** After how many messages or calls a server is killed: in the middle of every program. */
const lives = '3';

/** A server that does not listen yet. */
interface Ready extends AsyncDisposable {
  readonly child: Child<unknown>;
  listen(port?: number): Promise<number>;
}

async function ready(...args: string[]): Promise<Ready> {
  let told: (news: unknown) => void = () => undefined;
  const listening = new Promise<number>((resolve) => {
    told = (news) => resolve((news as { readonly port: number }).port);
  });
  const child = await start('./server', import.meta.url, { args, onNews: (news) => told(news) });
  return {
    child,
    listen: (port = 0) => {
      child.order({ port });
      return listening;
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

const addressOf = (port: number): string => `127.0.0.1:${String(port)}`;

async function bare(): Promise<Place> {
  const server = new Server();
  const port = await listen(server);
  return {
    address: addressOf(port),
    [Symbol.asyncDispose]: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

async function none(): Promise<Place> {
  const { address, ...rest } = await bare();
  await rest[Symbol.asyncDispose]();
  return { address, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** One for all programs, until `endShared`. */
let shared: Promise<{ readonly server: Ready; readonly port: number }> | undefined;

async function living(): Promise<Place> {
  shared ??= ready().then(async (server) => ({ server, port: await server.listen() }));
  return { address: addressOf((await shared).port), [Symbol.asyncDispose]: () => Promise.resolve() };
}

export async function endShared(): Promise<void> {
  await (await shared)?.server[Symbol.asyncDispose]();
}

/** The next one is started before, so that it is there soon after the first is gone. */
async function killed(comesBack: boolean): Promise<Place> {
  const [server, next] = await Promise.all([ready(lives), comesBack ? ready() : undefined]);
  const port = await server.listen();
  void server.child.ended.then((how) => {
    if (how === 'SIGKILL') void next?.listen(port);
  });
  return {
    address: addressOf(port),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([server[Symbol.asyncDispose](), next?.[Symbol.asyncDispose]()]);
    },
  };
}

const places: Readonly<Record<Condition, () => Promise<Place>>> = {
  'a server': living,
  'no server': none,
  'a server without the method': bare,
  'a server that is killed and comes back': () => killed(true),
  'a server that is killed for good': () => killed(false),
};

export const placeOf = (condition: Condition): Promise<Place> => places[condition]();
