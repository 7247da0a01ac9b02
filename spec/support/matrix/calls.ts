import { credentials } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/grpc-js';

import { bareCall } from '../bare-kinds.js';
import type { BareCall } from '../bare-kinds.js';
import { KindsClient } from '../generated/kinds.js';
import type { Answer__Output, Ask } from '../generated/kinds.js';
import { getsMany, metadataOf, sendsMany } from '../kinds.js';
import type { Kind } from '../kinds.js';
import { lateReader } from '../late-reader.js';
import { asks, asksOfFailing, callsOf, expectedOf, messageBytes, nameOf, onlyId, upTo } from './plan.js';
import type { Asked, Client, Expected, Shape } from './plan.js';

/** A call of plain grpc-js, or of HTTP/2 alone, that was made of a shape. */
export interface Made {
  readonly name: string;
  readonly asked: Asked;
  readonly expected: Expected;
  /** How many requests it has sent. */
  readonly sent: number;
  /** It is in its middle: its handler is at work, and where several answers come there was a first; or it has ended. */
  readonly begun: Promise<unknown>;
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;
  readonly ids: () => number[];
  /** Whether it has been told how it ended. */
  readonly over: () => boolean;
  /** Reads on. */
  readonly read: () => void;
  readonly cancel: () => void;
  readonly stop: () => void;
}

const payload = Buffer.alloc(messageBytes);

const idsFor = ({ kind, fails }: Asked): number[] => (sendsMany(kind) ? upTo(fails ? asksOfFailing : asks) : [onlyId]);

/** What the handler is told of its client, and what that wants of it. */
const entriesOf = ({ fails }: Asked, client: Client): Record<string, string> => ({
  client,
  ...(fails && { failure: fails.with, way: fails.way }),
});

/** No option of ours: as anybody has them, but for a connection of its own. */
export const clientOf = (port: number): KindsClient =>
  new KindsClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });

function madeBy(shape: Shape, client: KindsClient, asked: Asked, as: Client): Made {
  const { kind } = asked;
  const ids = idsFor(asked);
  const expected = expectedOf(shape, asked);
  const ends = as === 'fast' || as === 'slow';
  const bare = bareCall(client, kind, { ids, payload, ends, metadata: metadataOf(entriesOf(asked, as)) });
  if (as !== 'fast') bare.call.once('data', () => bare.call.pause());
  return {
    name: `${as}, ${nameOf(asked)}`,
    asked,
    expected,
    sent: ids.length,
    begun: Promise.race([first(bare, getsMany(kind) && expected.ids.length > 1 ? 'data' : 'metadata'), bare.ended]),
    ended: bare.ended,
    ids: () => bare.answers.map(({ id }) => id),
    over: () => bare.status !== undefined,
    read: () => bare.call.resume(),
    cancel: () => bare.call.cancel(),
    stop: () => client.close(),
  };
}

const first = ({ call }: BareCall, event: 'data' | 'metadata'): Promise<unknown> =>
  new Promise((resolve) => call.once(event, resolve));

/** Reads all as it comes, each call `times` times. */
export function fastCalls(shape: Shape, port: number, times: number): Made[] {
  const client = clientOf(port);
  return Array.from({ length: times }, () =>
    callsOf(shape).map((asked) => madeBy(shape, client, asked, 'fast')),
  ).flat();
}

/** Reads one answer of several, or nothing of one, and then nothing until it is told to. */
export function slowCalls(shape: Shape, port: number): Made[] {
  const clientFor = clientsOf(shape, port);
  return callsOf(shape).map((asked) =>
    getsMany(asked.kind) ? madeBy(shape, clientFor(asked), asked, 'slow') : madeLate(shape, port, asked),
  );
}

/** Reads one answer of several, and is then to be cut off. */
export function cutCalls(shape: Shape, port: number, as: 'cancelling' | 'killed'): Made[] {
  const clientFor = clientsOf(shape, port);
  return callsOf(shape).map((asked) => madeBy(shape, clientFor(asked), asked, as));
}

/** A call that stands still may keep others on its connection from theirs: so it has one of its own. */
function clientsOf(shape: Shape, port: number): (asked: Asked) => KindsClient {
  const shared = clientOf(port);
  return (asked) =>
    shape === 'one that throws' && expectedOf(shape, asked).ids.length === 0 ? shared : clientOf(port);
}

function madeLate(shape: Shape, port: number, asked: Asked): Made {
  const method = KindsClient.service[methods[asked.kind]] as MethodDefinition<Ask, Answer__Output>;
  const ids = idsFor(asked);
  const requests = ids.map((id) => method.requestSerialize({ id, payload }));
  const late = lateReader(port, method.path, requests, entriesOf(asked, 'slow'));
  let over = false;
  const end = (): unknown => (over = true);
  late.ended.then(end, end);
  return {
    name: `slow, ${nameOf(asked)}`,
    asked,
    expected: expectedOf(shape, asked),
    sent: ids.length,
    begun: late.begun,
    ended: late.ended,
    ids: () => late.messages.map((message) => method.responseDeserialize(message).id),
    over: () => over,
    read: () => late.read(),
    cancel: () => late.stop(),
    stop: () => late.stop(),
  };
}

const methods: Readonly<Record<Kind, string>> = {
  unary: 'Unary',
  clientStream: 'ClientStream',
  serverStream: 'ServerStream',
  bidi: 'Bidi',
};
