import { status } from '@grpc/grpc-js';
import type { Bounds } from 'rxduplex';

import { kinds } from '../kinds.js';
import type { Kind } from '../kinds.js';
import { failureNames, failures, ways } from './failures.js';
import type { FailureName, Way } from './failures.js';

/** What a handler may look like. */
export const shapes = [
  'a sync function',
  'an async function',
  'a method of a class',
  'a generator',
  'an async generator',
  'an Observable',
  'a promise of a value',
  'a promise of an array',
  'a promise of a generator',
  'a promise of an Observable',
  'concatMap of promises',
  'mergeMap of promises, 8 at once',
  'consume, 8 at once',
  'a proxy',
  'one that throws',
] as const;
export type Shape = (typeof shapes)[number];

/** How a client behaves: the first two read all, the others are cut off in the middle. */
export const clients = ['fast', 'slow', 'cancelling', 'killed'] as const;
export type Client = (typeof clients)[number];

export const isCut = (client: Client): boolean => client === 'cancelling' || client === 'killed';

/** Each shape is served twice. The small bounds leave room for the rows of a stream, and for less than what is asked. */
export const boundsNames = ['default bounds', 'small bounds'] as const;
export type BoundsName = (typeof boundsNames)[number];
export const bounds: Readonly<Record<BoundsName, Bounds>> = {
  'default bounds': {},
  'small bounds': { maxMessages: 16 },
};

/** How many requests a stream of them has. */
export const asks = 300;
/** The same where the handler fails whatever it is asked. */
export const asksOfFailing = 3;
/** How many responses a handler gives that does not answer each request: no more than wait within the small bounds. */
export const rows = 250;
/** How many it gives before it fails. */
export const rowsBeforeFailure = 60;

/** More of them than a client that does not read lets in. */
export const messageBytes: number = 8 << 10;
/** The only response of a call is more than a client that does not read lets in, and less than `maxBytes`. */
export const oneBytes: number = 512 << 10;

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

/** What is asked where only one thing can be. */
export const onlyId = 7;

/** A call that a client makes, and how it is to fail if it is. */
export interface Asked {
  readonly kind: Kind;
  readonly fails?: { readonly with: FailureName; readonly way: Way };
}

/** Every call that one client makes of a shape. */
export function callsOf(shape: Shape): Asked[] {
  if (shape !== 'one that throws') return kinds.map((kind) => ({ kind }));
  return kinds.flatMap((kind) =>
    failureNames.flatMap((name) => ways.map((way) => ({ kind, fails: { with: name, way } }))),
  );
}

export const nameOf = ({ kind, fails }: Asked): string => (fails ? `${kind}, ${fails.with}, ${fails.way}` : kind);

export type Outcome = 'completed' | 'failed' | 'cancelled';

/** What has to come of a call. */
export interface Expected {
  readonly ids: readonly number[];
  /** Whether they come in that order. */
  readonly ordered: boolean;
  readonly code: number;
  readonly details: string;
  /** How the server counts it: if its client reads all, and if that is cut off. */
  readonly outcome: { readonly read: Outcome; readonly cut: Outcome };
}

/**
 * Node's HTTP/2 ends a stream that it cancels, in a packet of its own, and says a little later that it was cancelled. On a
 * machine that is busy this may be after `halfCloseGraceMs`: what has come is then taken for all there is, and an answer to
 * it for the end of the call.
 */
export const mayLookComplete = ({ asked, expected }: { readonly asked: Asked; readonly expected: Expected }): boolean =>
  asked.kind === 'clientStream' && !asked.fails && expected.outcome.cut === 'cancelled';

/** Those that give their one response in the turn in which they are called, so that nothing is left to be cancelled. */
const atOnce: Partial<Record<Shape, readonly Kind[]>> = {
  'a sync function': ['unary'],
  'a method of a class': ['unary'],
  'a generator': ['unary', 'clientStream'],
};

/** Those that answer without reading a stream of requests. */
const blind: readonly Shape[] = [
  'a generator',
  'a promise of a value',
  'a promise of an array',
  'a promise of a generator',
  'one that throws',
];

export const readsAll = (shape: Shape): boolean => !blind.includes(shape);

export function expectedOf(shape: Shape, { kind, fails }: Asked): Expected {
  if (fails) {
    const { told } = failures[fails.with];
    const streams = kind === 'serverStream' || kind === 'bidi';
    return {
      ids: fails.way === 'emitted' && streams ? upTo(rowsBeforeFailure) : [],
      ordered: true,
      code: told?.code ?? status.UNKNOWN,
      details: told?.details ?? 'the handler failed',
      outcome: { read: 'failed', cut: fails.way === 'rejected' ? 'cancelled' : 'failed' },
    };
  }
  return {
    ids: idsOf(shape, kind),
    ordered: !shape.includes('8 at once'),
    code: status.OK,
    details: 'OK',
    outcome: { read: 'completed', cut: atOnce[shape]?.includes(kind) ? 'completed' : 'cancelled' },
  };
}

function idsOf(shape: Shape, kind: Kind): number[] {
  switch (kind) {
    case 'unary':
      return [onlyId];
    case 'clientStream':
      return [readsAll(shape) ? asks : 0];
    case 'serverStream':
      return shape === 'a promise of a value' ? [onlyId] : upTo(rows);
    case 'bidi':
      if (shape === 'a promise of a value') return [0];
      return upTo(readsAll(shape) ? asks : rows);
  }
}
